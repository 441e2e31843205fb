/** Whatever happens in whatever order: the shelves hold what a look at every account finds, in the same order. */
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import { accountId, type AccountId } from "#shared/ids.ts"
import { POOL_STRATEGY_NAMES, poolStrategies, type PoolStrategyName } from "#shared/pool-strategy.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotQuota } from "#shared/snapshot.ts"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { compiled, MODEL, OTHER_MODEL, testAccount } from "../testing/snapshots.ts"
import { AccountRegister } from "./account-register.ts"
import type { PoolAccount, Seat } from "./candidates.ts"
import { Cooldowns, scopeKey, type Cooldown, type CooldownScope } from "./cooldown.ts"
import { Hindrances } from "./hindrance.ts"
import { PROBE_MS, type Probe } from "./probe.ts"
import { UNKNOWN_HEADROOM } from "./strategies/most-quota.ts"

const IDS = ["a", "b", "c", "d"]
const MODELS = [MODEL, OTHER_MODEL, "gemini-3-pro"]
const NOW = 1_700_000_000_000

/** Of few things, so that much happens to the same. */
const cooledId = fc.constantFrom(...IDS.slice(0, 3).map(accountId))
const cooledBucket = fc.constantFrom("gemini" as const, "third_party" as const)
const scope = fc.oneof(
  fc.record({ type: fc.constant("account" as const), accountId: cooledId }),
  fc.record({ type: fc.constant("account-bucket" as const), accountId: cooledId, bucket: cooledBucket }),
  fc.record({ type: fc.constant("account-model" as const), accountId: cooledId, model: fc.constantFrom(...MODELS) }),
  fc.record({ type: fc.constant("model" as const), model: fc.constantFrom(...MODELS) }),
  fc.record({ type: fc.constant("egress" as const) }),
)

/** Mostly such as can serve: the order of those is what the strategies are about. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, fc.constantFrom(...others))

const reading = fc.record({
  remainingFraction: mostly(0.5, 0, 0.1, 0.7, 1),
  resetsInMs: fc.constantFrom(40_000, 3_600_000),
  window: fc.constantFrom("5h" as const, "weekly" as const),
})

const account = fc.record({
  id: fc.constantFrom(...IDS),
  usable: mostly(true, false),
  priority: mostly(0, 1),
  weight: fc.constantFrom(1, 2, 5),
  maxConcurrent: fc.constantFrom(undefined, 0, 2),
  catalogue: mostly<string | undefined>("both", "one", undefined),
  disabledModels: mostly<string[] | undefined>(undefined, [MODEL]),
  reserve: mostly<number | undefined>(undefined, 0.2),
  livesMs: mostly(1e9, 30_000),
  generation: fc.constantFrom(1, 2),
  reading: fc.option(reading),
})
const anyStrategy = fc.constantFrom(...POOL_STRATEGY_NAMES)
type Given = typeof account extends fc.Arbitrary<infer T> ? T : never
const someAccounts = (minLength: number): fc.Arbitrary<Given[]> =>
  fc.uniqueArray(account, { selector: ({ id }) => id, minLength, maxLength: IDS.length, size: "max" })

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("choose" as const), model: fc.constantFrom(...MODELS) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("return" as const), pick: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("serve" as const), pick: fc.nat(20) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("cool" as const),
      scope,
      ms: fc.constantFrom(0, 0, 5_000, 60_000, Infinity),
      cause: fc.constantFrom("rate" as const, "model_missing" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("release" as const), scope }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.nat(70_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.constant(HALF_OPEN_MS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("adopt" as const),
      accounts: someAccounts(0),
      strategy: anyStrategy,
    }),
  },
)

interface Rest {
  readonly cooldown: Cooldown
  /** Who goes first there, and until when the others wait for it. */
  probe?: { readonly lease: number; readonly leavesAt: number } | undefined
}

/** What is known of cool-downs, without a timer: what became of each is worked out anew whenever it is asked. */
class Rests {
  readonly #rests = new Map<string, Rest>()
  readonly #places = new Map<number, [key: string, rest: Rest][]>()

  cool(cooldown: Cooldown): void {
    this.#rests.set(scopeKey(cooldown.scope), { cooldown })
  }

  open(scopeOf: CooldownScope): void {
    this.#rests.delete(scopeKey(scopeOf))
  }

