/** Codec of what the control plane sends down the link: lines of JSON. Pure: the sockets are elsewhere. */
import { readCommandFrame } from "./link-command.ts"
import type { DownFrame } from "./link-protocol.ts"
import { COUNT, DURATION_MS, ID } from "./link-rules.ts"
import { asFields, field, numberAt, optionalAt, ShapeError, textAt, type TextRule } from "./shape.ts"

/** The stream from the control plane holds something that is no frame: the connection is of no more use. */
export class FrameError extends Error {
  override readonly name = "FrameError"
}

export interface DownFrameDecoder {
  /** Takes the next bytes and calls `onFrame` for each whole frame. Throws `FrameError`, after which it must not be used. */
  push(bytes: Uint8Array): void
  /** Throws `FrameError` when bytes of an unfinished frame are left. */
  end(): void
}

const DEFAULT_MAX_FRAME_BYTES = 256 * 1_048_576
const LINE_END = 0x0a

/** One line with its line end. */
export function encodeDownFrame(frame: DownFrame): string {
  return `${JSON.stringify(frame)}\n`
}

/** Bytes may be cut anywhere. Empty lines and frames of an unknown `type` are passed over. */
export function createDownFrameDecoder(
  onFrame: (frame: DownFrame) => void,
  { maxBytes = DEFAULT_MAX_FRAME_BYTES }: { readonly maxBytes?: number } = {},
): DownFrameDecoder {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let pending: Uint8Array[] = []
  let pendingBytes = 0

  function keep(bytes: Uint8Array): void {
    pendingBytes += bytes.length
    if (pendingBytes > maxBytes) throw new FrameError(`a frame is longer than ${maxBytes} bytes`)
    if (bytes.length > 0) pending.push(bytes)
  }

  function takeLine(): string {
    const line = Buffer.concat(pending)
    pending = []
    pendingBytes = 0
    try {
      return decoder.decode(line)
    } catch (cause) {
      throw new FrameError("a frame is not UTF-8", { cause })
    }
  }

  return {
    push(bytes) {
      let start = 0
      for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
        keep(bytes.subarray(start, end))
        const frame = decodeLine(takeLine())
        if (frame !== undefined) onFrame(frame)
        start = end + 1
      }
      // Copied, because the caller may use its buffer again. `slice` would not copy a Buffer.
      keep(new Uint8Array(bytes.subarray(start)))
    },
    end() {
      if (takeLine().trim() !== "") throw new FrameError("the stream ended within a frame")
    },
  }
}

function decodeLine(line: string): DownFrame | undefined {
  if (line.trim() === "") return undefined
  try {
    return readDownFrame(JSON.parse(line))
  } catch (cause) {
    throw new FrameError(cause instanceof ShapeError ? cause.message : "a frame is not JSON", { cause })
  }
}

const HASH: TextRule = { max: 64, pattern: /^[0-9a-f]{64}$/ }

function readDownFrame(value: unknown): DownFrame | undefined {
  const fields = asFields(value, "frame")
  switch (field(fields, "type")) {
    case "hello":
      return {
        type: "hello",
        controlPlaneVersion: textAt(fields, "controlPlaneVersion", "frame", ID),
        nodeId: textAt(fields, "nodeId", "frame", ID),
        ...optionalAt(fields, "at", (from, name) => numberAt(from, name, "frame", DURATION_MS)),
      }
    case "snapshot":
      return {
        type: "snapshot",
        epoch: numberAt(fields, "epoch", "frame", COUNT),
        version: numberAt(fields, "version", "frame", COUNT),
        schemaVersion: numberAt(fields, "schemaVersion", "frame", COUNT),
        hash: textAt(fields, "hash", "frame", HASH),
        body: textAt(fields, "body", "frame", { max: Number.POSITIVE_INFINITY }),
      }
    case "command":
      return readCommandFrame(fields)
    case "heartbeat":
      return { type: "heartbeat", at: numberAt(fields, "at", "frame", DURATION_MS) }
    default:
      textAt(fields, "type", "frame", { max: Number.POSITIVE_INFINITY })
      return undefined
  }
}
