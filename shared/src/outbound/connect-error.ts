/**
 * No connection, no answer, or none within the time and size that was given. `code` is a node error code (`ECONNREFUSED`,
 * `ENOTFOUND` …) or one of ours: `ABORT`, `CONNECT_TIMEOUT`, `PROXY_UNREACHABLE`, `PROXY_REFUSED`, `PROXY_AUTH`,
 * `PROXY_PROTOCOL`, `ANSWER_TIMEOUT`, `ANSWER_TOO_LARGE`, `ANSWER_BROKEN`. The message is one sentence without credentials.
 */
export class ConnectError extends Error {
  override readonly name = "ConnectError"
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The node error code of a caught value, or `fallback`. */
export function errorCode(error: unknown, fallback: string): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : fallback
}
