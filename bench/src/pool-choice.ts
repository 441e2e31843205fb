/**
 * What it costs to choose an account, by the number of accounts in the pool: no sockets, one process, the pool's own parts. A choice is
 * the whole of it, from the ask to a lease that was given back.
 */
import { accountId, apiKeyId, type AccountId } from "#shared/ids.ts"
import { POOL_STRATEGY_NAMES, poolStrategies, type PoolStrategyName } from "#shared/pool-strategy.ts"
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { SNAPSHOT_SCHEMA_VERSION, type SnapshotAccount } from "#shared/snapshot.ts"
import { systemClock } from "#data-plane/clock.ts"
import { AccountRegister } from "#data-plane/pool/account-register.ts"
import { Affinity } from "#data-plane/pool/affinity.ts"
import { Cooldowns } from "#data-plane/pool/cooldown.ts"
import { Hindrances } from "#data-plane/pool/hindrance.ts"
import { LeaseGiver } from "#data-plane/pool/lease-giver.ts"
import type { LeaseAsk } from "#data-plane/pool/lease.ts"
import { median } from "./statistics.ts"

const MODEL = "gemini-3-flash"
const BATCH = 500

/** The most that a choice may cost, in microseconds, among however many. */
export const GOAL_US = 1

export interface PoolFigure {
  readonly what: string
  readonly accounts: number
  /** Of one choice, the median over batches. */
  readonly medianUs: number
  readonly bestUs: number
}

class Parts {
  readonly cooldowns = new Cooldowns(systemClock, (scope) => this.register.onCooldown(scope, undefined))
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

  constructor(count: number, strategy: PoolStrategyName, maxConcurrentPerAccount: number) {
    this.snapshot = snapshotOf(count, strategy, maxConcurrentPerAccount)
    this.register.adopt(this.snapshot)
  }

  ask(conversation?: string): LeaseAsk {
    const caller = { key: apiKeyId("key"), ...(conversation === undefined ? {} : { conversation }) }
    return { model: MODEL, exclude: new Set<AccountId>(), snapshot: this.snapshot, waitMs: 60_000, caller }
  }

  cool(index: number, ms: number): void {
    const now = systemClock.now()
    const scope = { type: "account-bucket", accountId: accountId(`account-${index}`), bucket: "gemini" } as const
    const cooldown = { scope, cause: "quota", evidence: "bench", since: now, until: now + ms } as const
    this.cooldowns.add(cooldown)
    this.register.onCooldown(scope, cooldown)
  }
}

/** Runs all of it; `batches` of each, after as many again to warm up. */
export function measurePool(counts: readonly number[], batches: number, say: (line: string) => void): PoolFigure[] {
  const figures: PoolFigure[] = []
  const add = (what: string, accounts: number, run: (turn: number) => void): void => {
    const figure = { what, accounts, ...timed(batches, run) }
    say(`${what}, ${accounts} accounts: ${figure.medianUs.toFixed(2)} µs`)
    figures.push(figure)
  }
  for (const accounts of counts) {
    for (const strategy of POOL_STRATEGY_NAMES) {
      for (const slots of [1, 0]) {
        const parts = new Parts(accounts, strategy, slots)
        const ask = parts.ask()
        add(`${strategy}, ${slots === 1 ? "one slot each" : "slots without limit"}`, accounts, () => {
          parts.giver.give(ask)?.release()
        })
      }
    }
    const homes = new Parts(accounts, "round-robin", 1)
    const asks = Array.from({ length: 1_000 }, (_, index) => homes.ask(`conversation ${index}`))
    add("at the home of one of 1,000 conversations", accounts, (turn) => {
      const ask = asks[turn % asks.length]
      if (ask !== undefined) homes.giver.give(ask)?.release()
    })
    const cooling = new Parts(accounts, "round-robin", 1)
    for (let index = 0; index < accounts - 1; index++) cooling.cool(index, 3_600_000 + index)
    const one = cooling.ask()
    add("the only one that does not cool", accounts, () => cooling.giver.give(one)?.release())
    cooling.cool(accounts - 1, 7_200_000)
    add("none: the earliest that comes back", accounts, () => {
      if (cooling.giver.give(one) !== undefined || cooling.hindrances.find(one).type !== "cooling") {
        throw new Error("an account was chosen that cools")
      }
    })
    cooling.cooldowns.close()
  }
  return figures
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
    return [what, ...cells, `≤ ${GOAL_US} µs ${isMet ? "met" : "MISSED"}`]
  })
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function timed(batches: number, run: (turn: number) => void): { medianUs: number; bestUs: number } {
  const times: number[] = []
  let turn = 0
  for (let batch = 0; batch < batches * 2; batch++) {
    const begun = performance.now()
    for (let index = 0; index < BATCH; index++) run(turn++)
    if (batch >= batches) times.push(((performance.now() - begun) / BATCH) * 1_000)
  }
  return { medianUs: median(times), bestUs: Math.min(...times) }
}

function snapshotOf(count: number, strategy: PoolStrategyName, maxConcurrentPerAccount: number): CompiledSnapshot {
  const accounts = Array.from({ length: count }, (_, index): SnapshotAccount => ({
    id: accountId(`account-${index}`),
    kind: "antigravity",
    label: `account ${index}`,
    usable: true,
    state: "READY",
    credential: { accessToken: "token", expiresAt: Number.MAX_SAFE_INTEGER, generation: 1 },
    weight: 1 + (index % 7),
    priority: 0,
    catalogue: "all",
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
