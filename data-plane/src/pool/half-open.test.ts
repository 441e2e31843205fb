/** When a cool-down is over: one goes first, and what it learns holds for all. */
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { classifyFailure, type UpstreamFailure } from "#shared/upstream-failure.ts"
import fc from "fast-check"
import { beforeEach, describe, expect, test } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { CooldownScope } from "./cooldown.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { Pool } from "./pool.ts"
import { PoolCooling } from "./pool-cooling.ts"
import { PROBE_MS } from "./probe.ts"

const A = accountId("a")
const ACCOUNT: CooldownScope = { type: "account", accountId: A }
const MINUTE = 60_000

let clock: ManualClock
let pool: Pool
let snapshot: CompiledSnapshot
let leases: Lease[]
let refusals: GatewayError[]

function begin(ids: readonly string[] = ["a"], settings = {}): void {
  clock = manualClock()
  pool = new Pool(clock)
  snapshot = compiled(
    ids.map((id) => testAccount(id)),
    { maxConcurrentPerAccount: 0, ...settings },
  )
  pool.adopt(snapshot)
  leases = []
  refusals = []
}
beforeEach(() => begin())

function ask(more: Partial<LeaseAsk> = {}, signal = new AbortController().signal): void {
  const wanted = { model: MODEL, exclude: new Set<AccountId>(), snapshot, waitMs: MINUTE, ...more }
  pool.acquire(wanted, signal).then(
    (lease) => leases.push(lease),
    (error: unknown) => error instanceof GatewayError && refusals.push(error),
  )
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}

async function burst(count: number, more: Partial<LeaseAsk> = {}): Promise<void> {
  for (let turn = 0; turn < count; turn++) ask(more)
  await settle()
}

function cool(scope: CooldownScope, ms = MINUTE): void {
  pool.cool({ scope, cause: "rate", evidence: "test", since: clock.now(), until: clock.now() + ms })
}

/** Over already: one has to go first. */
function rested(scope: CooldownScope): void {
  cool(scope, 1_000)
  clock.advance(1_000)
}

const serving = (): string[] => leases.map(({ account }) => account.id)

describe.each<[string, CooldownScope]>([
  ["an account", ACCOUNT],
  ["a bucket of an account", { type: "account-bucket", accountId: A, bucket: "gemini" }],
  ["a model on an account", { type: "account-model", accountId: A, model: MODEL }],
  ["a model", { type: "model", model: MODEL }],
  ["our address", { type: "egress" }],
])("of %s", (_name, scope) => {
  beforeEach(() => rested(scope))

  test("one goes first, and all follow when it is served", async () => {
    await burst(50)
    expect([serving(), pool.facts().waiting]).toEqual([["a"], 49])
    expect(leases[0]?.reason).toMatch(/; the first after a rest$/)
    leases[0]?.served()
    await settle()
    expect([leases.length, pool.facts().waiting, pool.halfOpen()]).toEqual([50, 0, []])
    expect(leases[1]?.reason).not.toMatch(/rest/)
  })

  test("nobody goes when it is refused, and who waits hears the true time", async () => {
    await burst(50)
    cool(scope, 5 * MINUTE)
    leases[0]?.release()
    await settle()
    expect(leases).toHaveLength(1)
    expect(refusals).toHaveLength(49)
    expect(new Set(refusals.map(({ retryAfterMs }) => retryAfterMs))).toEqual(new Set([5 * MINUTE]))
  })

  test("the next goes first when it ends without a word", async () => {
    await burst(3)
    leases[0]?.release()
    await settle()
    expect([leases.length, pool.facts().waiting]).toEqual([2, 1])
    leases[1]?.served()
    await settle()
    expect(pool.facts().waiting).toBe(0)
  })

  test("and when it is silent; it still opens for all once it is served", async () => {
    await burst(4)
    clock.advance(PROBE_MS - 1)
    await settle()
    expect(leases).toHaveLength(1)
    clock.advance(1)
    await settle()
    expect(leases).toHaveLength(2)
    leases[0]?.served()
    await settle()
    expect([leases.length, pool.halfOpen()]).toEqual([4, []])
  })

  test("what an operator releases is open to all", async () => {
    pool.release(scope)
    await burst(5)
    expect([leases.length, pool.facts().waiting]).toEqual([5, 0])
  })

  test("it is forgotten after an hour", async () => {
    clock.advance(HALF_OPEN_MS)
    expect(pool.halfOpen()).toEqual([])
    await burst(5)
    expect(leases).toHaveLength(5)
    expect(clock.pending).toBe(0)
  })

  test("a word of one that was overtaken by later evidence opens nothing", async () => {
    await burst(1)
    cool(scope)
    leases[0]?.served()
    expect(pool.cooldowns()).toHaveLength(1)
    await burst(1)
    expect(leases).toHaveLength(1)
  })
})

