/** What the record of an exchange says of its times and of the pool, over real sockets and on a clock that stands still but where a test moves it. */
import { REPORT_BATCH_MS, type ExchangeRecord } from "#shared/link-protocol.ts"
import { poolStrategies } from "#shared/pool-strategy.ts"
import { Secret } from "#shared/secret.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import { systemClock } from "#data-plane/clock.ts"
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import { once } from "node:events"
import { createServer, request, type IncomingMessage } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, fetchAnswer, open, readAll, type Answer } from "./support/client.ts"
import { startGate, type Gate } from "./support/gate.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { API_KEY, MODEL } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

let system: System
let clock: SteeredClock
let gate: Gate | undefined
let proxy: HeldProxy | undefined
afterEach(async () => {
  await system?.stop()
  await gate?.stop()
  await proxy?.stop()
  gate = proxy = undefined
})

async function begin(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  const settings = { firstByteTimeoutMs: 600_000, streamIdleTimeoutMs: 600_000, ...options.settings }
  system = await startSystem({ ...options, settings, plane: { clock, ...options.plane } })
}

/** An upstream that says nothing until the gate is opened. */
async function beginHeld(options: SystemOptions = {}): Promise<Gate> {
  await begin(options)
  gate = await startGate(system.simulator.url)
  await system.push({ settings: { antigravityBaseUrls: [gate.url] } })
  gate.close()
  return gate
}

const chat = (): string => `${system.url}/v1/chat/completions`

const ask = (prompt: string, more: object = {}): Promise<Answer> =>
  fetchAnswer(chat(), { body: chatBody(`${prompt} [[sim:text=ok]]`, more), headers: { "x-lagrange-explain": "1" } })

/** Of the exchange with this answer, as soon as it was reported. */
function recordOf({ headers }: Pick<Answer, "headers">): Promise<ExchangeRecord> {
  return waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return system.link.find("exchange").find(({ exchangeId }) => exchangeId === headers["x-request-id"])
  })
}

const withToken = (account: SnapshotAccount | undefined, expiresAt: number, generation: number): SnapshotAccount[] =>
  account?.credential === undefined
    ? []
    : [{ ...account, credential: { ...account.credential, expiresAt, generation } }]

/** Sends its body when it is told to; by then the exchange waits for it. */
async function beginAsking(body: string): Promise<{ readonly end: () => Promise<Answer> }> {
  const headers = { authorization: `Bearer ${API_KEY}`, "content-type": "application/json", expect: "100-continue" }
  const outgoing = request(chat(), { method: "POST", agent: false, headers })
  outgoing.flushHeaders()
  await once(outgoing, "continue")
  return {
    end: async () => {
      const answered = once(outgoing, "response")
      outgoing.end(body)
      const [message] = (await answered) as [IncomingMessage] // node's own event
      return { status: message.statusCode ?? 0, headers: message.headers, text: await readAll(message) }
    },
  }
}

