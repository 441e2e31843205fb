/** Traces of exchanges, as a collector gets them over HTTP; on a clock that stands still but where a test moves it. */
import { SPAN_ATTRIBUTES, SPAN_NAMES, type Span } from "#data-plane/report/exchange-spans.ts"
import { MAX_SPANS, TraceExporter } from "#data-plane/report/trace-exporter.ts"
import { createLogger } from "#shared/log.ts"
import { readExposition, valueOf } from "#shared/testing/exposition.ts"
import { Secret } from "#shared/secret.ts"
import { afterEach, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, fetchAnswer, open } from "./support/client.ts"
import { startCollector, type CollectedSpan, type Collector } from "./support/collector.ts"
import { startGate, type Gate } from "./support/gate.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

let system: System
let collector: Collector
let clock: SteeredClock
let gate: Gate | undefined
afterEach(async () => {
  await system?.stop()
  await gate?.stop()
  await collector?.stop()
  gate = undefined
})

async function begin(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  collector = await startCollector()
  const headers = new Secret({ "x-collector-token": "t" })
  const config = {
    metrics: { host: "127.0.0.1", port: 0 },
    traces: { endpoint: collector.url, headers },
    ...options.config,
  }
  system = await startSystem({ ...options, config, plane: { clock } })
}

const ask = (prompt: string, headers: Record<string, string> = {}, more: object = {}) =>
  fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody(prompt, more), headers })

/** So many spans of this name, as soon as they are there. */
function spansOf(name: string, count = 1): Promise<readonly CollectedSpan[]> {
  return waitFor(() => {
    clock.advance(2_000)
    const found = collector.spans.filter((span) => span.name === name)
    return found.length >= count && found
  })
}

const msOf = ({ start, end }: CollectedSpan): number => Number((end - start) / 1_000_000n)

test("an exchange is one span, with what it waited for and tried as its children", async () => {
  await begin()
  gate = await startGate(system.simulator.url)
  await system.push({ settings: { antigravityBaseUrls: [gate.url] } })
  gate.close()
  const first = ask("one [[sim:text=ok]]")
  await waitFor(() => gate?.held === 1)
  const second = ask("two [[sim:text=ok]]", {}, { stream: true })
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  clock.advance(3_000)
  gate.open()
  const id = (await second).headers["x-request-id"]
  await first
  const root = (await spansOf("exchange", 2)).find((span) => span.attributes["lagrange.exchange_id"] === id)
  if (root === undefined) throw new Error("no span of the exchange")
  expect(root).toMatchObject({ kind: 2, parentSpanId: undefined, status: undefined })
  expect(root.attributes).toMatchObject({
    "lagrange.dialect": "openai-chat",
    "lagrange.model": "gemini-3-flash",
    "lagrange.outcome": "completed",
    "lagrange.stream": true,
    "lagrange.attempts": 1,
    "http.response.status_code": 200,
  })
  expect(root.attributes["gen_ai.usage.input_tokens"]).toBeGreaterThan(0)
  const own = collector.spans.filter((span) => span.traceId === root.traceId && span !== root)
  const attempt = own.find(({ name }) => name === "attempt")
  expect(own.map(({ name }) => name).toSorted()).toEqual(["attempt", "choose", "queue", "receive", "stream"])
  // The first one had opened the connection.
  const [connect] = collector.spans.filter(({ name }) => name === "connect")
  expect(connect?.traceId).not.toBe(root.traceId)
  expect(collector.spans.find(({ spanId }) => spanId === connect?.parentSpanId)?.name).toBe("attempt")
  for (const span of own) {
    expect(span.parentSpanId).toBe(span.name === "stream" ? attempt?.spanId : root.spanId)
    expect(span.start).toBeGreaterThanOrEqual(root.start)
    expect(span.end).toBeLessThanOrEqual(root.end)
  }
  expect(own.filter(({ name }) => name === "queue").map(msOf)).toEqual([3_000])
  expect(msOf(root)).toBe(3_000)
  expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length)
  expect(collector.faults).toEqual([])
  expect(collector.batches[0]).toMatchObject({ "x-collector-token": "t" })
})

test("a failure and each attempt tell their class", async () => {
  await begin({ accounts: 2, settings: { maxAttempts: 1 } })
  system.simulator.script({ fault: { kind: "internal" }, times: 1 })
  await ask("failing")
  const [attempt] = await spansOf("attempt")
  const [root] = await spansOf("exchange")
  expect(attempt?.status).toEqual({ code: 2, message: attempt?.attributes["lagrange.failure_class"] })
  expect(root?.status).toEqual({ code: 2, message: "upstream_failed" })
  expect(root?.attributes["lagrange.error_code"]).toBe("upstream_failed")
})

