/**
 * What each class of failure means for others, row by row, over real sockets: exactly what the class's scope names is left alone,
 * for exactly the stated time, and all else serves. Time stands still but where a test moves it.
 */
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { FAILURE_CLASSES, type FailureClass } from "#shared/upstream-failure.ts"
import type { Cooldown } from "#data-plane/pool/cooldown.ts"
import { afterEach, describe, expect, test } from "vitest"
import { isAnswering } from "../../test/support/seen.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, open, type Answer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

const FIRST = "account-1@example.com"
const SAME_BUCKET = "gemini-3.1-flash-lite"
const OTHER_BUCKET = "claude-sonnet-4-6"
const MINUTE = 60_000
const HOUR = 60 * MINUTE

let system: System
let clock: SteeredClock
afterEach(() => system?.stop())

async function begin(accounts = 3): Promise<void> {
  clock = steeredClock()
  system = await startSystem({ accounts, plane: { clock, random: () => 0.5 } })
  // Tokens outlive every cool-down.
  await system.push({
    accounts: system.accounts.map((one) => ({
      ...one,
      ...(one.credential === undefined
        ? {}
        : { credential: { ...one.credential, expiresAt: Number.MAX_SAFE_INTEGER } }),
    })),
  })
}

const calls = (): number => system.simulator.seen().length

async function ask(
  model = MODEL,
  prompt = "[[sim:chunks=4]][[sim:text=all is well]]",
  system_ = "Be brief.",
): Promise<Answer> {
  const messages = [
    { role: "system", content: system_ },
    { role: "user", content: prompt },
  ]
  const answer = fetchAnswer(`${system.url}/v1/chat/completions`, { body: { model, messages } })
  return clock.during(answer, () => isAnswering(system.simulator))
}

/** Waits for what the plane reports, which goes out in batches by its own time. */
const reported = <Found>(find: () => Found) =>
  waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return find()
  })

/** The numbers of the accounts that were called since `from`. */
function calledSince(from: number): number[] {
  return system.simulator
    .seen()
    .slice(from)
    .map(({ account }) => Number(/\d+/.exec(account ?? "")?.[0]))
}

/** Which accounts are called for six requests; all must be served. */
async function serving(model: string): Promise<number[]> {
  const from = calls()
  // Each is a conversation of its own: none has a home yet.
  for (let turn = 0; turn < 6; turn++) expect((await ask(model, `${from + turn} [[sim:text=ok]]`)).status).toBe(200)
  return [...new Set(calledSince(from))].toSorted((left, right) => left - right)
}

const cooled = ({ scope, cause, since, until }: Cooldown): object => ({ ...scope, cause, ms: until - since })

interface Row {
  readonly fault: { readonly kind: string; readonly [option: string]: unknown }
  /** Accounts that one request calls while only the first account fails. */
  readonly one: readonly number[]
  /** And while all fail. */
  readonly all: readonly number[]
  /** What the client is told then. */
  readonly status: number
  readonly word: string | null
  readonly retryAfterS?: number
  /** After the first account's failure. */
  readonly cools?: Partial<Record<"account" | "account-model" | "account-bucket" | "model" | "egress", number>>
  readonly isSwitched?: false
}

