/**
 * When one quota is used up over a pool of accounts, if they go on as they did lately; of a single account the same. What is unknown stays
 * unknown: it widens the forecast and is neither full nor empty. Pure.
 */
import { quotaWindowMs, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import { sumTokens, type Point } from "../points.ts"
import { greatest, least } from "./extremes.ts"
import { burnsOf, sum, type Burn } from "./burn.ts"
import { exhaustedAt, type Supply } from "./exhaustion.ts"
import { burnRate, recentMs, type AccountBurns, type BurnRate } from "./rate.ts"
import { tokenCost, usedBy, type TokenCost } from "./token-cost.ts"

export interface ForecastAccount {
  /** It may be used, so what it has counts; what was used of another says only how much is asked for. */
  readonly isServing: boolean
  /** So much of the window is left alone. */
  readonly reserve: number
  /** What was read, oldest first, at least as far back as counts as recent; the last is what is known now. */
  readonly points: readonly Point[]
  /** Tokens of our own requests since the last point; undefined: nobody counted. */
  readonly usedTokens: number | undefined
  /** The upstream refuses it until then, whatever was read. */
  readonly restsUntil: number | undefined
}

/** Milliseconds since the epoch; undefined: not before the accounts are renewed. */
export interface Exhaustion {
  readonly earliest: number | undefined
  readonly likely: number | undefined
  readonly latest: number | undefined
}

export type QuotaOutlook = "EXHAUSTED" | "EXHAUSTS" | "NOT_BEFORE_RESET" | "UNKNOWN"
export type UnknownReason = "NO_ACCOUNTS" | "NOT_READ" | "TOO_FEW_READINGS" | "NO_TRAFFIC"

/** What was taken off what was read, for requests of our own since. */
export interface QuotaEstimate {
  readonly used: number
  /** Of how many tokens. */
  readonly tokens: number
  /** Of an account's window, as the median of so many falls of readings has it. */
  readonly tokenCost: number
  readonly falls: number
}

export interface QuotaForecast {
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
  /** The sum over the accounts that are known; each is 1 when it is full. */
  readonly remaining: number
  /** The same as it was read. */
  readonly read: number
  /** How the two differ; undefined: they do not. */
  readonly estimate: QuotaEstimate | undefined
  /** The part of what remains that may be used now: above reserves, and of no account that rests. */
  readonly usable: number
  readonly accountsKnown: number
  readonly accountsUnknown: number
  /** Of the known ones those that rest. */
  readonly accountsResting: number
  /** The oldest reading that counts. */
  readonly oldestReadAt: number | undefined
  /** When the first and the last of the known accounts are renewed. */
  readonly nextResetAt: number | undefined
  readonly lastResetAt: number | undefined
  /** Fractions of an account's window an hour; undefined: too little was read. */
  readonly burn:
    | { readonly perHour: number; readonly low: number; readonly high: number; readonly since: number }
    | undefined
  readonly outlook: QuotaOutlook
  /** Why the outlook is unknown. */
  readonly reason: UnknownReason | undefined
  /** Undefined: it is used up already, or the outlook is unknown. */
  readonly exhaustsAt: Exhaustion | undefined
}

const HOUR_MS = 3_600_000
/** An account of which so many tokens were used while every reading was full is read wrong. */
const UNMOVED_TOKENS = 100_000

interface Known {
  readonly account: ForecastAccount
  readonly last: Point
  /** What our own requests used since it was last read. */
  readonly used: number
  /** As last read, less that. */
  readonly remaining: number
  readonly isResting: boolean
}

export function forecastQuota(
  bucket: QuotaBucket,
  window: QuotaWindow,
  accounts: readonly ForecastAccount[],
  now: number,
): QuotaForecast {
  const burns = accounts.map(({ points }) => burnsOf(points, window))
  const cost = tokenCost(burns, window)
  const serving = accounts.filter(({ isServing }) => isServing)
  const known = serving.flatMap((account) => knownOf(account, cost, window, now) ?? [])
  const usable = sum(known.map(usableNow))
  const resets = known.flatMap(({ last }) => last.resetsAt ?? [])
  const lastResetAt = resets.length === 0 ? undefined : greatest(resets)
  const rate = burnRate(
    accounts.map((account, index) => recentBurns(account, burns[index] ?? [], cost, window, now)),
    window,
    now,
  )
  const spanHours = recentMs(window) / HOUR_MS
  const told = {
    bucket,
    window,
    remaining: sum(known.map(({ remaining }) => remaining)),
    read: sum(known.map(({ last }) => last.remainingFraction)),
    estimate: estimateOf(known, cost),
    usable,
    accountsKnown: known.length,
    accountsUnknown: serving.length - known.length,
    accountsResting: known.filter(({ isResting }) => isResting).length,
    oldestReadAt: known.length === 0 ? undefined : least(known.map(({ last }) => last.readAt)),
    nextResetAt: resets.length === 0 ? undefined : least(resets),
    lastResetAt,
    burn: rate && {
      perHour: rate.perHour,
      low: rate.low(spanHours) / spanHours,
      high: rate.high(spanHours) / spanHours,
      since: rate.since,
    },
  }
  const unknown = (reason: UnknownReason): QuotaForecast => {
    return { ...told, outlook: "UNKNOWN", reason, exhaustsAt: undefined }
  }
  if (serving.length === 0) return unknown("NO_ACCOUNTS")
  if (known.length === 0) return unknown("NOT_READ")
  if (usable <= 0 && told.accountsUnknown === 0) {
    return { ...told, outlook: "EXHAUSTED", reason: undefined, exhaustsAt: undefined }
  }
  if (rate === undefined) return unknown("TOO_FEW_READINGS")
  if (rate.perHour === 0) return unknown("NO_TRAFFIC")
  const until = Math.min(lastResetAt ?? Infinity, now + quotaWindowMs(window))
  const exhaustsAt = exhaustion(known, told.accountsUnknown, rate, window, now, until)
  const outlook = exhaustsAt.likely === undefined ? "NOT_BEFORE_RESET" : "EXHAUSTS"
  return { ...told, outlook, reason: undefined, exhaustsAt }
}

/** What is not known is nothing at the earliest, as much as the others have when it goes as is likely, and full at the latest. */
function exhaustion(
  known: readonly Known[],
  unknown: number,
  rate: BurnRate,
  window: QuotaWindow,
  now: number,
  until: number,
): Exhaustion {
  const supplies = known.map((one) => supplyOf(one, window, now, until))
  const extra = (usable: number): readonly Supply[] => [...supplies, { usable: usable * unknown, renewals: [] }]
  const mean = sum(supplies.map(({ usable }) => usable)) / supplies.length
  return {
    earliest: exhaustedAt(extra(0), rate.high, now, until),
    likely: exhaustedAt(extra(mean), (hours) => rate.perHour * hours, now, until),
    latest: exhaustedAt(extra(1), rate.low, now, until),
  }
}

/** Undefined: nobody knows what it has. A window that has ended is unknown until it is read again. */
function knownOf(
  account: ForecastAccount,
  cost: TokenCost | undefined,
  window: QuotaWindow,
  now: number,
): Known | undefined {
  const last = account.points.at(-1)
  if (last === undefined || (last.resetsAt !== undefined && last.resetsAt <= now) || isUnmoved(account))
    return undefined
  const used = Math.min(last.remainingFraction, usedBy(account.usedTokens ?? 0, now - last.readAt, cost, window))
  const isResting = account.restsUntil !== undefined && account.restsUntil > now
  return { account, last, used, remaining: last.remainingFraction - used, isResting }
}

function estimateOf(known: readonly Known[], cost: TokenCost | undefined): QuotaEstimate | undefined {
  const counted = known.filter(({ used }) => used > 0)
  if (cost === undefined || counted.length === 0) return undefined
  return {
    used: sum(counted.map(({ used }) => used)),
    tokens: sum(counted.map(({ account }) => account.usedTokens ?? 0)),
    tokenCost: cost.perToken,
    falls: cost.falls,
  }
}

/** Every reading says full, and yet it is used. */
function isUnmoved({ points, usedTokens }: ForecastAccount): boolean {
  const used = points.reduce<number | undefined>((total, point) => sumTokens(total, point.usedTokens), undefined)
  const isFull = points.length > 1 && points.every(({ remainingFraction }) => remainingFraction === 1)
  return isFull && (sumTokens(used, usedTokens) ?? 0) >= UNMOVED_TOKENS
}

/** Fractions that differ by less are the same. */
const NOTHING = 1e-9

function above(reserve: number, remaining: number): number {
  const usable = remaining - reserve
  return usable < NOTHING ? 0 : usable
}

const usableNow = ({ account, remaining, isResting }: Known): number =>
  isResting ? 0 : above(account.reserve, remaining)

function supplyOf(one: Known, window: QuotaWindow, now: number, until: number): Supply {
  const { account, last, remaining, isResting } = one
  const { reserve, restsUntil = now } = account
  const renewals: { at: number; usable: number }[] = []
  // What was read is true again when the upstream's word is over, unless the window ends before.
  if (isResting) renewals.push({ at: restsUntil, usable: above(reserve, remaining) })
  const lengthMs = windowLength(window, last)
  for (let at = last.resetsAt ?? Infinity; at <= until; at += lengthMs) {
    if (at > now) renewals.push({ at: Math.max(at, isResting ? restsUntil : at), usable: above(reserve, 1) })
  }
  return { usable: usableNow(one), renewals }
}

/** Of the nearest window by how far off its end was when it was read. */
function windowLength(window: QuotaWindow, { resetsAt, readAt }: Point): number {
  if (window !== "nearest") return quotaWindowMs(window)
  const isShort = resetsAt !== undefined && resetsAt - readAt <= quotaWindowMs("5h")
  return quotaWindowMs(isShort ? "5h" : "weekly")
}

/** With what was used since the last reading, as far as we know what a token costs. */
function recentBurns(
  { points, usedTokens, isServing }: ForecastAccount,
  read: readonly Burn[],
  cost: TokenCost | undefined,
  window: QuotaWindow,
  now: number,
): AccountBurns {
  const last = points.at(-1)
  if (last === undefined) return { burns: [], goesOn: false }
  const isOver = last.resetsAt !== undefined && last.resetsAt <= now
  const goesOn = isServing && last.remainingFraction > 0
  const isCounted = cost !== undefined && usedTokens !== undefined && !isOver && last.readAt < now
  if (!isCounted) return { burns: read, goesOn }
  const fraction = Math.min(last.remainingFraction, usedBy(usedTokens, now - last.readAt, cost, window))
  return { burns: [...read, { from: last.readAt, to: now, fraction, tokens: usedTokens }], goesOn }
}
