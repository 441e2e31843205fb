/**
 * What it costs to choose an account, by the number of accounts in the pool: no sockets, one process, the pool's own parts. A choice is
 * the whole of it, from the ask to a lease that was given back, in a pool that moves as a busy one does.
 */
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import { POOL_STRATEGY_NAMES, poolStrategies, type PoolStrategyName } from "#shared/pool-strategy.ts"
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { SNAPSHOT_SCHEMA_VERSION, type SnapshotAccount, type SnapshotQuota } from "#shared/snapshot.ts"
import { systemClock } from "#data-plane/clock.ts"
import { AccountRegister } from "#data-plane/pool/account-register.ts"
import { Affinity } from "#data-plane/pool/affinity.ts"
import { Cooldowns, type CooldownScope } from "#data-plane/pool/cooldown.ts"
import { Hindrances, type Hindrance } from "#data-plane/pool/hindrance.ts"
import { LeaseGiver } from "#data-plane/pool/lease-giver.ts"
import type { Lease, LeaseAsk } from "#data-plane/pool/lease.ts"
import { median } from "./statistics.ts"

const MODEL = "gemini-3-flash"
/** Choices in a batch, and so many are timed at once. */
const BATCH = 2_000
const TIMED = 1_000
/** Requests that run at the same time, at the most half as many as there are accounts. */
const RUNNING = 256
const CONVERSATIONS = 50_000
/** One account in so many cools. After so many choices one of them is half open and another begins to. */
const COOLING_SHARE = 20
const CHOICES_PER_COOLDOWN = 1_000
const HOUR_MS = 3_600_000
/** Weights are from 1 to this. */
const MAX_WEIGHT = 7
const MEAN_WEIGHT = (1 + MAX_WEIGHT) / 2

/** The most that a choice may cost, in microseconds, among however many. */
export const GOAL_US = 1

/** Once after each cool-down, so no goal is set. */
const PROBING = "one to be probed, where all have rested"
const TOUCH = "for comparison: an object at a random place, looked at"
const LOOK_UP = `for comparison: one of ${CONVERSATIONS.toLocaleString("en")} names, found in a Map`
const WITHOUT_GOAL: ReadonlySet<string> = new Set([PROBING, TOUCH, LOOK_UP])
/** Accounts with the tag that a rule names. */
const GROUP = 5
const RULE = { name: "group", match: {}, action: { accountTags: ["group"] } }

export interface PoolFigure {
  readonly what: string
  readonly accounts: number
  /** CPU time of one choice, the median over batches. */
  readonly medianUs: number
  readonly bestUs: number
}

class Parts {
  readonly cooldowns: Cooldowns = new Cooldowns(
    systemClock,
    (scope) => this.register.onCooldown(scope, undefined),
    (scope, isOnItsWay) => this.register.onProbe(scope, isOnItsWay),
  )
  readonly register: AccountRegister = new AccountRegister({
    clock: systemClock,
    cooldowns: this.cooldowns,
    onQuotaReset: () => undefined,
  })
  readonly giver = new LeaseGiver({
    clock: systemClock,
    random: Math.random,
    register: this.register,
    cooldowns: this.cooldowns,
    affinity: new Affinity(systemClock),
    onReturn: () => undefined,
  })
  readonly hindrances = new Hindrances({
    clock: systemClock,
    register: this.register,
    cooldowns: this.cooldowns,
    isKeyFull: () => false,
  })
  readonly snapshot: CompiledSnapshot
  /** Of nobody's conversation. */
  readonly one: LeaseAsk

  constructor(count: number, strategy: PoolStrategyName, maxConcurrentPerAccount: number, hasRule = false) {
    this.snapshot = snapshotOf(count, strategy, maxConcurrentPerAccount, hasRule)
    this.register.adopt(this.snapshot)
    this.one = this.ask()
  }

  ask(conversation?: string): LeaseAsk {
    const caller = { key: apiKeyId("key"), ...(conversation === undefined ? {} : { conversation }) }
    return { model: MODEL, exclude: new Set<AccountId>(), snapshot: this.snapshot, waitMs: 60_000, caller }
  }