describe("our own time", () => {
  test.each([true, false])("is none of the waits, which are told one by one (stream: %s)", async (stream) => {
    const held = await beginHeld()
    const before = ask("before")
    await waitFor(() => held.held === 1)
    // The client's body.
    const asking = await beginAsking(JSON.stringify(chatBody("[[sim:text=ok]]", { stream })))
    clock.advance(2_000)
    const answer = asking.end()
    // A slot.
    await waitFor(() => system.plane.pool.facts().waiting === 1)
    await system.push({ accounts: withToken(system.accounts[0], clock.now() - 1, 2) })
    clock.advance(3_000)
    held.open()
    await before
    held.close()
    // A token.
    await waitFor(() => system.plane.pool.facts().waiting === 0)
    clock.advance(1_500)
    await system.push({ accounts: withToken(system.accounts[0], Number.MAX_SAFE_INTEGER, 3) })
    // The upstream.
    await waitFor(() => held.held === 1)
    clock.advance(5_000)
    held.open()
    const record = await recordOf(await answer)
    expect(record).toMatchObject({ outcome: "completed", receivedMs: 2_000, durationMs: 11_500, overheadUs: 0 })
    expect(record).not.toHaveProperty("refusal")
    expect(record.attempts).toMatchObject([
      {
        askedMs: 2_000,
        waitedMs: 3_000,
        renewalMs: 1_500,
        startedMs: 6_500,
        firstByteMs: 11_500,
        firstPartMs: 11_500,
        endedMs: 11_500,
        census: { candidates: 1, busy: 1 },
      },
    ])
  })

  test("is what choosing takes, and no less", async () => {
    let draws = 0
    const random = (): number => {
      draws++
      clock.advance(3)
      return 0
    }
    const settings = { poolStrategies: poolStrategies(() => "least-in-flight" as const) }
    await begin({ accounts: 3, settings, plane: { random } })
    draws = 0
    const record = await recordOf(await ask("one"))
    expect(draws).toBeGreaterThan(0)
    expect(record.overheadUs).toBe(draws * 3_000)
    const [attempt] = record.attempts
    expect((attempt?.startedMs ?? 0) - (attempt?.askedMs ?? 0)).toBe(draws * 3)
  })

  test("of a stream ends with the first content, however long the rest takes", async () => {
    let flushes = 0
    const steered = steeredClock()
    /** Handing frames over takes two milliseconds. */
    const busy: SteeredClock = {
      ...steered,
      after(ms, run) {
        const timer = steered.after(ms, run)
        if (ms !== KEEP_ALIVE_MS) return timer
        const refresh = (): void => {
          flushes++
          steered.advance(2)
          timer.refresh()
        }
        return { ...timer, refresh }
      },
    }
    await begin({ plane: { clock: busy } })
    clock = busy
    const record = await recordOf(await ask("[[sim:chunks=6]][[sim:delay=20]]", { stream: true }))
    expect(flushes).toBeGreaterThan(1)
    expect(record.overheadUs).toBe(2_000)
  })

  test("is told in a header, with the other times", async () => {
    await begin()
    const { headers } = await ask("one")
    const names = "head own received connect first-byte first-part".split(" ")
    const told = String(headers["x-lagrange-timings"]).split(", ")
    expect(told.map((one) => one.split(";")[0])).toEqual(names)
    for (const one of told) expect(one).toMatch(/^[a-z-]+;dur=\d+\.\d+$/)
  })

  test("is told with those of each attempt, its class, scope and account", async () => {
    const held = await beginHeld({ accounts: 2 })
    system.simulator.script({ fault: { kind: "rate-limit-long" }, times: 1 })
    const asked = ask("one", { stream: true })
    await waitFor(() => held.held === 1)
    clock.advance(40)
    held.open()
    const { headers } = await asked
    const [failed = "", served = ""] = String(headers["x-lagrange-waterfall"]).split(", ")
    expect(failed).toMatch(
      /^rate;scope=account-model;account=account-1;start=0\.0;connect=[\d.]+;first-byte=40\.0;end=40\.0$/,
    )
    expect(served).toMatch(/^ok;account=account-2;start=40\.0;(connect=[\d.]+;)?first-byte=40\.0;first-part=40\.0$/)
  })

  test("is more than nothing by a clock that runs, and less than the whole", async () => {
    await begin({ plane: { clock: systemClock } })
    await ask("one")
    const record = await waitFor(() => system.link.find("exchange")[0])
    expect(record.overheadUs).toBeGreaterThan(0)
    expect(record.overheadUs).toBeLessThanOrEqual(record.durationMs * 1000)
  })
})

interface HeldProxy {
  readonly url: string
  /** Connections that are asked for and not open yet. */
  readonly held: number
  open(): void
  stop(): Promise<void>
}

