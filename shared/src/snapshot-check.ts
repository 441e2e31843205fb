import type { SnapshotFrame } from "./link-protocol.ts"
import type { Snapshot } from "./snapshot.ts"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

export type SnapshotCheck =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly reason: string }

/** Never throws. Unknown fields are left out of `snapshot`; the reason is one sentence naming the path. */
export function checkSnapshot(value: unknown): SnapshotCheck {
  return skeleton(value)
}

/** sha256 in hex. */
export function hashBody(body: string): string {
  return skeleton(body)
}

export function encodeSnapshotFrame(snapshot: Snapshot): SnapshotFrame {
  return skeleton(snapshot)
}

/** The other side of `encodeSnapshotFrame`: hash, JSON, check, and that frame and body agree. */
export function decodeSnapshotFrame(frame: SnapshotFrame): SnapshotCheck {
  return skeleton(frame)
}
