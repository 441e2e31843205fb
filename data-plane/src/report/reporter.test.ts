/** The pace of reports: what the reporter waits for between batches, told by the timers it asks for. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, it } from "vitest"
import type { NodeLoad, ReportBatch } from "#shared/link-protocol.ts"
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { manualClock } from "../testing/manual-clock.ts"
import { LinkReporter } from "./reporter.ts"

/** How many items each batch held. */
let batches: number[]
/** What the reporter waits between two batches, in the order it asks. */
let waits: number[]
let answer: (ids: readonly string[]) => { readonly status: number; readonly accepted: readonly string[] }
let server: Server
let reporter: LinkReporter
let clock: ReturnType<typeof manualClock>

beforeEach(async () => {
  batches = []
  waits = []
  answer = (ids) => ({ status: 200, accepted: ids })
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as ReportBatch // the reporter sent it
      batches.push(batch.items.length)
      const { status, accepted } = answer(batch.items.map((item) => item.id))
      response.writeHead(status).end(JSON.stringify({ accepted }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  clock = manualClock()
  const after: typeof clock.after = (ms, run) => {
    if (ms !== SEND_LIMIT_MS) waits.push(ms)
    return clock.after(ms, run)
  }
  reporter = new LinkReporter({
    controlUrl: `http://127.0.0.1:${port}`,
    linkToken: new Secret("laglink_of_the_pace"),
    clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), after },
    nodeName: "node",
    boot: "boot",
    log: createLogger({ level: "error", format: "json", write: () => undefined }),
    load: () => ({}) as NodeLoad, // nobody reads it here
  })
})
afterEach(async () => {
  answer = (ids) => ({ status: 200, accepted: ids })
  await reporter.stop(SEND_LIMIT_MS)
  await new Promise((resolve) => server.close(resolve))
})

const SEND_LIMIT_MS = 5_000

function add(count: number): void {
  for (let index = 0; index < count; index += 1) reporter.add({ type: "dropped", count: 1 })
}

/** Lets the reporter wait what it asked for, so many times; each wait is asked for when the batch before it is answered. */
async function pass(times: number): Promise<void> {
  const first = waits.length
  for (let count = 0; count < times; count += 1) {
    clock.advance(waits.at(-1) ?? 0)
    if (count < times - 1) await waitFor(() => waits.length > first + count)
  }
  await waitFor(() => batches.length >= times)
}

it("sends what fills a batch as soon as the one before it is taken, and waits for the rest", async () => {
  add(1_700)
  await pass(4)
  expect(batches).toEqual([500, 500, 500, 200])
  expect(waits).toEqual([250, 0, 0, 250])
})

it("waits after a failure, however much there is, and longer after the next", async () => {
  const answers = [500, 503, 200]
  answer = (ids) => ({ status: answers.shift() ?? 200, accepted: ids })
  add(1_000)
  await pass(4)
  expect(batches).toEqual([500, 500, 500, 500])
  expect(waits).toEqual([250, 500, 1_000, 0])
})

it("takes a receipt for something else as a failure", async () => {
  answer = () => ({ status: 200, accepted: ["another-1"] })
  add(600)
  await pass(3)
  await waitFor(() => waits.length === 4)
  expect(waits).toEqual([250, 500, 1_000, 2_000])
  expect(reporter.waiting).toBe(600)
})
