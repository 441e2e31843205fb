import { accountId, type AccountId } from "#shared/ids.ts"
import type { AttemptRecord } from "#shared/link-protocol.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import {
  classifyFailure,
  FAILURE_CLASSES,
  type ClassifiedFailure,
  type UpstreamFailure,
} from "#shared/upstream-failure.ts"
import fc from "fast-check"
import { beforeEach, describe, expect, test } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { abortReason } from "../clock.ts"
import { Credentials, RENEWAL_WAIT_MS } from "../snapshot/credentials.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, testAccount } from "../testing/snapshots.ts"
import {
  runAttempts,
  type AttemptJob,
  type AttemptPorts,
  type AttemptResult,
  type AttemptTarget,
  type LoopEnd,
} from "./attempt-loop.ts"
import { ATTEMPT_BUDGET } from "./next-step.ts"
import { PoolCooling } from "./pool-cooling.ts"
import { Pool } from "./pool.ts"
import { PoolPause } from "./pool-pause.ts"
import { RefusedTexts } from "./refused-texts.ts"
import { RetryCredit } from "./retry-credit.ts"

let clock: ManualClock
let pool: Pool
let credit: RetryCredit
let controller: AbortController
let generations: Map<AccountId, number>
/** Whether asking for a newer token has success. */
let renews: boolean
let refusedAgain: string[]
let facts: string[]
let snapshot: CompiledSnapshot
/** Takes the place of what renews at once, or never. */
let credentials: Partial<AttemptPorts["credentials"]>

beforeEach(() => {
  snapshot = compiled(["a", "b", "c"].map((id) => testAccount(id)))
  credentials = {}
  clock = manualClock()
  pool = new Pool(clock)
  credit = new RetryCredit()
  controller = new AbortController()
  generations = new Map()
  renews = true
  refusedAgain = []
  facts = []
})

function credentialOf(id: AccountId): SnapshotCredential {
  return { accessToken: "t", expiresAt: Infinity, generation: generations.get(id) ?? 1 }
}

function ports(): AttemptPorts {
  pool.adopt(snapshot)
  return {
    clock,
    random: () => 0.5,
    pool,
    cooling: new PoolCooling(pool, clock),
    refusedTexts: new RefusedTexts(clock),
    pause: new PoolPause({ pool, clock, onPaused: () => undefined, onResumed: () => undefined }),
    credit,
    report: (fact) => facts.push(`${fact.accountId} ${fact.type === "cooldown" ? fact.bucket : fact.failureClass}`),
    credentials: {
      current: (id) => credentialOf(id),
      isAlive: () => true,
      isRenewable: () => true,
      askFor: () => undefined,
      firstNewer: (known) => {
        const [first] = known
        if (!renews || first === undefined) return Promise.resolve(undefined)
        const [id, generation] = first
        generations.set(id, generation + 1)
        return Promise.resolve({ accountId: id, credential: credentialOf(id) })
      },
      refusedAgain: (id) => refusedAgain.push(id),
      ...credentials,
    },
  }
}

function failed(failure: Partial<UpstreamFailure>, hasContent = false, isFirstByteTimeout = false): AttemptResult {
  const phase = hasContent ? "after-content" : "before-content"
  return {
    type: "failed",
    failure: classifyFailure({ phase, now: clock.now(), projectId: "p", ...failure }),
    hasContent,
    isFirstByteTimeout,
  }
}

const answered: AttemptResult = { type: "answered", status: 200 }

interface Run {
  end?: LoopEnd
  error?: unknown
  readonly targets: AttemptTarget[]
  readonly records: AttemptRecord[]
}

/** Runs the loop to its end with time moving on by itself. */
async function run(
  attempt: (target: AttemptTarget, turn: number) => AttemptResult | Promise<AttemptResult>,
  hosts = 1,
  repair?: () => boolean,
  given = ports(),
  spent?: AttemptJob["spent"],
): Promise<Run> {
  const result: Run = { targets: [], records: [] }
  const loopState = { isOver: false }
  const job = {
    model: MODEL,
    snapshot,
    hosts: () => hosts,
    signal: controller.signal,
    attempt: async (target: AttemptTarget) => attempt(target, result.targets.push(target) - 1),
    ...(repair === undefined ? {} : { repair }),
    ...(spent === undefined ? {} : { spent }),
  }
  const loop = runAttempts(job, given, result.records).then(
    (end) => Object.assign(result, { end }),
    (error: unknown) => Object.assign(result, { error }),
  )
  void loop.finally(() => (loopState.isOver = true))
  for (let turn = 0; !loopState.isOver && turn < 2_000; turn++) {
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    if (!loopState.isOver && turn % 4 === 3) clock.advance(100)
  }
  expect(loopState.isOver).toBe(true)
  await loop
  return result
}

