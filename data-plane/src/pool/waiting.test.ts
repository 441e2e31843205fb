/** Who waits, in which order they are served, and what a key may have. */
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import fc from "fast-check"
import { getEventListeners } from "node:events"
import { beforeEach, describe, expect, test } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import type { Lease, LeaseAsk } from "./lease.ts"
import { Pool } from "./pool.ts"
import { MAX_WAITING_PER_MODEL } from "./waiting-line.ts"

let clock: ManualClock
let pool: Pool
let snapshot: CompiledSnapshot
/** Who was served or refused, in order. */
let log: string[]
let leases: Lease[]

beforeEach(() => {
  clock = manualClock()
  pool = new Pool(clock)
  log = []
  leases = []
})

function adopt(ids: readonly string[], settings = {}): void {
  snapshot = compiled(
    ids.map((id) => testAccount(id)),
    settings,
  )
  pool.adopt(snapshot)
}

interface Who {
  readonly key: string
  readonly conversation?: string
  readonly model?: string
  readonly limit?: number
  readonly exclude?: readonly string[]
  readonly signal?: AbortSignal
}

/** Asks and notes the outcome; the promise settles with it. */
function ask(name: string, { key, conversation, model = MODEL, limit, exclude = [], signal }: Who): Promise<void> {
  const caller = {
    key: apiKeyId(key),
    ...(conversation === undefined ? {} : { conversation }),
    ...(limit === undefined ? {} : { maxConcurrent: limit }),
  }
  const excluded = new Set<AccountId>(exclude.map(accountId))
  const wanted: LeaseAsk = { model, exclude: excluded, snapshot, waitMs: 60_000, caller }
  return pool.acquire(wanted, signal ?? new AbortController().signal).then(
    (lease) => {
      leases.push(lease)
      log.push(name)
    },
    (error: unknown) => void log.push(`${name} ${error instanceof GatewayError ? error.code : "gone"}`),
  )
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}

/** One lease comes back; who gets it? */
async function next(): Promise<string | undefined> {
  const before = log.length
  leases.shift()?.release()
  await settle()
  return log[before]
}

describe("turns", () => {
  test("keys take turns, however much one of them sends", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    for (let turn = 1; turn <= 5; turn++) void ask(`flood ${turn}`, { key: "flood" })
    for (let turn = 1; turn <= 2; turn++) void ask(`y ${turn}`, { key: "y" })
    void ask("z 1", { key: "z" })
    const order: (string | undefined)[] = []
    for (let turn = 0; turn < 8; turn++) order.push(await next())
    expect(order).toEqual(["flood 1", "y 1", "z 1", "flood 2", "y 2", "flood 3", "flood 4", "flood 5"])
  })

  test("who may not have an account that was added since does not keep others from it", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    void ask("old", { key: "x" })
    void ask("old too", { key: "y", conversation: "one" })
    adopt(["a", "b"])
    await ask("new", { key: "z" })
    void ask("newer", { key: "y", conversation: "two" })
    leases.at(-1)?.release()
    await settle()
    expect(log).toEqual(["held", "new", "newer"])
    expect(await next()).toBe("old")
    leases.at(-1)?.release()
    await settle()
    expect(log.at(-1)).toBe("old too")
  })

  test("within a key its conversations do", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    for (let turn = 1; turn <= 3; turn++) void ask(`one ${turn}`, { key: "x", conversation: "one" })
    void ask("two 1", { key: "x", conversation: "two" })
    const order: (string | undefined)[] = []
    for (let turn = 0; turn < 4; turn++) order.push(await next())
    expect(order).toEqual(["one 1", "two 1", "one 2", "one 3"])
  })

  test("a key's models do too, and one that can have nothing holds up no other", async () => {
    adopt(["a", "b", "c"], { maxConcurrentPerModel: 1, maxConcurrentPerAccount: 0 })
    await ask("held", { key: "x" })
    await ask("held other", { key: "x", model: OTHER_MODEL })
    for (let turn = 1; turn <= 3; turn++) void ask(`one ${turn}`, { key: "x" })
    void ask("other 1", { key: "x", model: OTHER_MODEL })
    leases.shift()
    expect(await next()).toBe("other 1")
  })

  test("a model of a key that is asked for much leaves its other models their turns", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    for (let turn = 1; turn <= 3; turn++) void ask(`one ${turn}`, { key: "x", conversation: `${turn}` })
    for (let turn = 1; turn <= 2; turn++) void ask(`other ${turn}`, { key: "x", model: OTHER_MODEL })
    const order: (string | undefined)[] = []
    for (let turn = 0; turn < 5; turn++) order.push(await next())
    expect(order).toEqual(["one 1", "other 1", "one 2", "other 2", "one 3"])
  })

  test("who has failed on an account is first of its key", async () => {
    adopt(["a", "b"])
    await ask("held a", { key: "x" })
    await ask("held b", { key: "x" })
    void ask("first", { key: "x" })
    void ask("again", { key: "x", exclude: ["b"] })
    expect(await next()).toBe("again")
    expect(await next()).toBe("first")
  })

  test("who leaves the line costs nobody a turn", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    const controller = new AbortController()
    void ask("x 1", { key: "x", conversation: "one", signal: controller.signal })
    void ask("x 2", { key: "x", conversation: "one" })
    void ask("x 3", { key: "x", conversation: "two" })
    controller.abort(new Error("gone"))
    await settle()
    expect([await next(), await next()]).toEqual(["x 2", "x 3"])
    expect([pool.facts().waiting, clock.pending]).toEqual([0, 0])
  })
})

