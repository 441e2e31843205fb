/**
 * What can go wrong on the way to an upstream, in one error with a closed meaning: the code that `classifyFailure` reads and
 * the moment it happened. Node's own codes pass through; resets of HTTP/2 streams and sessions get a name of their own.
 */
import { constants } from "node:http2"

export type TransportPhase = "connect" | "before-head" | "after-head"

/** The connection or the exchange on it failed. `code` is Node's error code, an HTTP/2 code name, or one of ours. */
export class TransportError extends Error {
  override readonly name = "TransportError"
  readonly code: string
  readonly phase: TransportPhase

  constructor(code: string, phase: TransportPhase, options?: { cause?: unknown }) {
    super(`${code} (${phase})`, options)
    this.code = code
    this.phase = phase
  }
}

const HTTP2_CODES: Readonly<Record<number, string>> = {
  [constants.NGHTTP2_PROTOCOL_ERROR]: "HTTP2_PROTOCOL_ERROR",
  [constants.NGHTTP2_INTERNAL_ERROR]: "HTTP2_INTERNAL_ERROR",
  [constants.NGHTTP2_FLOW_CONTROL_ERROR]: "HTTP2_FLOW_CONTROL_ERROR",
  [constants.NGHTTP2_STREAM_CLOSED]: "HTTP2_STREAM_CLOSED",
  [constants.NGHTTP2_FRAME_SIZE_ERROR]: "HTTP2_FRAME_SIZE_ERROR",
  [constants.NGHTTP2_REFUSED_STREAM]: "HTTP2_REFUSED_STREAM",
  [constants.NGHTTP2_CANCEL]: "HTTP2_CANCEL",
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: "HTTP2_ENHANCE_YOUR_CALM",
}

/** The name of the code in a RST_STREAM or GOAWAY frame. */
export function http2CodeName(code: number): string {
  return HTTP2_CODES[code] ?? `HTTP2_CODE_${code}`
}

/** The `code` property that Node's errors carry, or `fallback`. */
export function nodeErrorCode(error: unknown, fallback: string): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code
  return fallback
}
