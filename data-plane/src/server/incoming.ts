/** A client's request as the rest of the data plane reads it, the same for HTTP/1.1 and HTTP/2; its path is made canonical once, here. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2"
import { GatewayError } from "../canonical/error.ts"

export type NodeRequest = IncomingMessage | Http2ServerRequest
export type NodeResponse = ServerResponse | Http2ServerResponse

export interface Incoming {
  readonly request: NodeRequest
  readonly response: NodeResponse
  readonly method: string
  /** Decoded, without empty segments; a doubled `v1` is taken once. */
  readonly segments: readonly string[]
  /** The path began with `v1` twice. */
  readonly isDoubled: boolean
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** More than any client sends; a parser that is given more would drop the rest in silence. */
export const MAX_HEADERS = 100

/** Never throws: a request that is refused outright comes with the error to answer it with. */
export function readIncoming(
  request: NodeRequest,
  response: NodeResponse,
): Incoming & { readonly refusal?: GatewayError } {
  const target = request.url ?? "/"
  const mark = target.indexOf("?")
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1))
  const base = { request, response, method: request.method ?? "GET", query, headers: request.headers }
  const whole = pathSegments(mark < 0 ? target : target.slice(0, mark))
  const segments = whole === undefined ? undefined : withoutDoubledVersion(whole)
  const refusal = refusalOf(request, target, segments)
  const isDoubled = segments?.length !== whole?.length
  return { ...base, segments: segments ?? [], isDoubled, ...(refusal === undefined ? {} : { refusal }) }
}

function refusalOf(request: NodeRequest, target: string, segments: string[] | undefined): GatewayError | undefined {
  if (request.rawHeaders.length / 2 > MAX_HEADERS) {
    return new GatewayError("headers_too_many", `The request has more than ${MAX_HEADERS} headers.`)
  }
  if (!target.startsWith("/") && !(request.method === "OPTIONS" && target === "*")) {
    return new GatewayError("invalid_request", "The request target must be a path.")
  }
  if (segments === undefined) return new GatewayError("invalid_request", "The path is not well encoded.")
  if (countHeader(request, "host") > 1)
    return new GatewayError("invalid_request", "The request has more than one Host header.")
  return undefined
}

/** How often a header was sent; names are compared without case. */
export function countHeader(request: NodeRequest, name: string): number {
  let count = 0
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) count++
  }
  return count
}

export function headerText(incoming: Pick<Incoming, "headers">, name: string): string | undefined {
  const value = incoming.headers[name]
  return typeof value === "string" ? value : value?.[0]
}

function pathSegments(path: string): string[] | undefined {
  try {
    const segments = path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent)
    if (segments.some((segment) => segment === "." || segment === ".." || hasControl(segment))) return undefined
    return segments
  } catch {
    // A percent sign that encodes nothing.
    return undefined
  }
}

/** Users append /v1 to a base URL that already ends in it. */
function withoutDoubledVersion(segments: string[]): string[] {
  let first = 0
  while (segments[first] === "v1" && segments[first + 1] === "v1") first += 1
  return segments.slice(first)
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true
  return false
}