describe("limits of a key", () => {
  test("hold across models and accounts, and others are served meanwhile", async () => {
    adopt(["a", "b", "c"])
    await ask("x 1", { key: "x", limit: 1 })
    void ask("x 2", { key: "x", limit: 1, model: OTHER_MODEL })
    await settle()
    expect([log, pool.facts().waiting]).toEqual([["x 1"], 1])
    await ask("y 1", { key: "y" })
    expect(await next()).toBe("x 2")
  })

  test("keep the key's own requests from a slot, and nobody else's for the same model", async () => {
    adopt(["a", "b"])
    await ask("x 1", { key: "x", limit: 1 })
    await ask("z 1", { key: "z" })
    void ask("x 2", { key: "x", limit: 1 })
    void ask("y 1", { key: "y" })
    leases.pop()?.release()
    await settle()
    expect(log).toEqual(["x 1", "z 1", "y 1"])
  })

  test("say so when nothing comes free in time", async () => {
    adopt(["a", "b"])
    await ask("x 1", { key: "x", limit: 1 })
    const caller = { key: apiKeyId("x"), maxConcurrent: 1 }
    const exclude = new Set<AccountId>()
    const late = pool.acquire({ model: MODEL, exclude, snapshot, waitMs: 1_000, caller }, new AbortController().signal)
    const refused = expect(late).rejects.toMatchObject({ code: "pool_busy", message: expect.stringMatching(/API key/) })
    clock.advance(1_000)
    await refused
  })
})

describe("a full line", () => {
  test("makes room for another key at the cost of the one with most in it", async () => {
    adopt(["a"])
    await ask("held", { key: "x" })
    for (let turn = 1; turn <= MAX_WAITING_PER_MODEL; turn++) void ask(`flood ${turn}`, { key: "flood" })
    void ask("flood too many", { key: "flood" })
    await settle()
    expect(log).toEqual(["held", "flood too many pool_busy"])
    void ask("y", { key: "y" })
    await settle()
    expect(log.slice(2)).toEqual([`flood ${MAX_WAITING_PER_MODEL} pool_busy`])
    expect([await next(), await next()]).toEqual(["flood 1", "y"])
    pool.close()
  })
})

describe("whatever happens", () => {
  const event = fc.oneof(
    fc.record({
      type: fc.constant("ask" as const),
      key: fc.constantFrom("x", "y", "z"),
      conversation: fc.constantFrom(undefined, "one", "two"),
      model: fc.constantFrom(MODEL, OTHER_MODEL),
      limit: fc.constantFrom(undefined, 1, 2),
      exclude: fc.constantFrom([], [], ["a"]),
    }),
    fc.record({ type: fc.constant("return" as const) }),
    fc.record({ type: fc.constant("abort" as const), pick: fc.nat(30) }),
    fc.record({ type: fc.constant("advance" as const), ms: fc.nat(40_000) }),
  )

  test("nobody who could be served waits, every wait ends, and nothing is left behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60, size: "max" }), async (events) => {
        clock = manualClock()
        pool = new Pool(clock)
        log = []
        leases = []
        adopt(["a", "b", "c"], { maxConcurrentPerModel: 2 })
        const waits: Promise<void>[] = []
        const aborts: AbortController[] = []
        const asked = new Map<string, { key: string; model: string; limit: number; exclude: readonly string[] }>()
        let returned = 0
        /** Those that wait though there is a slot for them. */
        const overlooked = (): string[] => {
          const running = log.filter((one) => asked.has(one)).slice(returned)
          const busy = new Set(leases.map((lease) => String(lease.account.id)))
          const runs = (isSuch: (one: string) => boolean): number => running.filter(isSuch).length
          const over = new Set(log.map((one) => one.split(" ")[0]))
          return [...asked].flatMap(([name, { key, model, limit, exclude }]) => {
            const isFree = ["a", "b", "c"].some((one) => !busy.has(one) && !exclude.includes(one))
            const isKeyFree = runs((one) => asked.get(one)?.key === key) < limit
            const isModelFree = runs((one) => asked.get(one)?.model === model) < 2
            return !over.has(name) && isFree && isKeyFree && isModelFree ? [name] : []
          })
        }
        for (const [index, now] of events.entries()) {
          if (now.type === "ask") {
            const controller = new AbortController()
            aborts.push(controller)
            const { key, conversation, limit, model, exclude } = now
            const more = {
              ...(conversation === undefined ? {} : { conversation }),
              ...(limit === undefined ? {} : { limit }),
            }
            asked.set(String(index), { key: `${key}${limit ?? ""}`, model, limit: limit ?? Infinity, exclude })
            waits.push(
              ask(String(index), { key: `${key}${limit ?? ""}`, model, exclude, signal: controller.signal, ...more }),
            )
          } else if (now.type === "return") {
            const lease = leases.shift()
            if (lease !== undefined) returned++
            lease?.release()
          } else if (now.type === "abort") aborts[now.pick % Math.max(1, aborts.length)]?.abort(new Error("gone"))
          else clock.advance(now.ms)
          await settle()
          expect(overlooked()).toEqual([])
          const { waiting, inFlight } = pool.facts()
          expect(inFlight).toBe(leases.length)
          if (leases.length === 0) expect(waiting).toBe(0)
        }
        while (leases.length > 0) await next()
        await Promise.all(waits)
        expect(pool.facts()).toMatchObject({ waiting: 0, inFlight: 0 })
        expect(clock.pending).toBe(0)
        expect(aborts.flatMap(({ signal }) => getEventListeners(signal, "abort"))).toEqual([])
      }),
      { numRuns: 80 },
    )
  })
})