const json = (status: number, error: object): Partial<UpstreamFailure> => ({
  status,
  body: JSON.stringify({ error: { code: status, ...error } }),
})
const SERVER = json(500, { message: "Internal error", status: "INTERNAL" })
const AUTH = json(401, { message: "no", status: "UNAUTHENTICATED" })
const SIGNATURE = json(400, { message: "Corrupted thought signature.", status: "INVALID_ARGUMENT" })
const QUOTA = json(429, {
  message: "used up",
  details: [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "QUOTA_EXHAUSTED",
      metadata: { quotaResetDelay: "2h" },
    },
  ],
})

describe("what is tried again", () => {
  test("nothing, when it works", async () => {
    const { end, targets } = await run(() => answered)
    expect(end).toEqual({ hasContent: true, accountLabel: "a" })
    expect(targets).toHaveLength(1)
  })

  test("a server's failure: the next host, then the same account, then others", async () => {
    const { targets, end } = await run(() => failed(SERVER), 2)
    expect(targets.map(({ account, host }) => `${account.id}${host}`)).toEqual(["a0", "a1", "a1", "b0"])
    expect(end?.error?.code).toBe("upstream_failed")
  })

  test("an exhausted account: the others for free, then the true earliest time", async () => {
    const { targets, end } = await run(() => failed(QUOTA))
    expect(targets.map(({ account }) => account.id)).toEqual(["a", "b", "c"])
    expect(end?.error).toMatchObject({ code: "pool_exhausted" })
    expect(credit.left).toBe(5)
  })

  test("exhausted accounts beside others that were not tried: the client may come again at once", async () => {
    snapshot = compiled(["a", "b", "c", "d", "e"].map((id) => testAccount(id)))
    const { targets, end } = await run(() => failed(QUOTA))
    expect(targets).toHaveLength(ATTEMPT_BUDGET.attempts)
    expect(end?.error).toMatchObject({ code: "upstream_rate_limited", retryAfterMs: 1_000, shouldRetry: undefined })
  })

  test("a refused signature: once, on the same account, when the request could be repaired; nobody pays", async () => {
    const repairs = { made: 0 }
    const repair = () => (repairs.made += 1) < 5
    const once = await run((_target, turn) => (turn === 0 ? failed(SIGNATURE) : answered), 2, repair)
    expect(once.targets.map(({ account, host }) => `${account.id}${host}`)).toEqual(["a0", "a0"])
    expect(once.end?.error).toBeUndefined()
    const twice = await run(() => failed(SIGNATURE), 2, repair)
    expect(twice.targets).toHaveLength(2)
    expect(twice.end).toMatchObject({ failureClass: "signature", error: { code: "upstream_rejected_request" } })
    // The success earned half a repeat, the repairs cost none.
    expect([repairs.made, credit.left, facts, pool.facts().cooling]).toEqual([2, 5.5, [], 0])
  })

  test("a refused signature: nothing when the request holds none", async () => {
    expect(
      (
        await run(
          () => failed(SIGNATURE),
          1,
          () => false,
        )
      ).targets,
    ).toHaveLength(1)
    expect((await run(() => failed(SIGNATURE))).targets).toHaveLength(1)
  })

  test("nothing after content, whatever the verdict allows", async () => {
    const { targets: once } = await run(() => failed(SERVER, true))
    expect(once).toHaveLength(1)
    const { targets, end } = await run(() => failed({ network: "NO_FINISH", status: 200 }, true))
    expect(targets).toHaveLength(1)
    expect(end).toMatchObject({ failureClass: "truncated", hasContent: true })
  })

  test("nothing without credit when the same cause repeats", async () => {
    while (credit.spend()) continue
    expect((await run(() => failed(SERVER))).targets).toHaveLength(1)
    expect((await run((_target, turn) => (turn === 0 ? failed(QUOTA) : answered))).end?.error).toBeUndefined()
  })

  test("after thirty seconds only a first-byte time-out, and only once", async () => {
    const slow = async (): Promise<AttemptResult> => {
      clock.advance(ATTEMPT_BUDGET.ms)
      return failed({ network: "FIRST_BYTE_TIMEOUT" }, false, true)
    }
    const { targets } = await run(slow)
    expect(targets.map(({ account }) => account.id)).toEqual(["a", "b"])
    const late = await run(() => {
      clock.advance(ATTEMPT_BUDGET.ms)
      return failed(SERVER)
    })
    expect(late.targets).toHaveLength(1)
  })
})