  cool(scope: CooldownScope, ms: number): void {
    const now = systemClock.now()
    const cooldown = { scope, cause: "quota", evidence: "bench", since: now, until: now + ms } as const
    this.cooldowns.add(cooldown)
    this.register.onCooldown(scope, this.cooldowns.find(scope))
  }
}

/** A pool in motion: requests run and end in no order, accounts cool down and come back, and none stands where it stood at first. */
class Traffic {
  readonly parts: Parts
  readonly #count: number
  readonly #running: (Lease | undefined)[]
  readonly #cooling: CooldownScope[] = []
  #turn = 0
  #oldest = 0

  constructor(parts: Parts, count: number, strategy: PoolStrategyName) {
    this.parts = parts
    this.#count = count
    this.#running = Array.from({ length: Math.min(RUNNING, count / 2) })
    for (const index of shuffled(count)) this.#cool(index)
    const ask = parts.ask()
    for (const scope of this.#cooling.splice(Math.floor(count / COOLING_SHARE))) {
      parts.cooldowns.release(scope)
      // Each has a turn as it comes back, so that turns do not follow in the order of memory. `weighted` spreads the first turns itself.
      if (strategy !== "weighted") this.step(ask)
    }
    // By weight the lightest have had theirs only when all turns are over.
    for (let turn = 0; turn < count * MEAN_WEIGHT; turn++) this.step(ask)
  }

  step(ask: LeaseAsk): void {
    const place = Math.floor(Math.random() * this.#running.length)
    this.#running[place]?.served()
    this.#running[place]?.release()
    this.#running[place] = this.parts.giver.give(ask)
    if (this.#turn++ % CHOICES_PER_COOLDOWN === 0 && this.#cooling.length > 0) {
      const back = this.#cooling[this.#oldest]
      if (back !== undefined) this.parts.cool(back, 0)
      this.#cool(Math.floor(Math.random() * this.#count), this.#oldest)
      this.#oldest = (this.#oldest + 1) % this.#cooling.length
    }
  }

  #cool(index: number, place = this.#cooling.length): void {
    const scope = { type: "account-bucket", accountId: idOf(index), bucket: "gemini" } as const
    this.#cooling[place] = scope
    this.parts.cool(scope, HOUR_MS + Math.random() * HOUR_MS)
  }
}

/** One thing to measure, made for a number of accounts. */
interface Measured {
  /** Before each thousand, untimed; gives what is timed, called with 0 to 999. */
  readonly prepare: () => (turn: number) => void
  close?(): void
}

/** What is measured, by its name, in the order of the table. */
const ROWS: ReadonlyMap<string, (accounts: number) => Measured> = new Map([
  ...POOL_STRATEGY_NAMES.flatMap((strategy) => [
    [`${strategy}, one slot each`, (accounts: number) => inTurn(accounts, strategy, 1)] as const,
    [`${strategy}, slots without limit`, (accounts: number) => inTurn(accounts, strategy, 0)] as const,
  ]),
  [`at the home of one of ${CONVERSATIONS.toLocaleString("en")} conversations`, atHome],
  ["the only one that does not cool", theOnly],
  ["none: the earliest that comes back", noneBut],
  [PROBING, toProbe],
  ["none: each is being probed", noneProbed],
  [`in a group of ${GROUP} accounts, as a rule says`, inGroup],
  ["by another strategy than the pool's own, as a rule says", byOther],
  [TOUCH, touch],
  [LOOK_UP, lookUp],
])

export const ROW_NAMES: readonly string[] = [...ROWS.keys()]

/** Measures one row: `batches` of it for each number of accounts, after as many again to warm up. */
export function measureRow(what: string, counts: readonly number[], batches: number): PoolFigure[] {
  const make = ROWS.get(what)
  if (make === undefined) throw new Error(`there is no row "${what}"`)
  return counts.map((accounts) => {
    const measured = make(accounts)
    const figure = { what, accounts, ...timed(batches, measured.prepare) }
    measured.close?.()
    return figure
  })
}

