/** What Prometheus is told, read strictly, each number traced to the traffic that made it; on a clock that stands still. */
import { readExposition, valueOf, type ExposedFamily } from "#shared/testing/exposition.ts"
import { startDataPlane } from "#data-plane/data-plane.ts"
import { createLogger } from "#shared/log.ts"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { expectRefusals } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, fetchAnswer, messagesBody, open } from "./support/client.ts"
import { startGate, type Gate } from "./support/gate.ts"
import { configFor, startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

let system: System
let clock: SteeredClock
let gate: Gate | undefined
afterEach(async () => {
  await system?.stop()
  await gate?.stop()
  gate = undefined
})

async function begin(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  const config = { metrics: { host: "127.0.0.1", port: 0 }, ...options.config }
  system = await startSystem({ ...options, config, plane: { clock } })
}

const scrape = (): Promise<readonly ExposedFamily[]> => readExposition(system.plane.metricsUrl ?? "")

const chat = (prompt: string, more: object = {}) =>
  fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody(prompt, more) })

test("exchanges, attempts, tokens and refusals are counted as the records tell them", async () => {
  await begin({ accounts: 2, settings: { maxConcurrentPerAccount: 0 } })
  await chat("one [[sim:text=ok]]")
  await chat("two [[sim:text=ok]]", { stream: true })
  await fetchAnswer(`${system.url}/v1/messages`, { body: messagesBody("three [[sim:text=ok]]") })
  system.simulator.script({ fault: { kind: "internal" }, times: 1 })
  await clock.during(chat("four [[sim:text=ok]]"), () => false)
  await chat("five", { model: "nobody-offers-this" })
  await fetchAnswer(`${system.url}/v1/nothing`)
  await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("six"), anonymous: true })
  const families = await scrape()
  const count = (name: string, labels: Record<string, string>): number => valueOf(families, name, labels)

  const ended = { dialect: "openai-chat", outcome: "completed", code: "ok" }
  expect(count("lagrange_exchanges_total", ended)).toBe(3)
  expect(count("lagrange_exchanges_total", { ...ended, dialect: "anthropic-messages" })).toBe(1)
  const failed = { dialect: "openai-chat", outcome: "failed" }
  expect(count("lagrange_exchanges_total", { ...failed, code: "model_not_found" })).toBe(1)
  expect(count("lagrange_exchanges_total", { ...failed, code: "invalid_api_key" })).toBe(1)
  expect(count("lagrange_requests_refused_total", { code: "unknown_path" })).toBe(1)
  expect(count("lagrange_model_exchanges_total", { model: MODEL, outcome: "completed" })).toBe(4)
  expect(count("lagrange_attempts_total", { class: "ok" })).toBe(4)
  expect(
    families.flatMap(({ samples }) => samples).filter(({ name }) => name === "lagrange_attempts_total").length,
  ).toBe(2)
  expect(count("lagrange_exchange_duration_seconds_count", { dialect: "openai-chat" })).toBe(5)
  expect(count("lagrange_first_content_seconds_count", { dialect: "openai-chat" })).toBe(3)
  expect(count("lagrange_own_time_seconds_count", {})).toBe(6)
  expect(count("lagrange_queue_wait_seconds_count", {})).toBe(4)

  const records = await waitFor(() => {
    clock.advance(250)
    const told = system.link.find("exchange")
    return told.length === 5 && told
  })
  for (const [kind, of] of [
    ["input", "inputTokens"],
    ["output", "outputTokens"],
  ] as const) {
    const told = records.reduce((sum, { usage }) => sum + (usage[of] ?? 0), 0)
    expect(told).toBeGreaterThan(0)
    expect(count("lagrange_tokens_total", { model: MODEL, kind })).toBe(told)
  }
})

test("waits, times and what is under way are those of the clock", async () => {
  await begin()
  gate = await startGate(system.simulator.url)
  await system.push({ settings: { antigravityBaseUrls: [gate.url] } })
  gate.close()
  const first = chat("one [[sim:text=ok]]")
  await waitFor(() => gate?.held === 1)
  const second = chat("two [[sim:text=ok]]")
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  const during = await scrape()
  expect(valueOf(during, "lagrange_exchanges_in_flight")).toBe(2)
  expect(valueOf(during, "lagrange_exchanges_waiting")).toBe(1)
  clock.advance(3_000)
  gate.open()
  await Promise.all([first, second])
  await waitFor(async () => valueOf(await scrape(), "lagrange_exchanges_in_flight") === 0)
  const after = await scrape()
  expect(valueOf(after, "lagrange_exchanges_waiting")).toBe(0)
  expect(valueOf(after, "lagrange_queue_wait_seconds_sum")).toBe(3)
  const chatOnly = { dialect: "openai-chat" }
  expect(valueOf(after, "lagrange_exchange_duration_seconds_sum", chatOnly)).toBe(6)
  expect(valueOf(after, "lagrange_first_content_seconds_sum", chatOnly)).toBe(6)
  expect(valueOf(after, "lagrange_exchange_duration_seconds_bucket", { ...chatOnly, le: "2.5" })).toBe(0)
  expect(valueOf(after, "lagrange_exchange_duration_seconds_bucket", { ...chatOnly, le: "5" })).toBe(2)
  expect(valueOf(after, "lagrange_event_loop_delay_seconds_count")).toBeGreaterThan(0)
})

