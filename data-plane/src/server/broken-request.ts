import type { ErrorCode } from "#shared/error-code.ts"
import type { ExchangeId } from "#shared/ids.ts"
import { GatewayError } from "../canonical/error.ts"
import { clientDialects } from "../dialects/index.ts"

interface Broken {
  readonly line: string
  readonly error: GatewayError
}

const BROKEN: Readonly<Record<string, Broken>> = {
  HPE_HEADER_OVERFLOW: {
    line: "431 Request Header Fields Too Large",
    error: new GatewayError("headers_too_many", "The request's path and headers are larger than 16 KiB."),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: "408 Request Timeout",
    error: new GatewayError("invalid_request", "The request did not arrive whole in time."),
  },
}

const NO_HTTP: Broken = {
  line: "400 Bad Request",
  error: new GatewayError("invalid_request", "This is no request of HTTP/1.1 that can be read."),
}

/** What is wrong with it, as the codes of errors tell it. */
export function brokenRequestCode(code: string | undefined): ErrorCode {
  return (BROKEN[code ?? ""] ?? NO_HTTP).error.code
}

/**
 * The whole answer, as bytes of HTTP/1.1, to what the parser gave up before it was a request. Nobody knows its path, so it has the
 * shape that most clients read. `code` is node's.
 */
export function brokenRequestAnswer(code: string | undefined, exchangeId: ExchangeId, now: number): string {
  const { line, error } = BROKEN[code ?? ""] ?? NO_HTTP
  const { body } = clientDialects["openai-chat"].encodeError(error, { exchangeId, now })
  const text = JSON.stringify(body)
  const headers = {
    "x-request-id": exchangeId,
    "request-id": exchangeId,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close",
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${line}\r\n${lines.join("")}\r\n${text}`
}
