/**
 * Slows guessing down. Each attempt is counted before the password is looked at, so that parallel ones count too; past a few
 * free ones the wait doubles. Counted in the database: a restart forgives nothing, and several control planes count together.
 */
import { createHash } from "node:crypto"
import { addressGroup } from "#shared/client-address.ts"
import type { Clock } from "../clock.ts"
import { isUniqueViolation, type Database } from "../database/open.ts"
import { RefusedError } from "../failure.ts"

interface Limit {
  /** Attempts without a wait. */
  readonly free: number
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** Without a failure for this long the count starts again. */
  readonly forgetMs: number
}

/** Something that attempts are counted for. */
export interface Counted {
  readonly key: string
  readonly limit: Limit
}

const PER_ADDRESS: Limit = { free: 5, firstDelayMs: 1_000, maxDelayMs: 15 * 60_000, forgetMs: 3_600_000 }
/** However many addresses guess: once the waits have begun, seven attempts in an hour. */
const PER_ACCOUNT: Limit = { free: 10, firstDelayMs: 60_000, maxDelayMs: 15 * 60_000, forgetMs: 3_600_000 }
/** Many addresses and accounts together. Whoever has many addresses can hold it: known addresses do not count for it. */
const GLOBAL: Limit = { free: 50, firstDelayMs: 1_000, maxDelayMs: 10_000, forgetMs: 15 * 60_000 }

const EVERYBODY: Counted = { key: "global", limit: GLOBAL }

const hashOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32)

export function byAddress(address: string): Counted {
  return { key: `address:${addressGroup(address)}`, limit: PER_ADDRESS }
}

/** What of a sign-in its administrator was let in with before. */
export interface Known {
  /** Of the browser's token. */
  readonly browser: string | undefined
  readonly isAddress: boolean
}

/**
 * What a sign-in counts for. In a browser in which its administrator was let in before, only what is wrong in that browser counts: others
 * may share the address (all do behind a proxy that nobody named). From an address where they were let in before, nobody's guessing
 * elsewhere keeps anybody out. There it counts for the two together besides: who shares the address must not get new guesses at this
 * password by giving their own.
 */
export function bySignIn(name: string, address: string, known: Known): readonly Counted[] {
  if (known.browser !== undefined) return [byBrowser(known.browser)]
  const elsewhere = [byAccount(name), EVERYBODY]
  return [byAddress(address), ...(known.isAddress ? [byAccountAt(name, address)] : elsewhere)]
}

/** By a hash: somebody may have typed the password where the name belongs. Names that nobody has count alike. */
export function byAccount(name: string): Counted {
  return { key: `account:${hashOf(name)}`, limit: PER_ACCOUNT }
}

function byAccountAt(name: string, address: string): Counted {
  return { key: `account-at:${hashOf(name, addressGroup(address))}`, limit: PER_ADDRESS }
}

function byBrowser(id: string): Counted {
  return { key: `browser:${hashOf(id)}`, limit: PER_ADDRESS }
}

/** For who is signed in and gives the password again: nobody's guessing elsewhere keeps them from it. */
export function bySession(id: string): Counted {
  return { key: `session:${id}`, limit: PER_ADDRESS }
}

export interface SignInLimits {
  /** Counts an attempt for each. Throws `RefusedError` while one of them has to wait, and counts nothing then. */
  attempt(counted: readonly Counted[]): Promise<void>
  /** The attempt was right: what these failed before is forgotten. */
  succeeded(counted: readonly Counted[]): Promise<void>
}

/** The wait after so many failures. */
export function delayMs(failures: number, limit: Pick<Limit, "free" | "firstDelayMs" | "maxDelayMs">): number {
  if (failures < limit.free) return 0
  return Math.min(limit.maxDelayMs, limit.firstDelayMs * 2 ** Math.min(30, failures - limit.free))
}

export function createSignInLimits(database: Database, clock: Clock): SignInLimits {
  const { signInFailure } = database.prisma

  function refuseBlocked(until: number): void {
    const seconds = Math.ceil((until - clock.now()) / 1_000)
    if (seconds > 0) throw new RefusedError("too_many_attempts", `Too many failed sign-ins; try again in ${seconds} s.`)
  }

  /** Another control plane may count at the same time: what was read must still be there when it is written. */
  async function count({ key, limit }: Counted): Promise<void> {
    for (;;) {
      const now = clock.now()
      const row = await signInFailure.findUnique({ where: { key } })
      if (row !== null) refuseBlocked(row.blockedUntil.getTime())
      const isForgotten = row === null || now - row.lastFailureAt.getTime() > limit.forgetMs
      const failures = isForgotten ? 1 : row.failures + 1
      const data = { failures, lastFailureAt: new Date(now), blockedUntil: new Date(now + delayMs(failures, limit)) }
      if (row === null) {
        try {
          await signInFailure.create({ data: { key, ...data } })
          return
        } catch (error) {
          if (!isUniqueViolation(error)) throw error
        }
      } else {
        const { failures: before, blockedUntil, lastFailureAt } = row
        const where = { key, failures: before, blockedUntil, lastFailureAt }
        if ((await signInFailure.updateMany({ where, data })).count > 0) return
      }
    }
  }

  async function attempt(all: readonly Counted[]): Promise<void> {
    const rows = await signInFailure.findMany({ where: { key: { in: all.map(({ key }) => key) } } })
    refuseBlocked(Math.max(0, ...rows.map(({ blockedUntil }) => blockedUntil.getTime())))
    for (const counted of all) await count(counted)
  }

  // One at a time, so that parallel attempts do not read the same count.
  let queue: Promise<unknown> = Promise.resolve()
  return {
    attempt: (counted) => {
      const turn = queue.then(() => attempt(counted))
      queue = turn.catch(() => undefined)
      return turn
    },
    succeeded: async (counted) => {
      const keys = counted.map(({ key }) => key)
      await signInFailure.deleteMany({ where: { key: { in: keys.filter((key) => key !== EVERYBODY.key) } } })
      if (!keys.includes(EVERYBODY.key)) return
      await signInFailure.updateMany({
        where: { key: EVERYBODY.key, failures: { gt: 0 } },
        data: { failures: { decrement: 1 }, blockedUntil: new Date(clock.now()) },
      })
    },
  }
}
