import { createServer } from "node:net"

/**
 * A port of the loopback address that was free just now. Another process may take it before it is used: prefer port 0 and
 * asking the server, and use this only where a port must be known before a server starts.
 */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === "string") throw new Error("a TCP server has no port")
  return address.port
}
