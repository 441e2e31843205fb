/**
 * The control plane's calls to the outside (token, load, onboard, catalogue, quota, alerts): one HTTP/1.1 request on a connection of
 * its own, bounded in time and size, no redirect followed, no proxy variable of the environment read.
 */
import { request, type IncomingMessage } from "node:http"
import { createGunzip, createInflate, constants } from "node:zlib"
import type { Readable } from "node:stream"
import { connectTo } from "./connect.ts"
import { ConnectError, errorCode } from "./connect-error.ts"

export { ConnectError } from "./connect-error.ts"

export interface RequestJsonOptions {
  readonly method: string
  readonly url: string
  /** Where to connect in the host's place, when its name was resolved before. */
  readonly address?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** An object is sent as JSON, a `Buffer` of JSON as it is, `URLSearchParams` as a form. */
  readonly body?: object | URLSearchParams | undefined
  readonly signal?: AbortSignal | undefined
  /** For the whole call; default 15 s. */
  readonly timeoutMs?: number | undefined
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
  /** Of the decoded body; default 8 MiB. */
  readonly maxBytes?: number | undefined
}

export interface JsonAnswer {
  readonly status: number
  /** Lower-case names; of a repeated header all values, joined with ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** undefined when the body is not JSON. */
  readonly json: unknown
}

const DEFAULT_TIMEOUT_MS = 15_000
const DEFAULT_MAX_BYTES = 8 * 1_048_576

/** Any status resolves; only transport, time and size reject, with `ConnectError`. */
export async function requestJson(options: RequestJsonOptions): Promise<JsonAnswer> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const controller = new AbortController()
  const onAbort = (): void =>
    controller.abort(new ConnectError("ABORT", "The call was called off.", { cause: options.signal?.reason }))
  const timer = setTimeout(
    () =>
      controller.abort(
        new ConnectError("ANSWER_TIMEOUT", `${hostOf(options.url)} did not answer within ${timeoutMs} ms.`),
      ),
    timeoutMs,
  )
  options.signal?.addEventListener("abort", onAbort, { once: true })
  if (options.signal?.aborted === true) onAbort()
  try {
    return await exchange(options, controller.signal, timeoutMs)
  } catch (error) {
    if (controller.signal.aborted) throw controller.signal.reason
    if (error instanceof ConnectError) throw error
    const code = errorCode(error, "ANSWER_BROKEN")
    throw new ConnectError(code, `The call to ${hostOf(options.url)} broke off (${code}).`, { cause: error })
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener("abort", onAbort)
  }
}

async function exchange(options: RequestJsonOptions, signal: AbortSignal, timeoutMs: number): Promise<JsonAnswer> {
  const { outboundProxy, certificateAuthorities, maxBytes = DEFAULT_MAX_BYTES } = options
  const url = new URL(options.url)
  signal.throwIfAborted()
  const { socket } = await connectTo({
    url,
    address: options.address,
    outboundProxy,
    certificateAuthorities,
    alpn: ["http/1.1"],
    signal,
    timeoutMs,
  })
  const destroy = (): void => {
    socket.destroy()
  }
  signal.addEventListener("abort", destroy, { once: true })
  try {
    const body = encodeBody(options.body)
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({
        method: options.method,
        path: `${url.pathname}${url.search}`,
        headers: requestHeaders(options, url, body),
        // Without an agent: one would open a connection of its own.
        createConnection: () => socket,
      })
      call.once("response", resolve)
      call.once("error", reject)
      call.end(body?.bytes)
    })
    const text = (await readBody(response, maxBytes, hostOf(options.url))).toString("utf8")
    return { status: response.statusCode ?? 0, headers: flatHeaders(response), text, json: parseJson(text) }
  } finally {
    signal.removeEventListener("abort", destroy)
    destroy()
  }
}

interface EncodedBody {
  readonly bytes: Buffer
  readonly type: string
}

function encodeBody(body: object | URLSearchParams | undefined): EncodedBody | undefined {
  if (body === undefined) return undefined
  if (Buffer.isBuffer(body)) return { bytes: body, type: "application/json" }
  return body instanceof URLSearchParams
    ? { bytes: Buffer.from(body.toString()), type: "application/x-www-form-urlencoded" }
    : { bytes: Buffer.from(JSON.stringify(body)), type: "application/json" }
}

function requestHeaders(options: RequestJsonOptions, url: URL, body: EncodedBody | undefined): Record<string, string> {
  const given = Object.entries(options.headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value,
  ])
  return {
    host: url.host,
    accept: "application/json",
    "accept-encoding": "gzip",
    ...(body === undefined ? {} : { "content-type": body.type }),
    ...Object.fromEntries(given),
    ...(body === undefined ? {} : { "content-length": String(body.bytes.length) }),
    connection: "close",
  }
}

async function readBody(response: IncomingMessage, maxBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of decodedStream(response)) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > maxBytes)
      throw new ConnectError("ANSWER_TOO_LARGE", `The answer of ${host} is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  if (!response.complete) throw new ConnectError("ANSWER_BROKEN", `The answer of ${host} broke off.`)
  return Buffer.concat(chunks)
}

function decodedStream(response: IncomingMessage): Readable {
  const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
  if (encoding === "identity" || encoding === "") return response
  if (encoding !== "gzip" && encoding !== "x-gzip" && encoding !== "deflate") {
    throw new ConnectError(
      "ANSWER_BROKEN",
      `The answer has an encoding that was not asked for (${encoding.slice(0, 20)}).`,
    )
  }
  const decoder = encoding === "deflate" ? createInflate() : createGunzip({ finishFlush: constants.Z_FINISH })
  response.once("error", (error) => decoder.destroy(error))
  response.once("aborted", () => decoder.destroy(new ConnectError("ANSWER_BROKEN", "The answer broke off.")))
  return response.pipe(decoder)
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: the caller has the text
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the address"
}