test("others go to other accounts meanwhile, and each that has rested is tried by one", async () => {
  begin(["a", "b", "c"])
  rested(ACCOUNT)
  rested({ type: "account-bucket", accountId: accountId("b"), bucket: "gemini" })
  await burst(9)
  const count = (id: string): number => serving().filter((one) => one === id).length
  expect([count("a"), count("b"), count("c"), pool.facts().waiting]).toEqual([1, 1, 7, 0])
  leases.find(({ account }) => account.id === "b")?.served()
  await burst(4)
  expect([count("a"), count("b"), count("c")]).toEqual([1, 3, 9])
})

test("another model or bucket of the account has nobody to wait for", async () => {
  rested({ type: "account-model", accountId: A, model: MODEL })
  await burst(2)
  await burst(3, { model: OTHER_MODEL })
  expect([leases.length, pool.facts().waiting]).toEqual([4, 1])
})

test("one goes first for all that it meets, and where it is refused the rest stays half open", async () => {
  const bucket: CooldownScope = { type: "account-bucket", accountId: A, bucket: "gemini" }
  for (const scope of [{ type: "egress" } as const, ACCOUNT, bucket]) cool(scope, 1_000)
  clock.advance(1_000)
  await burst(2)
  cool(bucket, 10_000)
  leases[0]?.release()
  expect(pool.halfOpen().map(({ scope }) => scope.type)).toEqual(["egress", "account"])
  clock.advance(10_000)
  await settle()
  leases[1]?.served()
  expect(pool.halfOpen()).toEqual([])
})

test("who began to wait for the end of a rest waits on for the one that goes first, as long as for a slot", async () => {
  cool(ACCOUNT, 10_000)
  await burst(6)
  clock.advance(10_000)
  await settle()
  // It is silent, and so are those after it.
  clock.advance(49_999)
  await settle()
  expect([leases.length, pool.facts().waiting]).toEqual([4, 2])
  clock.advance(1)
  await settle()
  expect([refusals.map(({ code }) => code), pool.facts().waiting]).toEqual([["pool_busy", "pool_busy"], 0])
})

test("who has waited as long as it may while one after another goes first is told to come again soon", async () => {
  rested(ACCOUNT)
  await burst(1)
  ask({ waitMs: 5_000 })
  clock.advance(5_000)
  await settle()
  expect(refusals).toMatchObject([
    {
      code: "pool_busy",
      retryAfterMs: 1_000,
      message: expect.stringMatching(/have rested, and one request tries them/),
    },
  ])
})

test("who leaves the line, or is cancelled on its way, holds up nobody", async () => {
  rested(ACCOUNT)
  const controller = new AbortController()
  await burst(1)
  ask({}, controller.signal)
  ask()
  controller.abort(new Error("gone"))
  leases[0]?.release()
  await settle()
  expect([leases.length, pool.facts().waiting]).toEqual([2, 0])
  leases[1]?.release()
  leases[1]?.release()
  await burst(1)
  expect(leases).toHaveLength(3)
})

test("a conversation's turn is the one that goes first at its home, and its next one stays away until that is served", async () => {
  begin(["a", "b"])
  const talk = { caller: { key: apiKeyId("k"), conversation: "one" } }
  await burst(1, talk)
  leases[0]?.release()
  rested(ACCOUNT)
  await burst(2, talk)
  expect(serving()).toEqual(["a", "a", "b"])
  leases[1]?.served()
  await burst(1, talk)
  expect(serving().at(-1)).toBe("a")
})

test("a new snapshot changes nothing of it", async () => {
  rested(ACCOUNT)
  await burst(2)
  snapshot = compiled([testAccount("a", { priority: 1, catalogue: "one" })], { maxConcurrentPerAccount: 0 }, 2)
  pool.adopt(snapshot)
  await settle()
  expect([leases.length, pool.facts().waiting]).toEqual([1, 1])
  pool.adopt(compiled([], {}, 3))
  pool.adopt(compiled([testAccount("a")], { maxConcurrentPerAccount: 0 }, 4))
  leases[0]?.served()
  await settle()
  expect(pool.halfOpen()).toEqual([])
})