test("the late attempt after a silent upstream waits for a slot of another account", async () => {
  snapshot = compiled(
    ["a", "b"].map((id) => testAccount(id)),
    { maxConcurrentPerAccount: 1 },
  )
  pool.adopt(snapshot)
  const wanted = { model: MODEL, exclude: new Set([accountId("a")]), snapshot, waitMs: 1 }
  const busy = await pool.acquire(wanted, new AbortController().signal)
  const { targets, end } = await run((target) => {
    if (target.account.id === "b") return answered
    clock.advance(4 * ATTEMPT_BUDGET.ms)
    clock.after(20_000, () => busy.release())
    return failed({ network: "FIRST_BYTE_TIMEOUT" }, false, true)
  })
  expect(targets.map(({ account }) => account.id)).toEqual(["a", "b"])
  expect(end?.error).toBeUndefined()
})

test("a second 401 is not held against an account whose token was renewed meanwhile", async () => {
  snapshot = compiled([testAccount("a")], { maxAttempts: 2 })
  const { targets } = await run(({ account }, turn) => {
    // By somebody else, while the answer was on its way.
    if (turn === 1) generations.set(account.id, 9)
    return failed(AUTH)
  })
  expect(targets).toHaveLength(2)
  expect([pool.cooldowns(), refusedAgain]).toEqual([[], []])
})

test("who is refused for our address hears how long it rests, which is longer each time", async () => {
  const cooling = ports()
  const sorry = { status: 429, body: "<html><head><title>Sorry...</title></head></html>" }
  for (const minutes of [1, 2, 4]) {
    const { end } = await run(() => failed(sorry), 1, undefined, cooling)
    expect(end?.error).toMatchObject({ code: "egress_blocked", retryAfterMs: minutes * 60_000 })
    clock.advance(minutes * 60_000)
  }
})

describe("the budget", () => {
  test.each([1, 2, 3, 4, 6])("of %i attempts is what the exchange's snapshot says", async (maxAttempts) => {
    const accounts = ["a", "b", "c", "d", "e", "f", "g"].map((id) => testAccount(id))
    snapshot = compiled(accounts, { maxAttempts })
    expect((await run(() => failed(QUOTA))).targets).toHaveLength(maxAttempts)
  })

  test("of time is too, and an exchange keeps the one it began with", async () => {
    const ids = ["a", "b", "c", "d"]
    const take = (ms: number) => async (): Promise<AttemptResult> => {
      clock.advance(ms)
      // In force at once for others, not for this one.
      pool.adopt(
        compiled(
          ids.map((id) => testAccount(id)),
          { attemptBudgetMs: 120_000, maxAttempts: 9 },
          2,
        ),
      )
      return failed(QUOTA)
    }
    snapshot = compiled(
      ids.map((id) => testAccount(id)),
      { attemptBudgetMs: 2_000 },
    )
    expect((await run(take(700))).targets).toHaveLength(3)
    pool = new Pool(clock)
    expect((await run(take(1_500))).targets).toHaveLength(2)
    pool = new Pool(clock)
    expect((await run(take(2_000))).targets).toHaveLength(1)
  })

  test("counts the wait for a slot of another account", async () => {
    snapshot = compiled(
      ["a", "b"].map((id) => testAccount(id)),
      { maxConcurrentPerAccount: 1, attemptBudgetMs: 3_000 },
    )
    pool.adopt(snapshot)
    const ask = { model: MODEL, exclude: new Set([accountId("a")]), snapshot, waitMs: 1 }
    const busy = await pool.acquire(ask, new AbortController().signal)
    const begun = clock.monotonic()
    const { targets, end } = await run(() => failed(QUOTA))
    expect(targets).toHaveLength(1)
    expect(end?.error).toBeDefined()
    expect(clock.monotonic() - begun).toBeLessThanOrEqual(3_100)
    busy.release()
  })

  test("leaves no attempt that begins after it, though a new token came", async () => {
    snapshot = compiled([testAccount("a")], { attemptBudgetMs: 3_000 })
    credentials = {
      firstNewer: () =>
        new Promise((resolve) => {
          clock.after(3_001, () => {
            generations.set(accountId("a"), 2)
            resolve({ accountId: accountId("a"), credential: credentialOf(accountId("a")) })
          })
        }),
    }
    const { targets, end } = await run(() => failed(AUTH))
    expect(targets).toHaveLength(1)
    expect(end?.error).toMatchObject({ code: "no_upstream_account" })
    expect([refusedAgain, pool.facts().inFlight, pool.cooldowns()]).toEqual([[], 0, []])
  })

  test("leaves no first attempt for another model either, and the answer is what the model before ended with", async () => {
    snapshot = compiled([testAccount("a")], { attemptBudgetMs: 3_000 })
    credentials = {
      isAlive: () => false,
      firstNewer: () =>
        new Promise((resolve) => {
          clock.after(2_001, () => resolve({ accountId: accountId("a"), credential: credentialOf(accountId("a")) }))
        }),
    }
    const error = new GatewayError("upstream_failed", "of the model before")
    const spent = { attempts: 1, since: clock.monotonic() - 1_000, error }
    const { targets, end } = await run(() => answered, 1, undefined, ports(), spent)
    expect([targets, end?.error, pool.facts().inFlight]).toEqual([[], error, 0])
  })

  test("that is spent before a refused token was renewed blames nobody: the renewal is asked for", async () => {
    const asked: string[] = []
    credentials = { askFor: (id, generation) => void asked.push(`${id}${generation}`) }
    snapshot = compiled([testAccount("a"), testAccount("b")], { maxAttempts: 1 })
    const { targets, end } = await run(() => failed(AUTH))
    expect(targets).toHaveLength(1)
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
    expect([asked, refusedAgain, pool.cooldowns()]).toEqual([["a1"], [], []])
  })
})