function inTurn(accounts: number, strategy: PoolStrategyName, slots: number): Measured {
  const traffic = new Traffic(new Parts(accounts, strategy, slots), accounts, strategy)
  const ask = traffic.parts.one
  return { prepare: () => () => traffic.step(ask), close: () => traffic.parts.cooldowns.close() }
}

function atHome(accounts: number): Measured {
  const homes = new Traffic(new Parts(accounts, "round-robin", 0), accounts, "round-robin")
  for (let index = 0; index < CONVERSATIONS; index++) homes.step(homes.parts.ask(conversation(index)))
  return {
    prepare: () => {
      // Each request makes its name anew: nothing of it is known yet.
      const asks = Array.from({ length: TIMED }, () =>
        homes.parts.ask(conversation(Math.floor(Math.random() * CONVERSATIONS))),
      )
      return (turn) => {
        const ask = asks[turn]
        if (ask !== undefined) homes.step(ask)
      }
    },
    close: () => homes.parts.cooldowns.close(),
  }
}

/** All accounts but so many cool down, for an hour and longer. */
function cooling(accounts: number, others: number): Parts {
  const parts = new Parts(accounts, "round-robin", 1)
  for (let index = 0; index < accounts - others; index++) {
    parts.cool({ type: "account-bucket", accountId: idOf(index), bucket: "gemini" }, HOUR_MS + index)
  }
  return parts
}

function theOnly(accounts: number): Measured {
  const parts = cooling(accounts, 1)
  const ask = parts.one
  return { prepare: () => () => parts.giver.give(ask)?.release(), close: () => parts.cooldowns.close() }
}

function noneBut(accounts: number): Measured {
  const parts = cooling(accounts, 0)
  return { prepare: () => () => refused(parts, "cooling"), close: () => parts.cooldowns.close() }
}

/** All have rested, and nobody has gone first yet. */
function rested(accounts: number): Parts {
  const parts = new Parts(accounts, "round-robin", 0)
  for (let index = 0; index < accounts; index++) {
    parts.cool({ type: "account-bucket", accountId: idOf(index), bucket: "gemini" }, 0)
  }
  return parts
}

function toProbe(accounts: number): Measured {
  const parts = rested(accounts)
  const ask = parts.one
  return { prepare: () => () => parts.giver.give(ask)?.release(), close: () => parts.cooldowns.close() }
}

function noneProbed(accounts: number): Measured {
  const parts = rested(accounts)
  while (parts.giver.give(parts.one) !== undefined);
  return { prepare: () => () => refused(parts, "probing"), close: () => parts.cooldowns.close() }
}

function refused(parts: Parts, why: Hindrance["type"]): void {
  const ask = parts.one
  if (parts.giver.give(ask) !== undefined || parts.hindrances.find(ask).type !== why) {
    throw new Error(`an account was chosen though all are ${why}`)
  }
}

/** A routing rule names a few accounts by their tag. */
function inGroup(accounts: number): Measured {
  const parts = new Parts(accounts, "round-robin", 0, true)
  const ask = { ...parts.one, group: { name: "group", tags: ["group"] } }
  return { prepare: () => () => parts.giver.give(ask)?.release(), close: () => parts.cooldowns.close() }
}

function byOther(accounts: number): Measured {
  const parts = new Parts(accounts, "round-robin", 0, true)
  const ask = { ...parts.one, strategy: "fill-first" } as const
  return { prepare: () => () => parts.giver.give(ask)?.release(), close: () => parts.cooldowns.close() }
}

/** What no choice can be below that looks at one account. */
function touch(accounts: number): Measured {
  const links = shuffled(accounts).map((next) => ({ next, slots: 1, until: HOUR_MS + 0.5 }))
  let at = 0
  return {
    prepare: () => () => {
      const link = links[at]
      at = link === undefined || link.until < link.slots ? 0 : link.next
    },
  }
}

function lookUp(): Measured {
  const homes = new Map(shuffled(CONVERSATIONS).map((index) => [conversation(index), { home: index }]))
  return {
    prepare: () => {
      const names = Array.from({ length: TIMED }, () => conversation(Math.floor(Math.random() * CONVERSATIONS)))
      return (turn) => {
        const home = homes.get(names[turn] ?? "")
        if (home === undefined || home.home < 0) throw new Error("a conversation is not there")
      }
    },
  }
}

