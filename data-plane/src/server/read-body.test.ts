import { once } from "node:events"
import { createServer, request as clientRequest } from "node:http"
import type { AddressInfo } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { waitFor } from "../../../test/support/wait-for.ts"
import { readIncoming } from "./incoming.ts"
import { readBody } from "./read-body.ts"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void // what the flag makes of it

test("a body that its reader let go of does not live as long as the answer", async () => {
  let body: WeakRef<Buffer> | undefined
  let length = 0
  const server = createServer((request, response) => {
    const controller = new AbortController()
    void readBody(readIncoming(request, response), controller.signal).then((bytes) => {
      length = bytes.length
      body = new WeakRef(bytes)
      // The answer has begun and does not end: a stream.
      response.write("begun")
    })
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  const outgoing = clientRequest({ port, host: "127.0.0.1", method: "POST" })
  try {
    outgoing.on("error", () => undefined)
    outgoing.end(Buffer.alloc(500_000, "a"))
    await once(outgoing, "response")
    expect(length).toBe(500_000)
    await waitFor(() => {
      collectGarbage()
      return body !== undefined && body.deref() === undefined
    }, 5_000)
  } finally {
    outgoing.destroy()
    server.closeAllConnections()
    server.close()
  }
})
