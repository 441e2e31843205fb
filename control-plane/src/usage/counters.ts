/** The numbers of a roll-up: their columns, and what one exchange or one attempt adds to them. Pure. */
import type { AttemptRecord, ExchangeRecord } from "#shared/link-protocol.ts"
import { BUCKETS, bucketOf } from "./histogram.ts"

const buckets = <Name extends "duration" | "first">(name: Name): `${Name}${number}`[] =>
  Array.from({ length: BUCKETS }, (_, bucket): `${Name}${number}` => `${name}${bucket}`)

export const DURATION_BUCKETS = buckets("duration")
export const FIRST_CONTENT_BUCKETS = buckets("first")

const SUMS = [
  "requests",
  "attempts",
  "retried",
  "usageTold",
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "durationMs",
  "contentful",
  "firstContentMs",
  "waited",
  "waitedMs",
  "overheadTold",
  "overheadUs",
] as const

/** Every counter of a roll-up, each a column of that name. */
export const COUNTERS = [...SUMS, ...DURATION_BUCKETS, ...FIRST_CONTENT_BUCKETS] as const

export type Counter = (typeof COUNTERS)[number]

/** What is not there is 0. */
export type Counts = Partial<Record<Counter, number>>

/** Every counter's sum, in the order of `COUNTERS`. */
export type Sums = number[]

export const noSums = (): Sums => COUNTERS.map(() => 0)

const PLACES = COUNTERS.map((name, place) => [name, place] as const)

export function addCounts(to: Sums, more: Counts): void {
  for (const [name, place] of PLACES) {
    const value = more[name]
    if (value !== undefined) to[place] = (to[place] ?? 0) + value
  }
}

export function addSums(to: Sums, more: readonly number[]): void {
  for (const [place, value] of more.entries()) if (value !== 0) to[place] = (to[place] ?? 0) + value
}

const whole = (value: number | undefined): number => Math.trunc(value ?? 0)

/** One exchange, with all of its attempts. */
export function countsOf({ usage, attempts, ...record }: ExchangeRecord): Counts {
  const { durationMs, firstContentMs, overheadUs, refusal } = record
  const waits = [...attempts.map((attempt) => attempt.waitedMs), refusal?.waitedMs].filter((ms) => ms !== undefined)
  const isTold = usage.inputTokens !== undefined || usage.outputTokens !== undefined
  return {
    requests: 1,
    attempts: attempts.length,
    retried: attempts.length > 1 ? 1 : 0,
    usageTold: isTold ? 1 : 0,
    inputTokens: whole(usage.inputTokens),
    cachedInputTokens: whole(usage.cachedInputTokens),
    outputTokens: whole(usage.outputTokens),
    reasoningTokens: whole(usage.reasoningTokens),
    durationMs,
    [`duration${bucketOf(durationMs)}`]: 1,
    ...(firstContentMs === undefined ? {} : { contentful: 1, firstContentMs, [`first${bucketOf(firstContentMs)}`]: 1 }),
    ...(waits.length === 0 ? {} : { waited: 1, waitedMs: waits.reduce((sum, ms) => sum + ms, 0) }),
    ...(overheadUs === undefined ? {} : { overheadTold: 1, overheadUs: whole(overheadUs) }),
  }
}

/** The exchange again, for the account it ended on: with its last attempt only, as the others are other accounts' or calls of their own. */
export function countsOfLast(record: ExchangeRecord): Counts {
  const { waited: _waited, waitedMs: _waitedMs, ...counts } = countsOf(record)
  const last = record.attempts.at(-1)
  return { ...counts, ...(last === undefined ? {} : countsOfAttempt(last)), requests: 1 }
}

/** An attempt that was not the last: a call, and a wait before it. */
export function countsOfAttempt({ waitedMs }: AttemptRecord): Counts {
  return { attempts: 1, ...(waitedMs === undefined ? {} : { waited: 1, waitedMs }) }
}
