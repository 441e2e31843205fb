/**
 * One file from an address that a client wrote. The address may be hostile: the name is resolved once, each of its addresses must be
 * public, the connection goes to an address that was judged, and every redirect is judged alike. Time and size are bounded.
 */
import { request, type IncomingMessage } from "node:http"
import { isIP, type Socket } from "node:net"
import { connectTo, ConnectError } from "#shared/outbound/connect.ts"
import { VERSION } from "#shared/version.ts"
import type { RemoteMediaPart } from "../canonical/part.ts"
import type { ReadMedia } from "../dialects/read-media.ts"
import { FetchFailure } from "./fetch-failure.ts"
import { createFileSink } from "./file-sink.ts"

export const MAX_FILE_BYTES = 20 * 1024 * 1024
const MAX_REDIRECTS = 3
/** Of one name only so many are tried. */
const MAX_ADDRESSES = 3

export interface FetchPorts {
  /** The addresses of a name; rejects or gives none when it has none. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>
  /** Whether a connection to this address may be made. */
  readonly isAllowed: (address: string) => boolean
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
}

/** How many bytes a request's files may have together; each file takes from it. */
export interface ByteBudget {
  left: number
}

/** Throws `FetchFailure`, or the signal's reason. */
export async function fetchFile(
  part: RemoteMediaPart,
  ports: FetchPorts,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<ReadMedia> {
  let url = new URL(part.url)
  for (let redirects = 0; ; redirects += 1) {
    const socket = await connect(url, ports, signal)
    const destroy = (): void => {
      socket.destroy()
    }
    signal.addEventListener("abort", destroy, { once: true })
    try {
      if (signal.aborted) throw signal.reason
      const response = await ask(url, socket, part)
      const next = redirectOf(response, url)
      if (next === undefined) return await read(response, part, budget)
      if (redirects === MAX_REDIRECTS) throw new FetchFailure(`it was redirected more than ${MAX_REDIRECTS} times`)
      url = next
    } catch (error) {
      throw failureOf(error, signal)
    } finally {
      signal.removeEventListener("abort", destroy)
      destroy()
    }
  }
}

async function connect(url: URL, ports: FetchPorts, signal: AbortSignal): Promise<Socket> {
  judgeUrl(url)
  let failure: unknown
  for (const address of (await addressesOf(url, ports, signal)).slice(0, MAX_ADDRESSES)) {
    try {
      const { outboundProxy, certificateAuthorities } = ports
      const options = { url, address, outboundProxy, certificateAuthorities, alpn: ["http/1.1"], signal }
      return (await connectTo(options)).socket
    } catch (error) {
      if (signal.aborted) throw signal.reason
      failure = error
    }
  }
  const code = failure instanceof ConnectError ? ` (${failure.code})` : ""
  throw new FetchFailure(`it cannot be reached${code}`)
}

function judgeUrl(url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new FetchFailure("it does not lead to an http(s) address")
  if (url.username !== "" || url.password !== "") throw new FetchFailure("its address holds a user name or a password")
  const port = Number(url.port || 443)
  // Below are mail, name and other servers, which a request could be made to speak to.
  if (port < 1024 && port !== 80 && port !== 443) throw new FetchFailure(`files are not fetched from port ${port}`)
}

/** Names with any address that is not public are refused: one of them could be reached by asking again. */
async function addressesOf(url: URL, ports: FetchPorts, signal: AbortSignal): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  const addresses = isIP(host) === 0 ? await resolved(host, ports, signal) : [host]
  if (addresses.length === 0) throw new FetchFailure("its name cannot be resolved")
  if (!addresses.every((address) => ports.isAllowed(address)))
    throw new FetchFailure("it does not lead to a public address")
  return addresses
}

async function resolved(host: string, ports: FetchPorts, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await ports.resolve(host, signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw new FetchFailure("its name cannot be resolved", { cause: error })
  }
}

function ask(url: URL, socket: Socket, part: RemoteMediaPart): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({
      method: "GET",
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        accept: part.accepts === "document" ? "application/pdf, text/*, */*;q=0.5" : `${part.accepts}/*`,
        "accept-encoding": "identity",
        "user-agent": `lagrange/${VERSION}`,
        connection: "close",
      },
      // Without an agent: one would open a connection of its own.
      createConnection: () => socket,
    })
    call.once("response", resolve)
    call.on("error", reject)
    call.end()
  })
}

/** Undefined: this is the file. Throws for any other answer. */
function redirectOf(response: IncomingMessage, url: URL): URL | undefined {
  const status = response.statusCode ?? 0
  if (status === 200) return undefined
  const { location } = response.headers
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && location !== undefined
  if (!isRedirect) throw new FetchFailure(`it answered with ${status}`)
  if (!URL.canParse(location, url)) throw new FetchFailure("it redirects to what is no address")
  return new URL(location, url)
}

async function read(response: IncomingMessage, part: RemoteMediaPart, budget: ByteBudget): Promise<ReadMedia> {
  const { "content-length": length, "content-encoding": encoding, "content-type": contentType } = response.headers
  if (encoding !== undefined && encoding !== "identity") throw new FetchFailure("it answered in a packed form")
  if (Number(length ?? 0) > MAX_FILE_BYTES) throw tooLarge()
  const sink = createFileSink({ accepts: part.accepts, contentType, declared: part.mediaType })
  let size = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    budget.left -= chunk.length
    if (size > MAX_FILE_BYTES) throw tooLarge()
    if (budget.left < 0) throw new FetchFailure("it is too large together with the request's other files")
    sink.chunk(chunk)
  }
  if (!response.complete) throw new FetchFailure("its answer broke off")
  return sink.end()
}

function tooLarge(): FetchFailure {
  return new FetchFailure(`it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`)
}

function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof FetchFailure) return error
  return new FetchFailure("its answer broke off", { cause: error })
}
