/**
 * Slows guessing down. Each attempt is counted before the password is looked at, so that parallel ones count too; past a few
 * free ones the wait doubles. Counted in the database: a restart forgives nothing.
 */
import { isIPv4, isIPv6 } from "node:net"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { RefusedError } from "../failure.ts"

interface Limit {
  /** Attempts without a wait. */
  readonly free: number
  readonly maxDelayMs: number
  /** Without a failure for this long the count starts again. */
  readonly forgetMs: number
}

const PER_ADDRESS: Limit = { free: 5, maxDelayMs: 15 * 60_000, forgetMs: 3_600_000 }
/** Many addresses together; the delay stays short, so that an attacker cannot lock the operator out. */
const GLOBAL: Limit = { free: 50, maxDelayMs: 10_000, forgetMs: 15 * 60_000 }

export interface SignInLimits {
  /** Counts an attempt. Throws `RefusedError` while the address, or everybody, has to wait. */
  attempt(address: string): Promise<void>
  /** The attempt was right: it does not count. */
  succeeded(address: string): Promise<void>
}

/** What an address counts under: an IPv6 customer has a /64, an IPv4-mapped address is the IPv4 one. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(address) || !isIPv6(address)) return address
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? []
  const front = head === "" ? [] : head.split(":")
  const back = tail === undefined || tail === "" ? [] : tail.split(":")
  const groups =
    tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back]
  return `${groups.slice(0, 4).join(":")}::/64`
}

/** The wait after so many failures. */
export function delayMs(failures: number, limit: { readonly free: number; readonly maxDelayMs: number }): number {
  if (failures < limit.free) return 0
  return Math.min(limit.maxDelayMs, 1_000 * 2 ** Math.min(30, failures - limit.free))
}

export function createSignInLimits(database: Database, clock: Clock): SignInLimits {
  const { signInFailure } = database.prisma

  async function count(key: string, limit: Limit): Promise<void> {
    const now = clock.now()
    const row = await signInFailure.findUnique({ where: { key } })
    if (row !== null && row.blockedUntil.getTime() > now) {
      const seconds = Math.ceil((row.blockedUntil.getTime() - now) / 1_000)
      throw new RefusedError("too_many_attempts", `Too many failed sign-ins; try again in ${seconds} s.`)
    }
    const isForgotten = row === null || now - row.lastFailureAt.getTime() > limit.forgetMs
    const failures = isForgotten ? 1 : row.failures + 1
    const data = { failures, lastFailureAt: new Date(now), blockedUntil: new Date(now + delayMs(failures, limit)) }
    await signInFailure.upsert({ where: { key }, create: { key, ...data }, update: data })
  }

  // One at a time, so that parallel attempts do not read the same count.
  let queue: Promise<unknown> = Promise.resolve()
  return {
    attempt: (address) => {
      const turn = queue.then(async () => {
        await count(`address:${addressGroup(address)}`, PER_ADDRESS)
        await count("global", GLOBAL)
      })
      queue = turn.catch(() => undefined)
      return turn
    },
    succeeded: async (address) => {
      await signInFailure.deleteMany({ where: { key: `address:${addressGroup(address)}` } })
      await signInFailure.updateMany({
        where: { key: "global", failures: { gt: 0 } },
        data: { failures: { decrement: 1 }, blockedUntil: new Date(clock.now()) },
      })
    },
  }
}