describe("a refused token", () => {
  test("is renewed once, on the same account", async () => {
    const { targets, end } = await run((_target, turn) => (turn === 0 ? failed(AUTH) : answered))
    expect(targets.map(({ account, credential }) => `${account.id}${credential.generation}`)).toEqual(["a1", "a2"])
    expect(end?.error).toBeUndefined()
    expect(refusedAgain).toEqual([])
  })

  test("that is refused again is reported, and the next account serves", async () => {
    const { targets } = await run(({ account }) => (account.id === "a" ? failed(AUTH) : answered))
    expect(targets.map(({ account }) => account.id)).toEqual(["a", "a", "b"])
    expect(refusedAgain).toEqual(["a"])
    expect(pool.cooldowns()).toMatchObject([{ scope: { accountId: "a" }, until: Infinity }])
  })

  test("counts only against itself: a newer one is tried without asking", async () => {
    const { targets } = await run((_target, turn) => {
      if (turn > 0) return answered
      generations.set(accountId("a"), 7)
      renews = false
      return failed(AUTH)
    })
    expect(targets.map(({ credential }) => credential.generation)).toEqual([1, 7])
  })

  test("that cannot be renewed sends the request on, and never ends in a 401", async () => {
    renews = false
    const { end, targets } = await run(() => failed(AUTH))
    expect(targets.map(({ account }) => account.id)).toEqual(["a", "b", "c"])
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
  })
})

/** As the snapshot tells of one that needs a login. */
function lostAccount(id: string): SnapshotAccount {
  const { credential: _credential, ...account } = testAccount(id, { usable: false, state: "NEEDS_LOGIN" })
  return account
}