test("a client that leaves is a cancelled exchange", async () => {
  await begin()
  system.simulator.script({ fault: { kind: "hang-before-headers" }, times: 1 })
  const call = open(`${system.url}/v1/chat/completions`, { body: chatBody("left") }).on("error", () => undefined)
  await waitFor(() => system.plane.pool.facts().inFlight === 1)
  call.destroy()
  await waitFor(async () => {
    const labels = { dialect: "openai-chat", outcome: "cancelled", code: "client_cancelled" }
    return valueOf(await scrape(), "lagrange_exchanges_total", labels) === 1
  })
  expect(valueOf(await scrape(), "lagrange_attempts_total", { class: "client_cancel" })).toBe(1)
})

test("accounts, rests, the pool, the link and the snapshot are told as they are", async () => {
  await begin({ accounts: 3 })
  const [first, ...others] = system.accounts
  if (first === undefined) throw new Error("no account")
  await system.push({ accounts: [{ ...first, usable: false, state: "NEEDS_LOGIN" }, ...others] })
  let families = await scrape()
  const now = (name: string, labels?: Record<string, string>): number => valueOf(families, name, labels)
  expect([now("lagrange_accounts", { state: "NEEDS_LOGIN" }), now("lagrange_accounts", { state: "READY" })]).toEqual([
    1, 2,
  ])
  expect([now("lagrange_accounts_usable"), now("lagrange_accounts_cooling")]).toEqual([2, 0])
  expect([now("lagrange_ready"), now("lagrange_link_up"), now("lagrange_snapshot_version")]).toEqual([1, 1, 2])
  expect(now("lagrange_snapshot_issued_timestamp_seconds")).toBeGreaterThan(0)
  expect(now("lagrange_retry_credit")).toBe(5)
  expect(now("lagrange_pool_paused")).toBe(0)
  expect(now("lagrange_build_info", { version: "0.1.0", plane: "data" })).toBe(1)

  system.simulator.script({ fault: { kind: "quota-model" }, times: 1 })
  await chat("resting [[sim:text=ok]]")
  await system.push({ pool: { pause: { since: clock.now(), reason: "test" } } })
  families = await scrape()
  expect(now("lagrange_cooldowns", { scope: "account-bucket", cause: "quota" })).toBe(1)
  expect(now("lagrange_attempts_total", { class: "quota" })).toBe(1)
  expect(now("lagrange_conversations")).toBe(1)
  expect(now("lagrange_pool_paused")).toBe(1)

  system.link.leave()
  clock.advance(20_000)
  await chat("unheard")
  families = await scrape()
  expect(now("lagrange_link_up")).toBe(0)
  expect(now("lagrange_reports_waiting")).toBeGreaterThan(0)
})

test("names that clients make up, keys, labels and addresses of accounts are nowhere in it", async () => {
  await begin()
  for (let index = 0; index < 5; index++) await chat("x", { model: `made-up-${index}` })
  await chat("secret prompt [[sim:text=ok]]")
  const text = await (await fetch(system.plane.metricsUrl ?? "")).text()
  for (const hidden of ["made-up", "test-key", "example.com", "account-1", "key-1", "secret prompt"])
    expect(text).not.toContain(hidden)
})

test("is on a listener of its own, and nowhere unless asked for", async () => {
  await begin()
  const url = system.plane.metricsUrl ?? ""
  expect(new URL(url).port).not.toBe(new URL(system.url).port)
  expect((await fetch(new URL("/", url))).status).toBe(404)
  expect((await fetch(url, { method: "POST" })).status).toBe(405)
  expect((await fetchAnswer(`${system.url}/metrics`)).status).toBe(404)
  await system.stop()
  await expect(fetch(url)).rejects.toThrow()
  await begin({ config: { metrics: undefined } })
  expect(system.plane.metricsUrl).toBeUndefined()
})

test("an address that is in use ends the start with a sentence that names the variable", async () => {
  await begin()
  const taken = createServer().listen(0, "127.0.0.1")
  await waitFor(() => taken.listening)
  const { port } = taken.address() as AddressInfo // a TCP server that listens has one
  const config = configFor(system.link.url, system.directory, { metrics: { host: "127.0.0.1", port } })
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  await expect(startDataPlane(config, log)).rejects.toThrow(
    `METRICS_PORT ${port} on METRICS_HOST 127.0.0.1 cannot be had`,
  )
  taken.close()
  expectRefusals(system.simulator, [])
})