const FIRST_THEN_OTHER = { one: [1, 2] } as const
const ROWS: Readonly<Partial<Record<FailureClass, Row>>> = {
  egress_block: {
    fault: { kind: "sorry-page" },
    one: [1],
    all: [1],
    status: 503,
    word: "egress_blocked",
    retryAfterS: 60,
    cools: { egress: MINUTE },
    isSwitched: false,
  },
  client_version: {
    fault: { kind: "version-unsupported" },
    one: [1],
    all: [1],
    status: 502,
    word: "client_version_unsupported",
    isSwitched: false,
  },
  validation: {
    fault: { kind: "validation-required" },
    ...FIRST_THEN_OTHER,
    // The second such wall pauses the pool.
    all: [1, 2],
    status: 503,
    word: "no_upstream_account",
    cools: { account: Infinity },
  },
  tos_disabled: {
    fault: { kind: "terms-violation" },
    ...FIRST_THEN_OTHER,
    // The second such wall pauses the pool.
    all: [1, 2],
    status: 503,
    word: "no_upstream_account",
    cools: { account: Infinity },
  },
  project_fault: {
    fault: { kind: "service-disabled" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 503,
    word: "no_upstream_account",
    cools: { account: Infinity },
  },
  auth: {
    fault: { kind: "unauthenticated" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 503,
    word: "no_upstream_account",
    cools: { account: Infinity },
  },
  forbidden_other: {
    fault: { kind: "forbidden" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 503,
    word: "no_upstream_account",
    cools: { account: 10 * MINUTE },
  },
  location: {
    fault: { kind: "location" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 400,
    word: null,
    cools: { "account-bucket": HOUR },
  },
  // Nothing can be taken out of this request; where something can, it is tried once more: `signatures.test.ts`.
  signature: { fault: { kind: "corrupted-signature" }, one: [1], all: [1], status: 400, word: null, isSwitched: false },
  bad_request: { fault: { kind: "invalid-argument" }, one: [1], all: [1], status: 400, word: null, isSwitched: false },
  model_missing: {
    fault: { kind: "not-found" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 404,
    word: "model_not_found",
    cools: { "account-model": 10 * MINUTE },
  },
  credits: {
    fault: { kind: "credits-exhausted" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 429,
    word: "usage_limit_reached",
  },
  capacity: {
    fault: { kind: "capacity" },
    one: [1, 1, 1, 1],
    all: [1, 1, 1, 1],
    status: 503,
    word: "server_is_overloaded",
    retryAfterS: 10,
    cools: { model: 10_000 },
    isSwitched: false,
  },
  rate_short: {
    fault: { kind: "rate-limit-short" },
    one: [1, 1, 1, 2],
    all: [1, 1, 1, 2],
    status: 429,
    word: "rate_limit_exceeded",
    retryAfterS: 1,
  },
  rate: {
    fault: { kind: "rate-limit-long" },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 429,
    word: "rate_limit_exceeded",
    retryAfterS: 43,
    cools: { "account-model": 42_500 },
  },
  quota: {
    fault: { kind: "quota-model", delayMs: 2 * HOUR },
    ...FIRST_THEN_OTHER,
    all: [1, 2, 3],
    status: 429,
    word: "usage_limit_reached",
    retryAfterS: 7_201,
    cools: { "account-bucket": 2 * HOUR + 500 },
  },
  bare_429: {
    fault: { kind: "bare-429" },
    ...FIRST_THEN_OTHER,
    all: [1, 2],
    status: 429,
    word: null,
    cools: { "account-model": 5_000 },
  },
  server: { fault: { kind: "internal" }, one: [1, 1, 2], all: [1, 1, 2, 2], status: 502, word: "upstream_error" },
  empty: { fault: { kind: "empty-answer" }, one: [1, 1, 1, 2], all: [1, 1, 1, 2], status: 502, word: null },
  malformed_call: {
    fault: { kind: "finish", reason: "MALFORMED_FUNCTION_CALL", after: 0 },
    one: [1, 1],
    all: [1, 1],
    status: 502,
    word: null,
    isSwitched: false,
  },
  truncated: { fault: { kind: "truncated" }, one: [1], all: [1], status: 502, word: null, isSwitched: false },
}

test("every class has a row, but for the client's own going", () => {
  expect([...Object.keys(ROWS), "client_cancel"].toSorted()).toEqual(Object.keys(FAILURE_CLASSES).toSorted())
})

test("client_cancel: a client that goes means nothing for anybody", async () => {
  await begin()
  const body = { model: MODEL, messages: [{ role: "user", content: "[[sim:delay=60000]]" }] }
  const request = open(`${system.url}/v1/chat/completions`, { body })
  request.on("error", () => undefined)
  await waitFor(() => calls() === 1)
  request.destroy()
  await waitFor(() => system.plane.pool.facts().inFlight === 0)
  expect(system.plane.pool.cooldowns()).toEqual([])
  expect(await serving(MODEL)).toEqual([1, 2, 3])
})

describe.each(Object.entries(ROWS))("%s", (failureClass, row) => {
  const { fault, cools = {} } = row

  test("leaves alone what its scope names, for its time, and nothing else", async () => {
    await begin()
    system.simulator.script({ fault, match: { account: FIRST } })
    const answer = await ask()
    expect(calledSince(0)).toEqual(row.one)
    expect(answer.status).toBe(row.isSwitched === false ? row.status : 200)
    if (row.isSwitched !== false) expect(answerText(answer)).toBe("all is well")
    const cooldowns = system.plane.pool.cooldowns()
    const about = {
      account: { accountId: FIRST },
      "account-model": { accountId: FIRST, model: MODEL },
      "account-bucket": { accountId: FIRST, bucket: "gemini" },
      model: { model: MODEL },
      egress: {},
    }
    expect(cooldowns.map(cooled)).toEqual(
      Object.entries(cools).map(([type, ms]) => {
        return { type, ...about[type as keyof typeof about], cause: failureClass, ms } // the keys of `cools`
      }),
    )
    expect(cooldowns.every(({ evidence }) => evidence.length > 0)).toBe(true)
    system.simulator.clearFaults()
    if (cools.egress !== undefined) {
      const before = calls()
      for (const model of [MODEL, SAME_BUCKET, OTHER_BUCKET]) expect((await ask(model)).status).toBe(row.status)
      expect(calls()).toBe(before)
      return
    }
    const whole = cools.account !== undefined
    const bucket = whole || cools["account-bucket"] !== undefined
    const model = bucket || cools["account-model"] !== undefined
    expect(await serving(SAME_BUCKET)).toEqual(bucket ? [2, 3] : [1, 2, 3])
    expect(await serving(OTHER_BUCKET)).toEqual(whole ? [2, 3] : [1, 2, 3])
    if (cools.model === undefined) expect(await serving(MODEL)).toEqual(model ? [2, 3] : [1, 2, 3])
    // No account is asked for the model before its time is over, and then all are.
    else {
      const [cooldown] = system.plane.pool.cooldowns()
      const before = calls()
      const waits = fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("[[sim:text=ok]]") })
      await waitFor(() => system.plane.pool.facts().waiting === 1)
      clock.advance((cooldown?.until ?? 0) - clock.now() - 1)
      expect([system.plane.pool.facts().waiting, calls()]).toEqual([1, before])
      clock.advance(1)
      expect((await waits).status).toBe(200)
      expect(await serving(MODEL)).toEqual([1, 2, 3])
    }
  })

  const [ms] = Object.values(cools)
  if (ms !== undefined && Number.isFinite(ms)) {
    test("serves again when the time is over, and not before", async () => {
      await begin()
      system.simulator.script({ fault, match: { account: FIRST } })
      await ask()
      system.simulator.clearFaults()
      const [cooldown] = system.plane.pool.cooldowns()
      const left = (cooldown?.until ?? 0) - clock.now()
      clock.advance(left - 1)
      expect(system.plane.pool.cooldowns()).toHaveLength(1)
      clock.advance(1)
      expect(system.plane.pool.cooldowns()).toHaveLength(0)
      expect(await serving(MODEL)).toEqual([1, 2, 3])
    })
  }

  test("is told to the client as it is, where it is everywhere", async () => {
    await begin()
    system.simulator.script({ fault })
    const answer = await ask()
    expect(calledSince(0)).toEqual(row.all)
    expect(answer.status).toBe(row.status)
    const { code, type } = errorOf(answer)
    if (row.word !== null) expect([code, type]).toContain(row.word)
    if (row.retryAfterS !== undefined) expect(Number(answer.headers["retry-after"])).toBe(row.retryAfterS)
    expect(system.plane.pool.facts().inFlight).toBe(0)
  })
})

describe("a refusal without a reason", () => {
  const POISON = "You are a certain product."

  /** A refusal of the simulator for one text: the client's request and the fault that strikes it come together. */
  const poisoned = (turn: number): Promise<Answer> => ask(MODEL, `${turn} [[sim:fault=bare-429]]`, POISON)

  test("sent a thousand times among other traffic benches nobody and costs one attempt each", async () => {
    const TURNS = 1_000
    await begin()
    for (let turn = 0; turn < TURNS; turn++) {
      const refused = await poisoned(turn)
      expect(refused.status).toBe(429)
      expect(errorOf(refused).message).toMatch(/something in the request's text/)
      expect(system.plane.pool.cooldowns()).toEqual([])
      const normal = await ask(MODEL, `${turn} [[sim:text=served]]`)
      expect(answerText(normal)).toBe("served")
    }
    await reported(() => system.link.find("exchange").length === 2 * TURNS)
    const attempts = { failed: 0, completed: 0, cancelled: 0, truncated: 0 }
    for (const { outcome, attempts: made } of system.link.find("exchange")) attempts[outcome] += made.length
    // Only the first was asked about twice.
    expect(attempts).toEqual({ failed: TURNS + 1, completed: TURNS, cancelled: 0, truncated: 0 })
  }, 300_000)

  test("is asked about again after ten minutes", async () => {
    await begin()
    await poisoned(1)
    clock.advance(10 * MINUTE)
    const before = calls()
    await poisoned(2)
    expect(calledSince(before)).toHaveLength(2)
  })

  test("cools the only account for five seconds each time, and not again once it has served others", async () => {
    await begin(1)
    for (const turn of [1, 2]) {
      await poisoned(turn)
      expect(system.plane.pool.cooldowns().map(cooled)).toMatchObject([{ type: "account-model", ms: 5_000 }])
      clock.advance(5_000)
    }
    expect((await ask()).status).toBe(200)
    await poisoned(3)
    expect(system.plane.pool.cooldowns()).toEqual([])
  })

  test("cools nobody where a second account could have been asked and was not", async () => {
    await begin()
    await system.push({ settings: { maxAttempts: 1 } })
    for (const turn of [1, 2]) {
      const before = calls()
      expect((await poisoned(turn)).status).toBe(429)
      expect(calledSince(before)).toHaveLength(1)
      expect(system.plane.pool.cooldowns()).toEqual([])
    }
  })
})

describe("counted failures", () => {
  const strike = (kind: string, options: object = {}): void => {
    system.simulator.clearFaults()
    system.simulator.script({ fault: { kind, ...options }, match: { account: FIRST } })
  }
  const cooldownsMs = (): number[] => system.plane.pool.cooldowns().map(({ since, until }) => until - since)

  /** Conversations of their own, until the first account was asked once more. */
  async function untilFirstAsked(model = MODEL): Promise<Answer> {
    for (let turn = 0; ; turn++) {
      const before = calls()
      const answer = await ask(model, `${before} [[sim:text=ok]]`)
      if (calledSince(before).includes(1)) return answer
      if (turn > 6) throw new Error("the first account is never asked")
    }
  }

  test("of the upstream cool an account for ten seconds after three in two minutes, again at once, and are forgotten with a success", async () => {
    await begin()
    strike("internal")
    await untilFirstAsked()
    await untilFirstAsked()
    expect(cooldownsMs()).toEqual([])
    await untilFirstAsked()
    expect(system.plane.pool.cooldowns().map(cooled)).toEqual([
      { type: "account", accountId: FIRST, cause: "server", ms: 10_000 },
    ])
    clock.advance(10_000)
    await untilFirstAsked()
    expect(cooldownsMs()).toEqual([10_000])
    clock.advance(10_000)
    system.simulator.clearFaults()
    await untilFirstAsked()
    strike("internal")
    await untilFirstAsked()
    await untilFirstAsked()
    expect(cooldownsMs()).toEqual([])
  })

  test("of the upstream three minutes apart cool nothing", async () => {
    await begin()
    strike("internal")
    for (let turn = 0; turn < 5; turn++) {
      await untilFirstAsked()
      expect(cooldownsMs()).toEqual([])
      clock.advance(MINUTE + 1_000)
    }
  })

  test("of one request that is sent again and again count once", async () => {
    await begin(1)
    system.simulator.script({ fault: { kind: "internal" } })
    for (let turn = 0; turn < 6; turn++) expect((await ask()).status).toBe(502)
    expect(cooldownsMs()).toEqual([])
  })

  test("of a quota without a time grow by bucket, end with a success, and do not stack", async () => {
    await begin()
    strike("quota-without-time")
    const lasting: number[] = []
    for (let turn = 0; turn < 5; turn++) {
      await untilFirstAsked()
      lasting.push(...cooldownsMs())
      clock.advance(lasting.at(-1) ?? 0)
    }
    expect(lasting).toEqual([MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 2 * HOUR])
    await untilFirstAsked(OTHER_BUCKET)
    expect(cooldownsMs()).toEqual([MINUTE])
    clock.advance(MINUTE)
    system.simulator.clearFaults()
    await untilFirstAsked()
    strike("quota-without-time")
    await system.push({ settings: { maxConcurrentPerAccount: 10 } })
    const hold = { kind: "delay", ms: 200 }
    system.simulator.script({ fault: hold, match: { account: FIRST } })
    const many = Array.from({ length: 12 }, (_, turn) => ask(MODEL, `together ${turn} [[sim:text=ok]]`))
    for (const answer of await Promise.all(many)) expect(answer.status).toBe(200)
    expect(cooldownsMs()).toEqual([MINUTE])
    clock.advance(MINUTE)
    await untilFirstAsked()
    expect(cooldownsMs()).toEqual([5 * MINUTE])
  })

  test("of our address double up to fifteen minutes, and end with a success", async () => {
    await begin()
    const lasting: number[] = []
    system.simulator.script({ fault: { kind: "sorry-page" } })
    for (let turn = 0; turn < 6; turn++) {
      expect((await ask()).status).toBe(503)
      lasting.push(...cooldownsMs())
      clock.advance(lasting.at(-1) ?? 0)
    }
    expect(lasting).toEqual([1, 2, 4, 8, 15, 15].map((minutes) => minutes * MINUTE))
    system.simulator.clearFaults()
    expect((await ask()).status).toBe(200)
    system.simulator.script({ fault: { kind: "sorry-page" } })
    await ask()
    expect(cooldownsMs()).toEqual([MINUTE])
  })
})

describe("what is told", () => {
  test("a refused client version is an alarm, and a retired model is off for everybody for ten minutes", async () => {
    await begin()
    system.simulator.script({ fault: { kind: "model-retired" } })
    expect((await ask()).status).toBe(502)
    expect(system.lines.filter((line) => line.includes("upstream.client-version"))).toHaveLength(1)
    expect(system.plane.pool.cooldowns().map(cooled)).toEqual([
      { type: "model", model: MODEL, cause: "client_version", ms: 10 * MINUTE },
    ])
    system.simulator.clearFaults()
    const before = calls()
    const next = await ask()
    expect([next.status, errorOf(next).code]).toEqual([502, "client_version_unsupported"])
    expect(calls()).toBe(before)
    expect(await serving(SAME_BUCKET)).toEqual([1, 2, 3])
  })

  test.each([
    ["location", 400],
    ["forbidden", 503],
  ])("with %s on every account the next request hears the same, without a call", async (kind, status) => {
    await begin()
    system.simulator.script({ fault: { kind } })
    expect((await ask()).status).toBe(status)
    const before = calls()
    expect((await ask()).status).toBe(status)
    expect(calls()).toBe(before)
  })

  test("capacity never means anything for an account", async () => {
    await begin()
    system.simulator.script({ fault: { kind: "capacity" } })
    for (let turn = 0; turn < 4; turn++) {
      expect((await ask(MODEL, `${turn}`)).status).toBe(503)
      expect(system.plane.pool.cooldowns().map(({ scope }) => scope.type)).toEqual(["model"])
      clock.advance(10_000)
    }
    expect(system.link.find("account-fact")).toEqual([])
  })
})

describe("the pool's own pause", () => {
  const wall = (account: string): void => {
    system.simulator.script({ fault: { kind: "validation-required" }, match: { account } })
  }
  const second = "account-2@example.com"

  /** Requests of their own conversations, until both accounts have met their wall. */
  async function meetBoth(apartMs = 0): Promise<void> {
    wall(FIRST)
    await ask(MODEL, "one")
    clock.advance(apartMs)
    wall(second)
    for (let turn = 0; turn < 4; turn++) await ask(MODEL, `two ${turn}`)
  }

  test("begins with the second wall within ten minutes, protects the rest, and is told", async () => {
    await begin(4)
    await meetBoth()
    const before = calls()
    const refused = await ask(MODEL, "three")
    expect([refused.status, errorOf(refused).code]).toEqual([503, "no_upstream_account"])
    expect(errorOf(refused).message).toMatch(/paused itself/)
    expect(refused.headers["x-should-retry"]).toBe("false")
    expect(calls()).toBe(before)
    expect(JSON.parse((await fetchAnswer(`${system.url}/health`)).text)).toMatchObject({
      status: "ok",
      pool: { paused: true },
    })
    expect(system.lines.some((line) => line.includes("pool.paused"))).toBe(true)
    // Whoever waits for a slot is told at once.
    clock.advance(11 * MINUTE)
    expect((await ask(MODEL, "four")).status).toBe(503)
    system.simulator.clearFaults()
    // The link took the jump for silence.
    system.plane.dialNow()
    await system.push({ pool: { resumedAt: clock.now() } })
    expect((await ask(MODEL, "five [[sim:text=ok]]")).status).toBe(200)
    expect(JSON.parse((await fetchAnswer(`${system.url}/health`)).text)).not.toHaveProperty("pool")
  })

  test("does not begin with walls further apart, nor with the setting off", async () => {
    await begin(4)
    await meetBoth(10 * MINUTE + 1)
    expect((await ask(MODEL, "three")).status).toBe(200)
    await system.stop()
    await begin(4)
    await system.push({ settings: { pausesOnWalls: false } })
    await meetBoth()
    expect((await ask(MODEL, "three")).status).toBe(200)
  })

  test("is taken from the control plane, and ends with it or with the setting", async () => {
    await begin()
    const pause = { since: clock.now(), reason: "elsewhere" }
    await system.push({ pool: { pause } })
    expect((await ask()).status).toBe(503)
    await system.push({ settings: { pausesOnWalls: false } })
    expect((await ask()).status).toBe(200)
    await system.push({ settings: { pausesOnWalls: true } })
    expect((await ask()).status).toBe(503)
    await system.push({ pool: {} })
    expect((await ask()).status).toBe(200)
    expect(calls()).toBe(2)
  })
})

describe("rests that last", () => {
  const until = (): number | undefined => system.plane.pool.cooldowns()[0]?.until

  async function exhaust(): Promise<void> {
    system.simulator.script({ fault: { kind: "quota-model", delayMs: 2 * HOUR }, match: { account: FIRST } })
    await ask()
    system.simulator.clearFaults()
  }

  test("are reported once, with their evidence; those without a told time and short ones are not", async () => {
    await begin()
    await exhaust()
    const fact = await reported(() => system.link.find("cooldown")[0])
    expect(fact).toMatchObject({ accountId: FIRST, bucket: "gemini", cause: "quota" })
    expect([fact.until - fact.since, fact.evidence]).toEqual([2 * HOUR + 500, expect.stringMatching(/^HTTP 429/)])
    system.simulator.script({ fault: { kind: "quota-without-time" }, match: { account: "account-2@example.com" } })
    const short = { kind: "quota-model", delayMs: MINUTE - 1_000 }
    system.simulator.script({ fault: short, match: { account: "account-3@example.com" } })
    await ask(MODEL, "again")
    expect(system.plane.pool.cooldowns().map(({ cause }) => cause)).toEqual(["quota", "quota", "quota"])
    await reported(() => system.link.find("exchange").length === 2)
    expect(system.link.find("cooldown")).toHaveLength(1)
  })

  test("come back with the snapshot, and neither longer nor shorter than they were", async () => {
    await begin()
    const since = clock.now()
    const known = { bucket: "gemini", cause: "quota", evidence: "elsewhere", since, until: since + HOUR } as const
    const [first, ...others] = system.accounts
    if (first === undefined) throw new Error("no account")
    await system.push({ accounts: [{ ...first, cooldowns: [known] }, ...others] })
    expect(until()).toBe(since + HOUR)
    expect(await serving(MODEL)).toEqual([2, 3])
    clock.advance(1_000)
    await system.push({ settings: { maxConcurrentPerModel: 7 } })
    expect(until()).toBe(since + HOUR)
    // Older evidence changes nothing, later evidence does.
    await system.push({
      accounts: [{ ...first, cooldowns: [{ ...known, since: since - 1, until: since + 1 }] }, ...others],
    })
    expect(until()).toBe(since + HOUR)
    await system.push({
      accounts: [{ ...first, cooldowns: [{ ...known, since: since + 1, until: since + 5_000 }] }, ...others],
    })
    expect(until()).toBe(since + 5_000)
    clock.advance(4_000)
    expect(until()).toBeUndefined()
    // What is over does not begin again.
    await system.push({ settings: { maxConcurrentPerModel: 8 } })
    expect(until()).toBeUndefined()
  })

  test("end with an operator's release, and what is learnt afterwards counts", async () => {
    await begin()
    await exhaust()
    const [first, ...others] = system.accounts
    if (first === undefined) throw new Error("no account")
    const released = (model: string) => [{ ...first, releases: [{ model, at: clock.now() }] }, ...others]
    await system.push({ accounts: released(OTHER_BUCKET) })
    expect(system.plane.pool.cooldowns()).toHaveLength(1)
    const accounts = released(SAME_BUCKET)
    await system.push({ accounts })
    expect(system.plane.pool.cooldowns()).toHaveLength(0)
    system.simulator.script({ fault: { kind: "quota-model", delayMs: HOUR }, match: { account: FIRST } })
    await serving(MODEL)
    expect(system.plane.pool.cooldowns()).toHaveLength(1)
    await system.push({ accounts, settings: { maxConcurrentPerModel: 9 } })
    expect(system.plane.pool.cooldowns()).toHaveLength(1)
  })
})

test("a record says how many could serve, what was waited for, and what each failure was about", async () => {
  await begin(4)
  const [first, second, ...others] = system.accounts
  if (first === undefined || second === undefined) throw new Error("no account")
  await system.push({
    accounts: [first, second, ...others.map((one) => ({ ...one, usable: false, state: "DISABLED" }))],
  })
  system.simulator.script({ fault: { kind: "rate-limit-long" }, match: { account: FIRST } })
  const answer = await ask(MODEL, "one [[sim:text=ok]]")
  expect(answer.status).toBe(200)
  const record = await reported(() => system.link.find("exchange")[0])
  expect(record.attempts).toMatchObject([
    {
      accountId: FIRST,
      failureClass: "rate",
      failureScope: "account-model",
      census: { known: 4, unusable: 2, notOffered: 0, resting: 0, modelOff: 0, candidates: 2 },
    },
    { accountId: second.id, firstPartMs: expect.any(Number), census: { modelOff: 1, candidates: 1 } },
  ])
  expect(record.attempts[0]).not.toHaveProperty("firstPartMs")
  expect(record.attempts[0]).not.toHaveProperty("waitedMs")
  // The second request waits for the slot that the first one holds.
  const held = ask(MODEL, "two [[sim:delay=200]][[sim:text=ok]]")
  await waitFor(() => calls() === 3)
  const waits = ask(MODEL, "three [[sim:text=ok]]")
  await waitFor(() => system.plane.pool.facts().waiting === 1)
  clock.advance(100)
  expect((await held).status).toBe(200)
  expect((await waits).status).toBe(200)
  await reported(() => system.link.find("exchange").length === 3)
  const waited = system.link.find("exchange").flatMap(({ attempts }) => attempts.map(({ waitedMs }) => waitedMs))
  expect(waited.filter((ms) => ms !== undefined)).toHaveLength(1)
})