  /** All is open, one has to go first, one is on its way, or it rests. */
  of(scopeOf: CooldownScope, now: number): "open" | "half-open" | "probing" | Cooldown {
    const rest = this.#rests.get(scopeKey(scopeOf))
    if (rest === undefined || now >= rest.cooldown.until + HALF_OPEN_MS) return "open"
    if (now < rest.cooldown.until) return rest.cooldown
    return rest.probe !== undefined && now < rest.probe.leavesAt ? "probing" : "half-open"
  }

  choose(lease: number, scopes: readonly CooldownScope[], now: number): void {
    const places = scopes
      .filter((one) => this.of(one, now) === "half-open")
      .map((one): [string, Rest] => [scopeKey(one), this.#rests.get(scopeKey(one)) ?? expect.fail()])
    this.#places.set(lease, places)
    for (const [, rest] of places) rest.probe = { lease, leavesAt: now + PROBE_MS }
  }

  serve(lease: number): void {
    for (const [key, rest] of this.#places.get(lease) ?? []) {
      if (this.#rests.get(key) === rest) this.#rests.delete(key)
    }
  }

  end(lease: number): void {
    for (const [, rest] of this.#places.get(lease) ?? []) if (rest.probe?.lease === lease) rest.probe = undefined
  }
}

const scopesFor = (id: AccountId, model: string): readonly CooldownScope[] => [
  { type: "account", accountId: id },
  { type: "account-bucket", accountId: id, bucket: quotaBucket(model) },
  { type: "account-model", accountId: id, model },
]
const isMissing = ({ cause }: Cooldown): boolean => cause === "model_missing"
const generalScopes = (model: string): readonly CooldownScope[] => [{ type: "egress" }, { type: "model", model }]

interface Running {
  readonly number: number
  readonly account: PoolAccount
  readonly probe: Probe | undefined
}

/** The pool's parts, and beside them the facts alone. */
class World {
  readonly clock: ManualClock = manualClock(NOW)
  readonly cooldowns: Cooldowns = new Cooldowns(
    this.clock,
    (ended) => this.register.onCooldown(ended, undefined),
    (probed, isOnItsWay) => this.register.onProbe(probed, isOnItsWay),
  )
  readonly rests = new Rests()
  readonly register: AccountRegister = new AccountRegister({
    clock: this.clock,
    cooldowns: this.cooldowns,
    onQuotaReset: () => undefined,
  })
  readonly hindrances = new Hindrances({
    clock: this.clock,
    register: this.register,
    cooldowns: this.cooldowns,
    isKeyFull: () => false,
  })
  readonly leases: Running[] = []
  snapshot: CompiledSnapshot = compiled([])
  strategy: PoolStrategyName = "round-robin"
  version = 1
  chosen = 0

  adopt(accounts: readonly SnapshotAccount[], strategy: PoolStrategyName): void {
    this.strategy = strategy
    const strategies = poolStrategies(() => strategy)
    this.snapshot = compiled(accounts, { poolStrategies: strategies, maxConcurrentPerAccount: 1 }, ++this.version)
    // A hold without an end lasts until the account changes; one that came while it was away is gone when it is back.
    for (const { id, usable, credential } of this.snapshot.snapshot.accounts) {
      const before = this.register.get(id)?.account
      const isSame = before !== undefined && credential?.generation === before.credential?.generation
      if (usable && !isSame) this.#openHold(id)
    }
    for (const { id } of this.register.accounts()) {
      if (this.snapshot.accountById.get(id)?.usable !== true) this.#openHold(id)
    }
    this.register.adopt(this.snapshot)
  }

  #openHold(id: AccountId): void {
    const hold = this.rests.of({ type: "account", accountId: id }, this.clock.now())
    if (typeof hold === "object" && hold.until === Infinity) this.rests.open(hold.scope)
  }

  choose(model: string): void {
    const now = this.clock.now()
    const general = generalScopes(model).map((one) => this.rests.of(one, now))
    if (general.some((one) => one !== "open" && one !== "half-open")) return
    const { table, seating } = this.register
    const shelf = seating.tidied({ model }).living[0]?.[0]
    const first = shelf?.first((one) => table.hasFreeSlot(one))
    const taken = first === undefined ? undefined : table.at(first)
    if (shelf === undefined || taken === undefined) return
    const number = ++this.chosen
    this.rests.choose(number, [...generalScopes(model), ...scopesFor(taken.id, model)], now)
    seating.chosen(shelf, taken.number)
    const probe = this.cooldowns.probe(taken.id, model, shelf.facts.bucket)
    this.leases.push({ number, account: taken, probe })
  }

  giveBack(pick: number): void {
    const [lease] = this.leases.splice(pick % Math.max(1, this.leases.length), 1)
    if (lease === undefined) return
    this.rests.end(lease.number)
    this.register.seating.returned(lease.account.number)
    lease.probe?.end()
  }

  serve(pick: number): void {
    const lease = this.leases[pick % Math.max(1, this.leases.length)]
    if (lease === undefined) return
    this.rests.serve(lease.number)
    lease.probe?.served()
  }

  cool(scopeOf: CooldownScope, ms: number, cause: Cooldown["cause"]): void {
    const now = this.clock.now()
    const cooldown = { scope: scopeOf, cause, evidence: "test", since: now, until: now + ms }
    this.rests.cool(cooldown)
    this.cooldowns.add(cooldown)
    this.register.onCooldown(scopeOf, this.cooldowns.find(scopeOf))
  }

  /** As the shelves have it: tier by tier, each in its order. */
  shelved(model: string): string[][] {
    const { living } = this.register.seating.tidied({ model })
    return living
      .map((shelves) => {
        const seats = shelves.flatMap((shelf) => {
          const found: PoolAccount[] = []
          const mayServe = (number: number): boolean => {
            const one = this.register.table.at(number)
            return one !== undefined && !found.includes(one) && this.#isReady(one)
          }
          for (let number = shelf.first(mayServe); number !== undefined; number = shelf.first(mayServe)) {
            const one = this.register.table.at(number)
            if (one !== undefined) found.push(one)
          }
          const { bucket } = shelf.facts
          const seatsFound = found.map(({ seats: all }) => all[bucket])
          // One that draws needs no order, and may keep that of the strategy before it.
          if (shelf.facts.tier.strategy.draws === undefined) {
            expect(found.map(({ id }) => id)).toEqual(this.#inOrder(seatsFound))
          }
          return seatsFound
        })
        return this.#inOrder(seats)
      })
      .filter((tier) => tier.length > 0)
  }

  /** As a look at every account has it. */
  recomputed(model: string): string[][] {
    const tiers = new Map<number, Seat[]>()
    for (const { id, usable, priority } of this.snapshot.snapshot.accounts) {
      const known = usable ? this.register.get(id) : undefined
      if (known === undefined || !this.#isReady(known) || this.keptFrom(id, model) !== undefined) continue
      if (!this.offers(id, model)) continue
      tiers.set(priority, [...(tiers.get(priority) ?? []), known.seats[quotaBucket(model)]])
    }
    return [...tiers].toSorted(([left], [right]) => right - left).map(([, seats]) => this.#inOrder(seats))
  }

  offers(id: AccountId, model: string): boolean {
    const { catalogue, disabledModels } = this.snapshot.accountById.get(id) ?? testAccount(id)
    const models = catalogue === undefined ? undefined : this.snapshot.snapshot.catalogues[catalogue]?.models
    return (models?.some((one) => one.id === model) ?? true) && disabledModels?.includes(model) !== true
  }

  /** Until when, with what has no end in sight last; undefined: nothing keeps it. */
  keptFrom(id: AccountId, model: string): number | "probing" | undefined {
    const bucket = quotaBucket(model)
    const known = scopesFor(id, model).map((one) => this.rests.of(one, this.clock.now()))
    const resting = known.filter((one) => typeof one === "object")
    const [cooldown] = resting.toSorted(
      (left, right) => right.until - left.until || Number(isMissing(right)) - Number(isMissing(left)),
    )
    const { quota = [], reserve = 0 } = this.snapshot.accountById.get(id) ?? testAccount(id)
    const now = this.clock.now()
    const ends = quota
      .filter((one) => one.bucket === bucket && (one.resetsAt ?? 0) > now && one.remainingFraction <= reserve)
      .map((one) => one.resetsAt ?? 0)
    if (cooldown === undefined && ends.length === 0) return known.includes("probing") ? "probing" : undefined
    const quotaEnd = Math.max(0, ...ends)
    const isLast = cooldown !== undefined && isMissing(cooldown) && cooldown.until >= quotaEnd
    return Math.max(quotaEnd, cooldown?.until ?? 0) + (isLast ? 1e15 : 0)
  }

  #isReady(known: PoolAccount): boolean {
    return known.hasFreeSlot && known.isLiving(this.clock.now())
  }

  #inOrder(seats: readonly Seat[]): string[] {
    const number = (seat: Seat): number => {
      const { lastChosen, weight, headroom = UNKNOWN_HEADROOM, mark } = seat.table.candidate(seat.account.number)
      if (this.strategy === "round-robin") return lastChosen
      if (this.strategy === "fill-first") return -weight
      if (this.strategy === "most-quota") return lastChosen * 1e-12 - headroom
      if (this.strategy === "weighted") return mark + 0.5 / weight
      return 0
    }
    return seats
      .toSorted((left, right) => number(left) - number(right) || left.order - right.order)
      .map(({ account: one }) => one.id)
  }
}

function toAccount(given: Given, now: number): SnapshotAccount {
  const { id, reading: read, livesMs, generation, catalogue, disabledModels, reserve, maxConcurrent, ...rest } = given
  const quota: SnapshotQuota[] =
    read === null
      ? []
      : [{ bucket: "gemini", source: "summary", readAt: now, ...read, resetsAt: now + read.resetsInMs }]
  const { catalogue: _given, ...base } = testAccount(id)
  return {
    ...base,
    ...rest,
    credential: { accessToken: "t", expiresAt: now + livesMs, generation },
    quota,
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(disabledModels === undefined ? {} : { disabledModels }),
    ...(reserve === undefined ? {} : { reserve }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
  }
}

describe("any order of events", () => {
  test("leaves the shelves equal to a recomputation", () => {
    fc.assert(
      fc.property(someAccounts(2), anyStrategy, fc.array(step, { maxLength: 60, size: "max" }), (first, by, steps) => {
        const world = new World()
        world.adopt(
          first.map((one) => toAccount(one, world.clock.now())),
          by,
        )
        for (const now of steps) {
          if (now.type === "choose") world.choose(now.model)
          else if (now.type === "return") world.giveBack(now.pick)
          else if (now.type === "serve") world.serve(now.pick)
          else if (now.type === "cool") world.cool(now.scope, now.ms, now.cause)
          else if (now.type === "release") {
            world.rests.open(now.scope)
            world.cooldowns.release(now.scope)
          } else if (now.type === "advance") world.clock.advance(now.ms)
          else {
            // A reading is known by when it was read.
            world.clock.advance(1)
            const accounts = now.accounts.map((one) => toAccount(one, world.clock.now()))
            world.adopt(accounts, now.strategy)
          }
          for (const { id, number } of world.register.accounts()) {
            expect(world.register.table.hasRest(number)).toBe(world.cooldowns.hasOf(id))
          }
          for (const model of MODELS) {
            const wanted = world.recomputed(model)
            expect(world.shelved(model)).toEqual(wanted)
            expectHindrance(world, model)
          }
          // Nothing is kept longer than it matters.
          for (const { scope: known } of [...world.cooldowns.list(), ...world.cooldowns.halfOpen()]) {
            expect(world.rests.of(known, world.clock.now())).not.toBe("open")
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

/** Who asks when nothing can be had is told of the account that is back first. */
function expectHindrance(world: World, model: string): void {
  const ask = { model, exclude: new Set<AccountId>(), snapshot: world.snapshot, waitMs: 60_000 }
  const hindrance = world.hindrances.find(ask)
  const general = generalScopes(model).map((one) => world.rests.of(one, world.clock.now()))
  const resting = general.filter((one) => typeof one === "object").toSorted((one, other) => other.until - one.until)[0]
  const kept = world.snapshot.snapshot.accounts
    .filter(({ id, usable }) => usable && world.offers(id, model))
    .map(({ id }) => world.keptFrom(id, model))
  if (kept.length === 0) return expect(hindrance.type).toBe("none")
  const isOpen = kept.includes(undefined) || kept.includes("probing")
  const earliest = isOpen ? 0 : Math.min(...kept.map(Number))
  // The longer of what keeps all of them and what keeps each of them.
  if (resting !== undefined && resting.until > earliest % 1e15) {
    expect(hindrance).toEqual({ type: "cooling", cooldown: resting })
  } else if (!isOpen) {
    const { until, cause } = hindrance.type === "cooling" ? hindrance.cooldown : { until: -1, cause: "rate" }
    expect(until + (cause === "model_missing" ? 1e15 : 0)).toBe(earliest)
  } else if (general.includes("probing") || !kept.includes(undefined)) expect(hindrance.type).toBe("probing")
  else expect(hindrance.type).toBe("busy")
}