describe("expired tokens", () => {
  let asked: string[]
  let swaps: Set<(compiled: CompiledSnapshot) => void>

  /** From now on these accounts have a living token; the others' has expired, and for some of them there will be no other. */
  function adopt(living: Readonly<Record<string, number>>, lost: readonly string[] = []): void {
    snapshot = compiled(
      ["a", "b", "c"].map((id) => {
        if (lost.includes(id)) return lostAccount(id)
        const generation = living[id]
        const expiresAt = generation === undefined ? clock.now() - 1 : Number.MAX_SAFE_INTEGER
        return testAccount(id, { credential: { accessToken: "t", expiresAt, generation: generation ?? 1 } })
      }),
    )
    pool.adopt(snapshot)
    for (const onSwap of swaps) onSwap(snapshot)
  }

  beforeEach(() => {
    asked = []
    swaps = new Set()
    const store = {
      get current() {
        return snapshot
      },
      onSwap: (listener: (compiled: CompiledSnapshot) => void) => {
        swaps.add(listener)
        return () => void swaps.delete(listener)
      },
    }
    const real = new Credentials(store, clock, ({ accountId: id, generation, again }) =>
      asked.push(`${id}${generation}${again ? " again" : ""}`),
    )
    credentials = {
      current: (id) => real.current(id),
      isAlive: (credential) => real.isAlive(credential),
      isRenewable: (id) => real.isRenewable(id),
      askFor: (id, generation) => real.askFor(id, generation),
      firstNewer: (known, waitMs, signal) => real.firstNewer(known, waitMs, signal),
      refusedAgain: (id, generation) => real.refusedAgain(id, generation),
    }
  })

  test("an exchange waits once for all accounts, and then the answer is a 503", async () => {
    adopt({})
    const { end, targets } = await run(() => answered)
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
    expect(targets).toHaveLength(0)
    expect(asked).toEqual(["a1", "b1", "c1"])
    expect(clock.monotonic()).toBeGreaterThanOrEqual(RENEWAL_WAIT_MS)
    expect(clock.monotonic()).toBeLessThan(RENEWAL_WAIT_MS + 500)
    const before = clock.monotonic()
    expect((await run(() => answered)).end?.error?.code).toBe("no_upstream_account")
    expect(clock.monotonic() - before).toBeLessThan(500)
    expect(pool.facts()).toMatchObject({ inFlight: 0, cooling: 3 })
  })

  test("an account with a living token serves at once; the others' renewal is asked for", async () => {
    adopt({ c: 1 })
    const { end, targets } = await run(() => answered)
    expect(end?.error).toBeUndefined()
    expect(targets.map(({ account }) => account.id)).toEqual(["c"])
    expect(asked).toEqual(["a1", "b1"])
    expect(clock.monotonic()).toBe(0)
    expect(pool.facts().cooling).toBe(0)
    clock.advance(60_000)
    await run(() => answered)
    expect(asked).toEqual(["a1", "b1"])
  })

  test("the first that is renewed serves, whichever it is", async () => {
    adopt({})
    clock.after(1_000, () => adopt({ b: 2 }))
    const { targets } = await run(() => answered)
    expect(targets.map(({ account, credential }) => `${account.id}${credential.generation}`)).toEqual(["b2"])
    expect(clock.monotonic()).toBeLessThan(1_500)
    expect(pool.facts()).toMatchObject({ inFlight: 0, cooling: 0 })
  })

  test("who waited for a refused token does not wait again for an expired one", async () => {
    adopt({ b: 1 })
    const { end, targets } = await run(() => failed(AUTH))
    expect(targets.map(({ account }) => account.id)).toEqual(["b"])
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
    expect(clock.monotonic()).toBeLessThan(RENEWAL_WAIT_MS + 500)
  })

  test("are waited for no longer than one may come: a snapshot that takes the accounts away ends it", async () => {
    adopt({})
    clock.after(1_000, () => adopt({}, ["a", "b", "c"]))
    const { end } = await run(() => answered)
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
    expect(clock.monotonic()).toBeLessThan(1_500)
    // Nothing is held against who is not there: a new sign-in counts as soon as it comes.
    expect(pool.cooldowns()).toEqual([])
    adopt({ a: 2 })
    expect((await run(() => answered)).end?.error).toBeUndefined()
  })

  test("are waited for while one of several may come, also of an account that was lost and is signed in again", async () => {
    for (const renewed of ["c", "a"]) {
      adopt({})
      clock.after(1_000, () => adopt({}, ["a", "b"]))
      clock.after(2_000, () => adopt({ [renewed]: 2 }, ["b"]))
      const { targets } = await run(() => answered)
      expect(targets.map(({ account, credential }) => `${account.id}${credential.generation}`)).toEqual([`${renewed}2`])
    }
  })

  test("of an account that is lost are not asked for, and no wait is for them", async () => {
    adopt({ b: 1 })
    const { end, targets } = await run(() => {
      adopt({}, ["a", "b", "c"])
      return failed(AUTH)
    })
    expect(targets).toHaveLength(1)
    expect(end?.error).toMatchObject({ code: "no_upstream_account", status: 503 })
    expect(asked).toEqual(["a1"])
    expect(clock.monotonic()).toBeLessThan(500)
  })

  test("leave what is left of the one wait to the other accounts", async () => {
    adopt({ b: 1 })
    clock.after(1_000, () => adopt({}, ["b"]))
    clock.after(4_000, () => adopt({ a: 2 }, ["b"]))
    const { end, targets } = await run(({ account }) => (account.id === "b" ? failed(AUTH) : answered))
    expect(end?.error).toBeUndefined()
    expect(targets.map(({ account }) => account.id)).toEqual(["b", "a"])
    expect(clock.monotonic()).toBeLessThan(RENEWAL_WAIT_MS)
  })
})

