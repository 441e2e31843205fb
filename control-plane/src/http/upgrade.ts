/**
 * Requests that ask to go on in another protocol. Node hands all of them over without an answer once anybody takes one; what we do not
 * take (some clients offer HTTP/2 with every request) goes on as the HTTP/1.1 request that it is, as RFC 9110 7.8 wants.
 */
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"

/** True: it is taken care of. */
export type TakeUpgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => boolean

const OF_THE_OFFER = new Set(["connection", "upgrade", "http2-settings"])

export function takeUpgrades(server: Server, take: TakeUpgrade): void {
  server.on("upgrade", (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    if (take(request, connection, head)) return
    connection.unshift(Buffer.concat([headOf(request), head]))
    server.emit("connection", connection)
  })
}

/** As it came, without the offer. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ""
    if (!OF_THE_OFFER.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[index + 1] ?? ""}`)
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1")
}
