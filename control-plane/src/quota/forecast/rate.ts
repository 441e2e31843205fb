/**
 * The pool's burn as a rate with its uncertainty. Recent time is cut into slots; how much the slots differ says how far the next hours
 * may differ from their mean. Pure.
 */
import { least } from "./extremes.ts"
import type { QuotaWindow } from "#shared/quota-bucket.ts"
import { sum, type Burn } from "./burn.ts"

const HOUR_MS = 3_600_000

/** What counts as recent, and into how many slots it is cut: a week is judged by a whole day, so that its night counts. */
const RECENT: Readonly<Record<QuotaWindow, { readonly ms: number; readonly slots: number }>> = {
  "5h": { ms: 2 * HOUR_MS, slots: 12 },
  weekly: { ms: 24 * HOUR_MS, slots: 24 },
  nearest: { ms: 2 * HOUR_MS, slots: 12 },
}

export const recentMs = (window: QuotaWindow): number => RECENT[window].ms

/** How often what comes lies between the low and the high bound. */
export const CONFIDENCE = 0.8
/** Student's t at 0.9 by degrees of freedom: each bound is missed one time in ten. */
const QUANTILES = [3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356] as const
const LAST_QUANTILE = 1.345
/** Fewer slots say nothing of how they differ. */
const FEWEST_SLOTS = 3
/** Slots of the past never count as steadier than this share of their mean: tomorrow is not that well known. */
const STEADIEST = 0.25
/** A burst lies farther above the mean than a lull below it, and twelve slots seldom show the largest. */
const BURSTS = 1.25

export interface AccountBurns {
  /** Oldest first, without overlap. */
  readonly burns: readonly Burn[]
  /** After its last burn it may have gone on in the same way; false: nothing can be used of it since. */
  readonly goesOn: boolean
}

/** Fractions of an account's window. */
export interface BurnRate {
  readonly perHour: number
  /** Where the time that it was taken from begins. */
  readonly since: number
  /** Used up in so many hours from now, at least and at most. */
  readonly low: (hours: number) => number
  readonly high: (hours: number) => number
}

interface Slot {
  readonly begin: number
  readonly end: number
  burnt: number
  /** Of the time of all accounts, how much was seen, and how much there was. */
  seenMs: number
  knownMs: number
}

const overlap = (from: number, to: number, begin: number, end: number): number =>
  Math.max(0, Math.min(to, end) - Math.max(from, begin))

/** Undefined: too little was seen. */
export function burnRate(accounts: readonly AccountBurns[], window: QuotaWindow, now: number): BurnRate | undefined {
  const { ms, slots: count } = RECENT[window]
  const slotMs = ms / count
  const seen = accounts.filter(({ burns }) => burns.some(({ to }) => to > now - ms))
  const firstAt = Math.max(now - ms, least(seen.map(({ burns }) => burns[0]?.from ?? now)))
  const slots = Array.from({ length: count }, (_, index): Slot => {
    const begin = Math.max(firstAt, now - ms + index * slotMs)
    return { begin, end: now - ms + (index + 1) * slotMs, burnt: 0, seenMs: 0, knownMs: 0 }
  }).filter(({ begin, end }) => end - begin >= slotMs / 2)
  for (const account of seen) addTo(slots, account, now - ms)
  const rates = slots.flatMap(({ begin, end, burnt, seenMs, knownMs }) =>
    knownMs > 0 && seenMs / knownMs >= 0.5 ? [(burnt / (end - begin)) * HOUR_MS] : [],
  )
  if (rates.length < FEWEST_SLOTS) return undefined
  return rateOf(rates, slotMs / HOUR_MS, firstAt)
}

/** What one account burnt, in each of the slots (in the order of time): each of its burns is looked at once, as there may be many. */
function addTo(slots: readonly Slot[], { burns, goesOn }: AccountBurns, recentFrom: number): void {
  const [first, last] = [burns[0], burns.at(-1)]
  if (first === undefined || last === undefined) return
  const own = slots.map(() => 0)
  let next = 0
  for (const { from, to, fraction } of burns) {
    while ((slots[next]?.end ?? Infinity) <= from) next += 1
    for (let index = next; ; index += 1) {
      const slot = slots[index]
      if (slot === undefined || slot.begin >= to) break
      const ms = overlap(from, to, slot.begin, slot.end)
      own[index] = (own[index] ?? 0) + ms
      slot.burnt += (fraction * ms) / (to - from)
    }
  }
  const rate = ownRate(burns, recentFrom)
  for (const [index, slot] of slots.entries()) {
    const ownMs = own[index] ?? 0
    // A time that nobody saw counts as its others do; before its first reading the account was not there.
    const until = goesOn ? slot.end : last.to
    const missedMs = Math.max(0, overlap(first.from, until, slot.begin, slot.end) - ownMs)
    slot.burnt += missedMs * rate
    slot.seenMs += ownMs
    slot.knownMs += ownMs + (goesOn ? missedMs : 0)
  }
}

/** A fraction a millisecond, over all that was seen of it lately. */
function ownRate(burns: readonly Burn[], recentFrom: number): number {
  const recent = burns.filter(({ to }) => to > recentFrom)
  const ms = sum(recent.map(({ from, to }) => to - from))
  return ms === 0 ? 0 : sum(recent.map(({ fraction }) => fraction)) / ms
}

function rateOf(slots: readonly number[], slotHours: number, since: number): BurnRate {
  const count = slots.length
  const perHour = sum(slots) / count
  const differences = slots.map((one) => one - perHour)
  const variance = sum(differences.map((one) => one * one)) / (count - 1)
  const deviation = Math.max(Math.sqrt(variance), STEADIEST * perHour)
  // Slots that follow their neighbours say less than as many of their own would.
  const together = sum(differences.slice(1).map((one, index) => one * (differences[index] ?? 0)))
  const seen = variance === 0 ? 0 : together / (variance * (count - 1))
  // So few slots show less of it than there is (Kendall's correction).
  const correlation = Math.min(0.9, Math.max(0, seen + (1 + 4 * seen) / count))
  const repetition = Math.min(count / 2, (1 + correlation) / (1 - correlation))
  const freedom = Math.max(1, Math.floor(count / repetition) - 1)
  const width = (QUANTILES[freedom - 1] ?? LAST_QUANTILE) * deviation * Math.sqrt(repetition)
  // The mean that was seen is off by so much, and the hours that come are off by theirs.
  const spread = (hours: number): number => width * Math.sqrt(hours * slotHours + (hours * hours) / count)
  return {
    perHour,
    since,
    low: (hours) => Math.max(0, perHour * hours - spread(hours)),
    high: (hours) => perHour * hours + BURSTS * spread(hours),
  }
}