test("a client that leaves during a wait ends the loop with its reason", async () => {
  const { error, records } = await run((_target, turn) => {
    if (turn === 0) queueMicrotask(() => controller.abort(new Error("gone")))
    return failed(SERVER)
  })
  expect(error).toMatchObject({ message: "gone" })
  expect(records).toHaveLength(1)
  expect(pool.facts().inFlight).toBe(0)
})

test("facts about accounts are reported with their class", async () => {
  await run(({ account }) =>
    account.id === "a"
      ? failed(json(403, { message: "Verify your account to continue.", status: "PERMISSION_DENIED" }))
      : answered,
  )
  expect(facts).toEqual(["a validation"])
})

describe("whatever the upstream does", () => {
  const failure = (name: keyof typeof FAILURE_CLASSES): fc.Arbitrary<ClassifiedFailure> =>
    fc.record({
      class: fc.constant(name),
      scope: fc.constantFrom(
        "request" as const,
        "account" as const,
        "account-model" as const,
        "account-bucket" as const,
        "model" as const,
        "egress" as const,
      ),
      retry: fc.record({
        isDelayTold: fc.boolean(),
        sameAccount: fc.nat(5),
        sameAccountDelayMs: fc.nat(20_000),
        nextAccount: fc.constantFrom(0, 1, 2, Infinity),
        nextHost: fc.boolean(),
        forceRenewal: fc.constant(name === "auth"),
      }),
      cooldownMs: fc.nat(100_000),
      code: fc.constantFrom("upstream_failed" as const, "upstream_rate_limited" as const),
      clientMessage: fc.constant("no"),
      message: fc.constant("no"),
    })
  const outcome = fc.oneof(
    { weight: 1, arbitrary: fc.constant("answered" as const) },
    { weight: 1, arbitrary: fc.constant("throw" as const) },
    { weight: 1, arbitrary: fc.constant("abort" as const) },
    {
      weight: 8,
      arbitrary: fc.record({
        failure: fc.constantFrom(...(Object.keys(FAILURE_CLASSES) as (keyof typeof FAILURE_CLASSES)[])).chain(failure),
        hasContent: fc.boolean(),
        isFirstByteTimeout: fc.boolean(),
        takesMs: fc.nat(40_000),
      }),
    },
  )

  test("at most four attempts, none too late or after content, and the lease comes back on every path", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.nat(3),
        async (outcomes, canRenew, hosts) => {
          clock = manualClock()
          pool = new Pool(clock)
          credit = new RetryCredit()
          controller = new AbortController()
          generations = new Map()
          renews = canRenew
          let hadContent = false
          let triedAfterContent = false
          let hadTimeout = false
          const { end, error, targets, records } = await run(async (_target, turn) => {
            triedAfterContent ||= hadContent
            const now = outcomes[turn % outcomes.length] ?? "answered"
            if (now === "answered") return answered
            if (now === "throw") throw new Error("a bug")
            if (now === "abort") {
              controller.abort(new Error("gone"))
              throw abortReason(controller.signal)
            }
            clock.advance(now.takesMs)
            hadContent = now.hasContent
            hadTimeout ||= now.isFirstByteTimeout
            return { type: "failed", ...now }
          }, hosts + 1)
          expect(triedAfterContent).toBe(false)
          expect(targets.length).toBeLessThanOrEqual(ATTEMPT_BUDGET.attempts)
          expect(records).toHaveLength(targets.length)
          const lateBy = records.map(({ startedMs }) => startedMs - (records[0]?.startedMs ?? 0) - ATTEMPT_BUDGET.ms)
          const late = lateBy.filter((ms) => ms > 0)
          expect(late.length).toBeLessThanOrEqual(hadTimeout ? 1 : 0)
          expect(end === undefined).toBe(error !== undefined)
          if (end?.error !== undefined) expect(end.error).toBeInstanceOf(GatewayError)
          expect(pool.facts()).toMatchObject({ inFlight: 0, waiting: 0 })
        },
      ),
      { numRuns: 400 },
    )
  })
})
