import type { DownFrame, ReportBatch } from "./link-protocol.ts"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

/** One line with its line end. */
export function encodeDownFrame(frame: DownFrame): string {
  return skeleton(frame)
}

export interface DownFrameDecoder {
  /** Takes the next bytes, calls `onFrame` for each whole frame. Throws `FrameError` on a line that is no frame or too long. */
  push(bytes: Uint8Array): void
  /** Throws `FrameError` when bytes of an unfinished frame are left. */
  end(): void
}

export class FrameError extends Error {
  override readonly name = "FrameError"
}

/** Frames of an unknown `type` are passed over. */
export function createDownFrameDecoder(
  onFrame: (frame: DownFrame) => void,
  options?: { readonly maxBytes?: number },
): DownFrameDecoder {
  return skeleton(onFrame, options)
}

/** Checks a posted batch as hostile input. */
export function parseReportBatch(value: unknown): ReportBatch | { readonly refused: string } {
  return skeleton(value)
}
