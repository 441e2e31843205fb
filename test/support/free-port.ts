import { createServer } from "node:net"

/**
 * A port of the loopback address that is free, from below those that the system gives out by itself: between now and its use
 * nobody is given it by chance. Prefer port 0 and asking the server; this is for a port that must be known before.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
}
