/**
 * The state of an account as it is shown. Kept is what it waits for; that it rests, or that the pool is paused, is worked out when it is
 * asked for, so that it can be neither late nor left behind. What counts first: DISABLED, what keeps it from serving, PAUSED, COOLING.
 */
import type { AccountState } from "#generated/sqlite/enums.ts"
import type { AccountModel, AccountWhereInput } from "#generated/sqlite/models.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { PoolState } from "./pool-pause.ts"
import { readRests, restingWhere, type Rest } from "./rest.ts"
import { of, type StateChange } from "./states.ts"

export interface ShownState extends StateChange {
  readonly since: Date
  /** When it leaves the state by itself; null: not by itself, or nobody knows when. */
  readonly until: Date | null
}

/** What holds an account that could serve otherwise. */
export interface Hold {
  readonly pool: PoolState
  /** Undefined: it does not rest. */
  readonly rest: Rest | undefined
}

/** Pure. */
export function shownState(row: AccountModel, { pool, rest }: Hold): ShownState {
  const kept = { ...of(row), since: row.stateSince, until: null }
  if (!row.enabled) {
    return { ...kept, state: "DISABLED", wayOut: "Enable it: updateAccount with enabled: true.", link: null }
  }
  if (row.state !== "READY") return kept
  if (pool.pausedAt !== undefined) {
    return {
      ...kept,
      state: "PAUSED",
      reason: pool.reason ?? null,
      wayOut: "Look at the accounts that met the wall, then resume the pool (resumePool).",
      since: pool.pausedAt,
    }
  }
  if (rest === undefined) return kept
  const { reason, since, until } = rest
  const end = `${until.toISOString().slice(0, 19)}Z`
  const wayOut = `It serves again by itself at ${end}; releaseCooldown lets the next request try before.`
  return { ...kept, state: "COOLING", reason, wayOut, since, until }
}

/** What READY is shown as. */
const HELD = ["READY", "COOLING", "PAUSED"] as const satisfies AccountState[]

/** An account that could serve, if nothing held it. */
const COULD_SERVE = { enabled: true, state: "READY" } as const satisfies AccountWhereInput

export interface ShownStates {
  /** What holds these accounts, in a fixed number of statements. */
  holds(ids: readonly string[]): Promise<readonly (Hold & { readonly id: string })[]>
  /** Accounts that show one of these states. */
  where(states: readonly AccountState[]): Promise<AccountWhereInput>
  /** How many accounts show each state; those that none does are left out. */
  counts(): Promise<ReadonlyMap<AccountState, number>>
}

export interface ShownStatesOptions {
  readonly database: Database
  readonly clock: Pick<Clock, "now">
  readonly readPool: () => Promise<PoolState>
}

export function createShownStates({ database, clock, readPool }: ShownStatesOptions): ShownStates {
  const { prisma } = database

  async function where(states: readonly AccountState[]): Promise<AccountWhereInput> {
    const shows = (state: AccountState): boolean => states.includes(state)
    const kept = states.filter((state) => state !== "DISABLED" && !HELD.some((one) => one === state))
    const or: AccountWhereInput[] = [{ enabled: true, state: { in: kept } }]
    if (shows("DISABLED")) or.push({ enabled: false })
    if (HELD.every(shows)) or.push(COULD_SERVE)
    else if (HELD.some(shows)) {
      if ((await readPool()).pausedAt !== undefined) or.push(...(shows("PAUSED") ? [COULD_SERVE] : []))
      else if (shows("READY") && shows("COOLING")) or.push(COULD_SERVE)
      else if (shows("READY") || shows("COOLING")) {
        const resting = await restingWhere(prisma, clock.now())
        or.push({ ...COULD_SERVE, ...(shows("COOLING") ? { AND: resting } : { NOT: resting }) })
      }
    }
    return { OR: or }
  }

  return {
    where,
    holds: async (ids) => {
      const pool = await readPool()
      const rests = await readRests(prisma, ids, clock.now())
      return ids.map((id) => ({ id, pool, rest: rests.get(id) }))
    },
    counts: async () => {
      const rows = await prisma.account.groupBy({ by: ["enabled", "state"], _count: true })
      const counts = new Map<AccountState, number>()
      const add = (state: AccountState, count: number): unknown =>
        count > 0 && counts.set(state, (counts.get(state) ?? 0) + count)
      for (const { enabled, state, _count: count } of rows) {
        if (!enabled) add("DISABLED", count)
        else if (state !== "READY") add(state, count)
        else if ((await readPool()).pausedAt !== undefined) add("PAUSED", count)
        else {
          const cooling = await prisma.account.count({ where: await where(["COOLING"]) })
          add("COOLING", cooling)
          add("READY", Math.max(0, count - cooling))
        }
      }
      return counts
    },
  }
}