export function poolTable(figures: readonly PoolFigure[]): string {
  const counts = [...new Set(figures.map(({ accounts }) => accounts))]
  const head = ["chosen by", ...counts.map((count) => `${count.toLocaleString("en")} accounts`), "goal"]
  const rows = [...new Set(figures.map(({ what }) => what))].map((what) => {
    const own = counts.map((count) => figures.find((figure) => figure.what === what && figure.accounts === count))
    const cells = own.map((figure) =>
      figure === undefined ? "–" : `${figure.medianUs.toFixed(2)} (${figure.bestUs.toFixed(2)})`,
    )
    const isMet = own.every((figure) => figure === undefined || figure.medianUs <= GOAL_US)
    return [what, ...cells, WITHOUT_GOAL.has(what) ? "–" : `≤ ${GOAL_US} µs ${isMet ? "met" : "MISSED"}`]
  })
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function timed(batches: number, prepare: () => (turn: number) => void): { medianUs: number; bestUs: number } {
  const times: number[] = []
  for (let batch = 0; batch < batches * 2; batch++) {
    let us = 0
    for (let done = 0; done < BATCH; done += TIMED) {
      const run = prepare()
      const begun = process.cpuUsage()
      for (let turn = 0; turn < TIMED; turn++) run(turn)
      const { user, system } = process.cpuUsage(begun)
      us += user + system
    }
    if (batch >= batches) times.push(us / BATCH)
  }
  return { medianUs: median(times), bestUs: Math.min(...times) }
}

const idOf = (index: number): AccountId => accountId(`account-${index}`)

/** Nineteen digits, as the names of conversations have them. */
const conversation = (index: number): string => String(10n ** 18n + BigInt(index) * 7_919_000_000_077n)

function shuffled(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index)
  for (let left = count - 1; left > 0; left--) {
    const other = Math.floor(Math.random() * (left + 1))
    const moved = numbers[other] ?? 0
    numbers[other] = numbers[left] ?? 0
    numbers[left] = moved
  }
  return numbers
}

/** Nobody's quota is down to its reserve. */
function quota(window: SnapshotQuota["window"]): SnapshotQuota {
  const now = systemClock.now()
  const remainingFraction = 0.2 + 0.8 * Math.random()
  return { bucket: "gemini", window, remainingFraction, resetsAt: now + 5 * HOUR_MS, source: "summary", readAt: now }
}

function snapshotOf(
  count: number,
  strategy: PoolStrategyName,
  maxConcurrentPerAccount: number,
  hasRule: boolean,
): CompiledSnapshot {
  const accounts = Array.from({ length: count }, (_, index): SnapshotAccount => ({
    id: idOf(index),
    kind: "antigravity",
    label: `account ${index}`,
    usable: true,
    state: "READY",
    credential: { accessToken: "token", expiresAt: Number.MAX_SAFE_INTEGER, generation: 1 },
    weight: 1 + (index % MAX_WEIGHT),
    priority: 0,
    catalogue: "all",
    ...(hasRule && index < GROUP ? { tags: ["group"] } : {}),
    quota: [quota("5h"), quota("weekly")],
  }))
  return compileSnapshot({
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 1,
    issuedAt: 0,
    accounts,
    apiKeys: [],
    apiKeyPepper: Buffer.alloc(32).toString("base64"),
    catalogues: { all: { models: [{ id: MODEL }, { id: "claude-sonnet-4-6" }], deprecatedModelIds: {} } },
    aliases: {},
    ...(hasRule ? { routing: { aliases: {}, fallbacks: [], rules: [RULE] } } : {}),
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount,
      poolStrategies: poolStrategies(() => strategy),
      antigravityBaseUrls: ["http://127.0.0.1:1"],
      antigravityUserAgent: "bench/1.0.0",
      firstByteTimeoutMs: 1_000,
      streamIdleTimeoutMs: 1_000,
    },
  })
}