test("the census shows what one request tries for all", async () => {
  begin(["a", "b"])
  rested(ACCOUNT)
  await burst(1)
  const wanted = { model: MODEL, exclude: new Set<AccountId>() }
  expect(pool.census(wanted)).toMatchObject({ known: 2, resting: 0, probing: 1, modelOff: 0, candidates: 1 })
  leases[0]?.served()
  expect(pool.census(wanted)).toMatchObject({ candidates: 2 })
  expect(pool.census(wanted)).not.toHaveProperty("probing")
})

describe("failures that were under way", () => {
  const failed = (failure: Partial<UpstreamFailure>) =>
    classifyFailure({ phase: "before-content", now: clock.now(), projectId: "p", ...failure })
  const FORBIDDEN = { status: 403, body: JSON.stringify({ error: { code: 403, message: "No." } }) }

  test("when a rest began say nothing after its end, those of one that went first do", () => {
    const cooling = new PoolCooling(pool, clock)
    const at = (startedAt: number) => ({ accountId: A, model: MODEL, startedAt })
    cooling.onFailure(at(0), failed(FORBIDDEN))
    clock.advance(10 * MINUTE)
    expect([pool.cooldowns(), pool.halfOpen().length]).toEqual([[], 1])
    cooling.onFailure(at(0), failed(FORBIDDEN))
    expect([pool.cooldowns(), pool.halfOpen().length]).toEqual([[], 1])
    cooling.onFailure(at(clock.monotonic()), failed(FORBIDDEN))
    expect([pool.cooldowns().length, pool.halfOpen()]).toEqual([1, []])
  })

  test("of the upstream itself: one that goes first and hangs until the others are forgotten cools again all the same", () => {
    const cooling = new PoolCooling(pool, clock)
    const fail = (startedAt: number, request: string): unknown =>
      cooling.onFailure({ accountId: A, model: MODEL, startedAt }, failed({ network: "FIRST_BYTE_TIMEOUT" }), request)
    for (const request of ["one", "two", "three"]) fail(0, request)
    expect(pool.cooldowns()).toHaveLength(1)
    clock.advance(10_000)
    const startedAt = clock.monotonic()
    clock.advance(3 * MINUTE)
    fail(0, "four")
    expect(pool.cooldowns()).toEqual([])
    fail(startedAt, "five")
    expect(pool.cooldowns()).toHaveLength(1)
    clock.advance(10_000)
    // Known to fail: it says no more about the account than once.
    fail(clock.monotonic(), "five")
    expect([pool.cooldowns(), pool.halfOpen().length]).toEqual([[], 1])
  })
})

describe("whatever happens", () => {
  const scopes: readonly CooldownScope[] = [
    ACCOUNT,
    { type: "account-bucket", accountId: accountId("b"), bucket: "gemini" },
    { type: "account-model", accountId: A, model: MODEL },
    { type: "model", model: MODEL },
    { type: "egress" },
  ]
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("ask" as const), waitMs: fc.constantFrom(5_000, MINUTE) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("served" as const), pick: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("end" as const), pick: fc.nat(20) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("cool" as const),
        scope: fc.constantFrom(...scopes),
        ms: fc.constantFrom(0, 4_000, 10_000, 40_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("open" as const), scope: fc.constantFrom(...scopes) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.nat(20_000) }) },
  )

  test("nobody waits for nothing, every wait ends, and nothing is left behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 50, size: "max" }), async (events) => {
        begin(["a", "b"])
        let asked = 0
        let ended = 0
        const end = (pick: number): void => {
          const [lease] = leases.splice(pick % Math.max(1, leases.length), 1)
          if (lease !== undefined) ended++
          lease?.release()
        }
        for (const now of events) {
          if (now.type === "ask") {
            asked++
            ask({ waitMs: now.waitMs })
          } else if (now.type === "served") leases[now.pick % Math.max(1, leases.length)]?.served()
          else if (now.type === "end") end(now.pick)
          else if (now.type === "cool") cool(now.scope, now.ms)
          else if (now.type === "open") pool.release(now.scope)
          else clock.advance(now.ms)
          await settle()
          const { waiting, inFlight } = pool.facts()
          expect([inFlight, leases.length + ended + refusals.length + waiting]).toEqual([leases.length, asked])
          if (pool.cooldowns().length === 0 && (leases.length === 0 || pool.halfOpen().length === 0))
            expect(waiting).toBe(0)
        }
        while (leases.length > 0) {
          end(0)
          await settle()
        }
        clock.advance(HALF_OPEN_MS)
        await settle()
        clock.advance(HALF_OPEN_MS)
        await settle()
        expect([pool.facts().waiting, pool.cooldowns(), pool.halfOpen(), clock.pending]).toEqual([0, [], [], 0])
      }),
      { numRuns: 80 },
    )
  })
})
