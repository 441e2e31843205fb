import { once } from "node:events"
import { createServer, request as clientRequest } from "node:http"
import type { AddressInfo } from "node:net"
import * as zlib from "node:zlib"
import { expect, test } from "vitest"
import { collectGarbage } from "../../../test/support/collect-garbage.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { GatewayError } from "../canonical/error.ts"
import { readIncoming } from "./incoming.ts"
import { readBody } from "./read-body.ts"

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
    })
  } finally {
    outgoing.destroy()
    server.closeAllConnections()
    server.close()
  }
})

/** Not in every runtime that we run on. */
const { zstdCompressSync }: Pick<typeof zlib, "gzipSync"> & { readonly zstdCompressSync?: (bytes: Buffer) => Buffer } =
  zlib

/** What a server reads of a body, or the code of its refusal. */
async function read(packed: Buffer, encoding: string): Promise<string> {
  const server = createServer((request, response) => {
    readBody(readIncoming(request, response), new AbortController().signal).then(
      (body) => response.end(body.toString()),
      (error: unknown) =>
        response.end(error instanceof GatewayError ? `${error.code}: ${error.message}` : "unexpected"),
    )
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  try {
    const headers = { "content-encoding": encoding }
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: new Uint8Array(packed), headers })
    return await answer.text()
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test("G16 zstd is read where the runtime can, and refused where not", async () => {
  if (zstdCompressSync === undefined) {
    expect(await read(Buffer.from("x"), "zstd")).toMatch(/^unsupported_encoding: .*; use gzip, deflate, br or none\.$/)
    return
  }
  expect(await read(zstdCompressSync(Buffer.from("a long text ".repeat(10_000))), "zstd")).toHaveLength(120_000)
  expect(await read(zstdCompressSync(Buffer.alloc(40 * 1024 * 1024)), "zstd")).toMatch(/^request_too_large/)
  expect(await read(Buffer.from("no zstd"), "zstd")).toMatch(/^invalid_request/)
  // A frame of RFC 8878 that wants a window of 128 MiB.
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x09, 0x00, 0x00, 0x78])
  expect(await read(frame, "zstd")).toMatch(/^invalid_request/)
  expect(await read(Buffer.from("x"), "foo")).toContain("br, zstd or none")
})
