/** The seam between the attempt loop and the wire: one request out, its answer as calls, whichever HTTP version carries it. */
import type { TransportError } from "./node-error.ts"

export interface OutgoingCall {
  /** `https://host:port`, no path. */
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** From the start of the call to the answer's head, connecting included. */
  readonly firstByteTimeoutMs: number
  /** Between two reads after the head, not counted while paused. */
  readonly idleTimeoutMs: number
}

/** Exactly one of `onEnd` and `onFailure` is called, once, and nothing after it. None is called after `cancel`. */
export interface AnswerListener {
  /** The call is on a connection that had to be opened for it, or that it waited for while another call opened it. */
  onConnected?(): void
  onHead(status: number, headers: Readonly<Record<string, string>>): void
  onData(chunk: Buffer): void
  /** The upstream closed cleanly. Whether the answer was whole is the dialect's to say. */
  onEnd(): void
  onFailure(error: TransportError): void
}

export interface Sending {
  /** Stops reading; what is under way is bounded by the stream's window. */
  pause(): void
  resume(): void
  /**
   * Resets the upstream stream at once. Idempotent. `onClosed` is called, once, when the reset is on its way before anything that is
   * sent later, or after `RESET_WAIT_MS`; at once when nothing is open any more.
   */
  cancel(onClosed?: () => void): void
}

/** What one HTTP version does for `send`: no timers, no bookkeeping beyond its own socket. */
export interface Wire {
  pause(): void
  resume(): void
  /** Calls `onClosed` at most once, when the reset has gone out. */
  cancel(onClosed: () => void): void
}
