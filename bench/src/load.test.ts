import { createServer } from "node:http"
import type { Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { type AnswerSpec, findSpec } from "./answer.ts"
import { chunkBytes, closingBytes } from "./answer-wire.ts"
import { Loader } from "./load.ts"

const plain: AnswerSpec = { seed: 5, id: 1, chunks: 4, size: 64, intervalMs: 0, isHeld: false, promptBytes: 0 }
let server: Server | undefined
let loader: Loader | undefined
afterEach(() => {
  loader?.close()
  server?.closeAllConnections()
  server?.close()
})

/** A server that gives the right answer through `send`, which may spoil it. */
async function serve(send: (answer: Buffer, response: ServerResponse) => void): Promise<Loader> {
  const started = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      const spec = findSpec(Buffer.concat(parts)) ?? plain
      const events = Array.from({ length: spec.isHeld ? 1 : spec.chunks }, (_, index) =>
        chunkBytes("openai-chat", spec, index),
      )
      send(Buffer.concat([...events, closingBytes("openai-chat", spec)]), response)
    })
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve))
  loader = new Loader({ port: (started.address() as AddressInfo).port, apiKey: "none" }) // a TCP listener has a port
  return loader
}

describe("Loader", () => {
  it("runs a closed loop and tells when each chunk came", async () => {
    let id = 0
    const target = await serve((answer, response) => response.end(answer))
    const results = await target.closedLoop(20, 4, () => ({ ...plain, id: (id += 1) }))
    expect(results).toHaveLength(20)
    for (const { arrivals, firstContentMs } of results) {
      expect(arrivals).toHaveLength(4)
      expect(firstContentMs).toBeGreaterThan(0)
    }
  })

  it("notices one altered byte", async () => {
    const target = await serve((answer, response) => {
      const at = answer.indexOf("#1#")
      answer[at + 10] = (answer[at + 10] ?? 0) ^ 0x02
      response.end(answer)
    })
    await expect(target.open(plain).finished).rejects.toThrow("a wrong byte at character 10")
  })

  it("notices a missing [DONE]", async () => {
    const target = await serve((answer, response) => response.end(answer.subarray(0, answer.indexOf("data: [DONE]"))))
    await expect(target.open(plain).finished).rejects.toThrow("no [DONE]")
  })

  it("notices a short answer, whether it ends cleanly or is cut", async () => {
    const clean = await serve((answer, response) => response.end(answer.subarray(0, 600)))
    await expect(clean.open(plain).finished).rejects.toThrow("half an event at the end")
    loader?.close()
    server?.close()
    const cut = await serve((answer, response) => {
      response.write(answer.subarray(0, answer.indexOf("data: [DONE]")), () => response.destroy())
    })
    await expect(cut.open(plain).finished).rejects.toThrow("aborted")
  })

  it("tells the status and the body of a refusal", async () => {
    const target = await serve((_answer, response) => response.writeHead(503).end("out of accounts"))
    const exchange = target.open(plain)
    await expect(exchange.finished).rejects.toThrow("status 503: out of accounts")
    await expect(exchange.firstContent).rejects.toThrow("status 503")
  })

  it("opens a held answer and leaves it", async () => {
    let closed: () => void = () => undefined
    const gone = new Promise<void>((resolve) => (closed = resolve))
    const target = await serve((answer, response) => {
      response.on("close", closed)
      response.write(answer.subarray(0, answer.lastIndexOf("data: ", answer.indexOf('"finish_reason":"stop"'))))
    })
    const exchange = target.open({ ...plain, isHeld: true })
    await exchange.firstContent
    expect(exchange.chunks()).toBe(1)
    exchange.finished.catch(() => undefined)
    exchange.leave()
    await gone
  })
})
