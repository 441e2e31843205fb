/** A client that reads slowly or not at all pauses its upstream; what is kept for it is bounded. */
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { WRITE_STALL_MS } from "#data-plane/server/answer.ts"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import type { IncomingMessage } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { keptBytes } from "../../test/support/collect-garbage.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, open } from "./support/client.ts"
import { startEndlessUpstream, type EndlessUpstream } from "./support/endless-upstream.ts"
import { startSystem, type System } from "./support/plane.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

/** What the kernel may keep on the four sides of two loopback connections, and then some. */
const KERNEL_BYTES = 160 * 1024 * 1024
const KEPT_BYTES = 32 * 1024 * 1024

let folder: string
let clock: SteeredClock
let system: System
let upstream: EndlessUpstream
afterEach(async () => {
  await system?.stop()
  await upstream?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function begin(isTls: boolean): Promise<IncomingMessage> {
  upstream = await startEndlessUpstream(isTls)
  folder = await mkdtemp(join(tmpdir(), "lagrange-endless-"))
  const caFile = join(folder, "ca.pem")
  await writeFile(caFile, upstream.ca)
  clock = steeredClock()
  system = await startSystem({
    config: { upstreamCaFile: caFile },
    plane: { clock },
    settings: { antigravityBaseUrls: [upstream.url], firstByteTimeoutMs: 3_600_000, streamIdleTimeoutMs: 3_600_000 },
  })
  const outgoing = open(`${system.url}/v1/chat/completions`, { body: chatBody("pour", { stream: true }) })
  outgoing.on("error", () => undefined)
  const message = await new Promise<IncomingMessage>((resolve) => outgoing.once("response", resolve))
  message.on("error", () => undefined)
  message.pause()
  return message
}

function standstill(): Promise<unknown> {
  let before = -1
  return waitFor(
    () => {
      const isStill = upstream.sentBytes === before
      before = upstream.sentBytes
      return isStill
    },
    40_000,
    500,
  )
}

test.each([[false], [true]])("a reader that stops does not fill memory (h2 upstream: %s)", async (isTls) => {
  const before = keptBytes()
  const message = await begin(isTls)
  await standstill()
  expect(upstream.sentBytes).toBeLessThan(KERNEL_BYTES)
  await waitFor(() => keptBytes() - before < KEPT_BYTES)
  expect(system.plane.pool.facts().inFlight).toBe(1)
  // Reading again lets it flow to its end.
  const stopped = upstream.sentBytes
  let tail = ""
  message.on("data", (chunk: Buffer) => (tail = (tail + chunk.toString("latin1")).slice(-400)))
  message.resume()
  await waitFor(() => upstream.sentBytes > stopped)
  upstream.finish()
  await waitFor(() => /data: \[DONE\]\s*$/.test(tail), 40_000)
  await waitFor(() => system.plane.pool.facts().inFlight === 0)
})

test("a reader that never reads is let go of after a minute, and its upstream with it", async () => {
  await begin(true)
  await standstill()
  clock.advance(WRITE_STALL_MS - 1)
  expect(system.plane.pool.facts().inFlight).toBe(1)
  clock.advance(1)
  await waitFor(() => system.plane.pool.facts().inFlight === 0)
  await waitFor(() => upstream.open === 0)
  const record = await waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return system.link.find("exchange").at(-1)
  })
  expect(record).toMatchObject({ outcome: "cancelled", errorMessage: "The client stopped reading." })
})
