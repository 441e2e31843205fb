/**
 * The end of a cool-down over real sockets: one real request goes first, and what the upstream says to it holds for all. A gate holds the
 * upstream's answers, and time stands still but where a test moves it.
 */
import { afterEach, describe, expect, test } from "vitest"
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { fetchAnswer, open, type Answer } from "./support/client.ts"
import { startGate, type Gate } from "./support/gate.ts"
import { startSystem, type System } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

const FIRST = "account-1@example.com"
const BURST = 50
const MINUTE = 60_000

let system: System
let clock: SteeredClock
let gate: Gate
afterEach(async () => {
  gate.open()
  await system.stop()
  await gate.stop()
})

async function begin(accounts = 1): Promise<void> {
  clock = steeredClock()
  const patience = { firstByteTimeoutMs: 86_400_000, streamIdleTimeoutMs: 86_400_000 }
  const settings = { maxConcurrentPerAccount: 0, maxConcurrentPerModel: 0, ...patience }
  system = await startSystem({ accounts, settings, plane: { clock, random: () => 0.5 } })
  gate = await startGate(system.simulator.url)
  await system.push({
    settings: { antigravityBaseUrls: [gate.url] },
    // Tokens outlive every cool-down.
    accounts: system.accounts.map(({ credential, ...one }) => ({
      ...one,
      ...(credential === undefined ? {} : { credential: { ...credential, expiresAt: Number.MAX_SAFE_INTEGER } }),
    })),
  })
}

const body = (prompt: string): object => ({ model: MODEL, messages: [{ role: "user", content: prompt }] })
const chat = (): string => `${system.url}/v1/chat/completions`
const ask = (prompt: string): Promise<Answer> => fetchAnswer(chat(), { body: body(prompt) })
const calls = (): number => system.simulator.seen().length
const callsOfFirst = (): number => system.simulator.seen().filter(({ account }) => account === FIRST).length
const statuses = (answers: readonly Answer[]): number[] => [...new Set(answers.map(({ status }) => status))]

function strike(kind: string, match: object = {}): void {
  system.simulator.clearFaults()
  system.simulator.script({ fault: { kind }, match })
}

/** Waits through what the loop itself waits for between attempts. */
function failing(prompt: string): Promise<Answer> {
  return clock.during(ask(prompt), () => system.simulator.seen().some(({ duration }) => duration === undefined))
}

/** Begins requests in conversations of their own, whose answers the gate holds. */
function burst(count = BURST): Promise<Answer[]> {
  const from = calls()
  return Promise.all(Array.from({ length: count }, (_, turn) => ask(`${from + turn} [[sim:text=ok]]`)))
}

/** One has reached the upstream, and the others are in line. */
async function oneOnItsWay(count = BURST): Promise<void> {
  await waitFor(() => gate.held === 1 && system.plane.pool.facts().waiting === count - 1)
}

/** Until the last cool-down is over. */
function advanceToEnd(): void {
  for (let [rest] = system.plane.pool.cooldowns(); rest !== undefined; [rest] = system.plane.pool.cooldowns()) {
    clock.advance(rest.until - clock.now())
  }
}

const restsMs = (): number[] => system.plane.pool.cooldowns().map(({ since, until }) => until - since)

describe.each([
  ["rate-limit-long", "account-model", 1],
  ["quota-model", "account-bucket", 1],
  ["location", "account-bucket", 1],
  ["forbidden", "account", 1],
  ["internal", "account", 3],
  ["capacity", "model", 1],
  ["sorry-page", "egress", 1],
])("%s", (kind, scope, times) => {
  async function rested(): Promise<void> {
    await begin()
    strike(kind)
    for (let turn = 0; turn < times; turn++) await failing(`failing ${turn}`)
    expect(system.plane.pool.cooldowns().map((rest) => rest.scope.type)).toEqual([scope])
    system.simulator.clearFaults()
    advanceToEnd()
  }

  test(`fifty requests at once after it send one, and all follow when it is served`, async () => {
    await rested()
    gate.close()
    const from = calls()
    const answers = burst()
    await oneOnItsWay()
    expect(calls() - from).toBe(1)
    expect(system.plane.pool.halfOpen().map((rest) => rest.scope.type)).toEqual([scope])
    gate.open()
    expect(statuses(await answers)).toEqual([200])
    expect(calls() - from).toBe(BURST)
    expect(system.plane.pool.halfOpen()).toEqual([])
  })
})