test("belongs to the client's trace where it says so, is left out where that is not recorded, and goes no further", async () => {
  await begin()
  const trace = "0af7651916cd43dd8448eb211c80319c"
  const span = "b7ad6b7169203331"
  await ask("parent [[sim:text=ok]]", { traceparent: `00-${trace}-${span}-01`, tracestate: "a=b" })
  await ask("not recorded [[sim:text=ok]]", { traceparent: `00-${"1".repeat(32)}-${span}-00` })
  await ask("malformed [[sim:text=ok]]", { traceparent: `00-${"0".repeat(32)}-${span}-01` })
  const roots = await spansOf("exchange", 2)
  expect(roots).toHaveLength(2)
  expect(roots[0]).toMatchObject({ traceId: trace, parentSpanId: span })
  expect(roots[1]?.parentSpanId).toBeUndefined()
  expect(roots[1]?.traceId).not.toMatch(/^[01]+$/)
  const sent = JSON.stringify(system.simulator.seen())
  for (const hidden of ["traceparent", "tracestate", trace]) expect(sent).not.toContain(hidden)
})

test("tells names of the closed lists only, and nothing of prompt, key or label", async () => {
  await begin()
  await ask("a secret prompt [[sim:text=a secret answer]]")
  const call = open(`${system.url}/v1/chat/completions`, { body: chatBody("[[sim:hang]]") }).on(
    "error",
    () => undefined,
  )
  call.destroy()
  await spansOf("exchange")
  for (const { name, attributes } of collector.spans) {
    expect(SPAN_NAMES).toContain(name)
    for (const key of Object.keys(attributes)) expect(SPAN_ATTRIBUTES).toContain(key)
  }
  const text = JSON.stringify(collector.spans, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  )
  for (const hidden of ["secret", "test-key", "sim-access"]) expect(text).not.toContain(hidden)
})

test("waits for a collector that is away, keeps so much and counts what it loses", async () => {
  await begin({ settings: { maxConcurrentPerAccount: 0 } })
  const counted = async (result: string): Promise<number> =>
    valueOf(await readExposition(system.plane.metricsUrl ?? ""), "lagrange_trace_spans_total", { result })
  collector.failWith(503)
  await ask("away [[sim:text=ok]]")
  await waitFor(() => {
    clock.advance(2_000)
    return collector.batches.length >= 1
  })
  expect(await counted("sent")).toBe(0)
  collector.failWith(undefined)
  await waitFor(() => {
    clock.advance(60_000)
    return collector.spans.length > 0
  })
  const sent = collector.spans.length
  await waitFor(async () => (await counted("sent")) === sent)
  expect(await counted("dropped")).toBe(0)
  // What it finds at fault is lost, and what follows is not held up by it.
  collector.failWith(400)
  await ask("refused [[sim:text=ok]]")
  await waitFor(async () => {
    clock.advance(2_000)
    return (await counted("dropped")) > 0
  })
  collector.failWith(undefined)
  await ask("after [[sim:text=ok]]")
  await spansOf("exchange", 2)
})

test("what comes faster than a batch each two seconds is not lost", async () => {
  clock = steeredClock()
  collector = await startCollector()
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const exporter = new TraceExporter({ endpoint: collector.url, headers: undefined, nodeName: "n", clock, log })
  const span = (index: number): Span => {
    const spanId = (index + 1).toString(16).padStart(16, "0")
    return {
      traceId: "1".repeat(32),
      spanId,
      name: "exchange",
      startedAt: clock.now(),
      endedAt: clock.now(),
      attributes: {},
    }
  }
  // While the clock stands still: as many as are kept at once, and while these are sent as many again.
  for (let index = 0; index < MAX_SPANS; index += 8) {
    exporter.add(Array.from({ length: 8 }, (_, more) => span(index + more)))
  }
  await waitFor(() => {
    clock.advance(0)
    return exporter.waiting < MAX_SPANS / 2
  })
  for (let index = 0; index < MAX_SPANS / 2; index += 8) {
    exporter.add(Array.from({ length: 8 }, (_, more) => span(MAX_SPANS + index + more)))
  }
  await waitFor(() => {
    clock.advance(0)
    return exporter.waiting < MAX_SPANS / 16
  })
  await exporter.stop(60_000)
  expect(collector.faults).toEqual([])
  expect(exporter.counts).toEqual({ sent: (MAX_SPANS * 3) / 2, dropped: 0 })
})

test("what is left is sent at the end; without a collector nothing is made", async () => {
  await begin()
  await ask("last [[sim:text=ok]]")
  await system.plane.drain(0)
  expect(collector.spans.some(({ name }) => name === "exchange")).toBe(true)
  await system.stop()
  const before = collector.batches.length
  await begin({ config: { traces: undefined } })
  await ask("none [[sim:text=ok]]")
  await system.plane.drain(0)
  expect(collector.batches.length).toBe(0)
  expect(before).toBeGreaterThan(0)
})