/** Opens tunnels when it is told to. */
async function startHeldProxy(): Promise<HeldProxy> {
  const held = new Set<() => void>()
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on("connect", (asked, client: Socket) => {
    sockets.add(client)
    client.on("error", () => undefined)
    const [host = "", port = ""] = (asked.url ?? "").split(":")
    held.add(() => {
      const upstream = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        client.pipe(upstream).pipe(client)
      })
      sockets.add(upstream)
      upstream.on("error", () => client.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    get held() {
      return held.size
    },
    open() {
      for (const go of held) go()
      held.clear()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

describe("connecting", () => {
  test.each([
    ["HTTP/2", true, 1],
    ["HTTP/1.1", false, 2],
  ])("over %s is told of the calls that waited for it, and is no time of ours", async (_name, tlsUpstream, tunnels) => {
    proxy = await startHeldProxy()
    const config = { outboundProxy: new Secret(proxy.url) }
    await begin({ accounts: 2, tlsUpstream, config })
    const both = [ask("one"), ask("two")]
    await waitFor(() => system.plane.pool.facts().inFlight === 2 && proxy?.held === tunnels)
    clock.advance(700)
    proxy.open()
    for (const answer of await Promise.all(both)) {
      const record = await recordOf(answer)
      expect(record.overheadUs).toBe(0)
      expect(record.attempts).toMatchObject([{ connectMs: 700, startedMs: 0, firstByteMs: 700 }])
      expect(answer.headers["x-lagrange-timings"]).toContain("connect;dur=700.0")
    }
  })

  test("is not told where a connection was open", async () => {
    await begin({ tlsUpstream: true })
    expect((await recordOf(await ask("one"))).attempts[0]).toHaveProperty("connectMs")
    const again = await ask("two")
    expect((await recordOf(again)).attempts[0]).not.toHaveProperty("connectMs")
    expect(again.headers["x-lagrange-timings"]).not.toContain("connect")
  })

  test("in vain is told too", async () => {
    await begin()
    await system.push({ settings: { antigravityBaseUrls: ["http://127.0.0.1:1"] } })
    const { attempts } = await recordOf(await clock.during(ask("one"), () => false))
    expect(attempts.length).toBeGreaterThan(1)
    for (const attempt of attempts) expect(attempt).toMatchObject({ failureClass: "server", connectMs: 0 })
  })
})

describe("what the pool refuses", () => {
  const NOBODY = { unusable: 0, notOffered: 0, resting: 0, modelOff: 0, candidates: 0, busy: 0 }

  async function refused(answer: Answer): Promise<ExchangeRecord> {
    expect(answer.status).not.toBe(200)
    const record = await recordOf(answer)
    expect(record.attempts).toEqual([])
    expect(record.overheadUs).toBe(0)
    return record
  }

  test("is told with who was busy and how long it waited in vain", async () => {
    const held = await beginHeld({ accounts: 2 })
    const both = [ask("one"), ask("two")]
    await waitFor(() => held.held === 2)
    const third = ask("three")
    await waitFor(() => system.plane.pool.facts().waiting === 1)
    clock.advance(60_000)
    const answer = await third
    const record = await refused(answer)
    expect(record).toMatchObject({ status: 429, errorCode: "pool_busy" })
    expect(record.refusal).toEqual({ waitedMs: 60_000, census: { ...NOBODY, known: 2, candidates: 2, busy: 2 } })
    expect(answer.headers["x-lagrange-refusal"]).toBe("2 of 2 accounts could serve, 2 busy; waited 60000 ms")
    expect(answer.headers["x-lagrange-timings"]).toContain("wait;dur=60000.0")
    held.open()
    await Promise.all(both)
  })

  test("is told with the model's own limit", async () => {
    const held = await beginHeld({ accounts: 2, settings: { maxConcurrentPerModel: 1 } })
    const first = ask("one")
    await waitFor(() => held.held === 1)
    const second = ask("two")
    await waitFor(() => system.plane.pool.facts().waiting === 1)
    clock.advance(60_000)
    const answer = await second
    const census = { ...NOBODY, known: 2, candidates: 2, busy: 1, modelLimit: 1 }
    expect((await refused(answer)).refusal).toEqual({ waitedMs: 60_000, census })
    expect(answer.headers["x-lagrange-refusal"]).toContain("1 busy; the model has all its 1 requests running")
    held.open()
    await first
  })

  test("is told with what rests, what lacks the model and what an operator took", async () => {
    await begin({ accounts: 3 })
    const [first, second, third] = system.accounts
    if (first === undefined || second === undefined || third === undefined) throw new Error("no accounts")
    const scope = { type: "account", accountId: first.id } as const
    const until = clock.now() + 3_600_000
    system.plane.pool.cool({ scope, cause: "quota", evidence: "test", since: clock.now(), until })
    const off = { ...second, disabledModels: [MODEL] }
    await system.push({ accounts: [first, off, { ...third, usable: false, state: "DISABLED" }] })
    const answer = await ask("one")
    const record = await refused(answer)
    expect(record.errorCode).toBe("pool_exhausted")
    expect(record.refusal).toEqual({ census: { ...NOBODY, known: 3, unusable: 1, resting: 1, modelOff: 1 } })
    expect(answer.headers["x-lagrange-refusal"]).toBe(
      "0 of 3 accounts could serve, 1 unusable, 1 resting, 1 off for the model",
    )
  })

  test("is told where no account offers the model", async () => {
    await begin({ accounts: 2 })
    const answer = await ask("one", { model: "gemini-99" })
    const record = await refused(answer)
    expect(record.errorCode).toBe("model_not_found")
    expect(record.refusal).toEqual({ census: { ...NOBODY, known: 2, notOffered: 2 } })
    expect(answer.headers["x-lagrange-refusal"]).toContain("2 without the model")
  })

  test("is told with the wait for a token that did not come", async () => {
    await begin()
    await system.push({ accounts: withToken(system.accounts[0], clock.now() - 1, 2) })
    const answer = ask("one")
    await waitFor(() => system.plane.pool.facts().inFlight === 1)
    clock.advance(5_000)
    const record = await refused(await answer)
    expect(record).toMatchObject({ status: 503, refusal: { renewalMs: 5_000, census: { known: 1, resting: 1 } } })
  })

  test("is told where the client left while it waited", async () => {
    const held = await beginHeld()
    const first = ask("one")
    await waitFor(() => held.held === 1)
    const leaving = open(chat(), { body: chatBody("two") })
    leaving.on("error", () => undefined)
    await waitFor(() => system.plane.pool.facts().waiting === 1)
    clock.advance(4_000)
    leaving.destroy()
    const record = await waitFor(() => {
      clock.advance(REPORT_BATCH_MS)
      return system.link.find("exchange").find(({ outcome }) => outcome === "cancelled")
    })
    expect(record).toMatchObject({ attempts: [], refusal: { census: { candidates: 1, busy: 1 } } })
    expect(record.refusal?.waitedMs).toBeGreaterThanOrEqual(4_000)
    held.open()
    await first
  })
})