test("one that is refused again is the only one: the others hear the true time, which is longer with each", async () => {
  await begin()
  strike("quota-without-time")
  await ask("first")
  expect(restsMs()).toEqual([MINUTE])
  for (const [minutes, next] of [
    [1, 5],
    [5, 30],
    [30, 120],
  ] as const) {
    expect(restsMs()).toEqual([minutes * MINUTE])
    advanceToEnd()
    gate.close()
    const from = calls()
    const answers = burst()
    await oneOnItsWay()
    gate.open()
    for (const { status, headers } of await answers) {
      expect([status, Number(headers["retry-after"])]).toEqual([429, next * 60])
    }
    expect(calls() - from).toBe(1)
  }
  advanceToEnd()
  system.simulator.clearFaults()
  expect((await ask("served")).status).toBe(200)
  strike("quota-without-time")
  await ask("again")
  expect(restsMs()).toEqual([MINUTE])
})

test("other accounts serve meanwhile", async () => {
  await begin(2)
  strike("quota-without-time", { account: FIRST })
  while (restsMs().length === 0) await ask(`${calls()}`)
  system.simulator.clearFaults()
  advanceToEnd()
  gate.close()
  const from = callsOfFirst()
  const answers = burst()
  await waitFor(() => gate.held === BURST)
  expect(callsOfFirst() - from).toBe(1)
  gate.open()
  expect(statuses(await answers)).toEqual([200])
})

test("one whose client leaves, or that is at fault itself, makes way for the next", async () => {
  await begin()
  strike("quota-without-time")
  await ask("first")
  system.simulator.clearFaults()
  advanceToEnd()
  gate.close()
  const leaving = open(chat(), { body: body("leaves") })
  leaving.on("error", () => undefined)
  await waitFor(() => gate.held === 1)
  strike("invalid-argument")
  const next = ask("refused")
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  const from = calls()
  leaving.destroy()
  await waitFor(() => calls() - from === 1 && gate.held === 1)
  const last = ask("last [[sim:text=ok]]")
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  system.simulator.clearFaults()
  gate.open()
  expect([(await next).status, (await last).status]).toEqual([400, 200])
  expect([restsMs(), system.plane.pool.halfOpen()]).toEqual([[], []])
})

test("the first part of an answer opens it to all and ends what was counted, however long the answer goes on", async () => {
  await begin()
  strike("quota-without-time")
  await ask("first")
  system.simulator.clearFaults()
  advanceToEnd()
  gate.close(1)
  const answers = burst(4)
  await waitFor(() => gate.held === 4)
  expect(system.plane.pool.halfOpen()).toEqual([])
  // Past the gate. The link has to come back first: it heard nothing while time went on.
  const passing = { isIn: false }
  void system.push({ settings: { antigravityBaseUrls: [system.simulator.url] } }).then(() => (passing.isIn = true))
  await waitFor(() => {
    clock.advance(1_000)
    return passing.isIn
  })
  strike("quota-without-time")
  expect((await ask("refused")).status).toBe(429)
  expect([restsMs(), gate.held]).toEqual([[MINUTE], 4])
  gate.open()
  expect(statuses(await answers)).toEqual([200])
})

test.each([
  ["an end and nothing else", { kind: "empty-answer" }],
  ["a call that cannot be read", { kind: "finish", reason: "MALFORMED_FUNCTION_CALL" }],
])("one whose answer is %s has said nothing, and what was counted stays", async (_, fault) => {
  await begin()
  strike("quota-without-time")
  await ask("first")
  advanceToEnd()
  system.simulator.clearFaults()
  system.simulator.script({ fault, match: {} })
  expect((await failing("nothing useful")).status).toBe(502)
  expect([restsMs(), system.plane.pool.halfOpen().length]).toEqual([[], 1])
  strike("quota-without-time")
  await ask("refused")
  expect(restsMs()).toEqual([5 * MINUTE])
})

test("one of which nothing is heard lets the next one go", async () => {
  await begin()
  strike("quota-without-time")
  await ask("first")
  system.simulator.clearFaults()
  advanceToEnd()
  gate.close()
  const answers = burst(3)
  await oneOnItsWay(3)
  clock.advance(15_000)
  await waitFor(() => gate.held === 2 && system.plane.pool.facts().waiting === 1)
  gate.open()
  expect(statuses(await answers)).toEqual([200])
})

test("requests that are refused together count as one refusal of the account", async () => {
  await begin()
  strike("forbidden")
  gate.close()
  const answers = burst(5)
  await waitFor(() => gate.held === 5)
  gate.open()
  expect(statuses(await answers)).toEqual([503])
  expect(restsMs()).toEqual([10 * MINUTE])
  advanceToEnd()
  await ask("the second refusal")
  await waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return system.link.find("exchange").length === 6
  })
  expect(system.link.find("account-fact").map(({ failureClass }) => failureClass)).toEqual([
    "forbidden_other",
    "forbidden_other",
  ])
})
