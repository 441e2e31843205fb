/**
 * What was used, out of the roll-ups alone: as fast for ten million requests as for ten. A range is widened to whole steps, and every point
 * says which time it covers.
 */
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { MINUTE_MS, type Series, type Step } from "./roll-up.ts"
import { cover, sumUp, type Stretch, type Totals } from "./sum-up.ts"

export const DIMENSIONS = {
  MODEL: "model",
  API_KEY: "apiKeyId",
  ACCOUNT: "accountId",
  DIALECT: "dialect",
  NODE: "nodeId",
  OUTCOME: "outcome",
  ERROR_CODE: "errorCode",
  FAILURE_CLASS: "failureClass",
} as const satisfies Record<string, keyof Series>

export type UsageDimension = keyof typeof DIMENSIONS
export type UsageStep = "MINUTE" | "HOUR" | "DAY"

export interface UsageRange {
  readonly since: Date
  readonly until?: Date | null | undefined
  /** A point for each; undefined: one for the whole range. */
  readonly step?: UsageStep | null | undefined
}

export interface UsagePoint {
  readonly since: Date
  readonly until: Date
  /** Only what it was grouped by, and only what the requests had. */
  readonly group: Partial<Series>
  readonly counts: Totals
}

/** For how long steps are kept, in days. */
export interface KeptDays {
  readonly minutes: number
  readonly hours: number
  readonly days: number
}

const MINUTES: Record<UsageStep, Step> = { MINUTE: 1, HOUR: 60, DAY: 1_440 }
const DAY_MS = 86_400_000
export const MAX_STEPS = 1_500
export const MAX_POINTS = 10_000
/** How many steps are added up at most for one point; beyond it the next longer ones are. */
const WHOLE_STEPS: Record<UsageStep, number> = { MINUTE: 720, HOUR: 168, DAY: Number.POSITIVE_INFINITY }
/** What of the client's side stands with no account. */
const NOT_BY_ACCOUNT: readonly UsageDimension[] = ["API_KEY", "DIALECT", "NODE"]

function refuse(message: string, ...path: string[]): never {
  throw new InvalidInputError("out_of_range", message, path)
}

const keptOf = (step: UsageStep, kept: KeptDays): number =>
  ({ MINUTE: kept.minutes, HOUR: kept.hours, DAY: kept.days })[step]

/** The shortest steps that are still kept of all of a range, and few enough. */
function finest(since: number, until: number, now: number, kept: KeptDays): UsageStep {
  const fits = (step: UsageStep): boolean =>
    since >= now - keptOf(step, kept) * DAY_MS && (until - since) / (MINUTES[step] * MINUTE_MS) <= WHOLE_STEPS[step]
  return fits("MINUTE") ? "MINUTE" : fits("HOUR") ? "HOUR" : "DAY"
}

interface Plan {
  readonly stretches: readonly Stretch[]
  /** In minutes, where there is a point for each step; otherwise there is one from `start` to `end`. */
  readonly step: number | undefined
  readonly start: number
  readonly end: number
}

function planOf(range: UsageRange, now: number, kept: KeptDays): Plan {
  const since = range.since.getTime()
  const until = range.until?.getTime() ?? now
  if (since < 0) refuse("Nothing was used before 1970.", "range", "since")
  if (until <= since) refuse("A range ends after it begins.", "range", "until")
  const step = range.step ?? finest(since, until, now, kept)
  const minutes = MINUTES[step]
  const aligned = (time: number, round: (value: number) => number): number =>
    round(time / MINUTE_MS / minutes) * minutes
  const [start, end] = [aligned(since, Math.floor), aligned(until, Math.ceil)]
  // What reaches into the time that is kept is kept as a whole.
  const oldest = Math.max(0, aligned(now - keptOf(step, kept) * DAY_MS, Math.floor))
  if (!range.step) {
    const first = Math.max(start, oldest)
    return { stretches: cover(first, end, minutes), step: undefined, start: first, end }
  }
  const steps = (end - start) / minutes
  const kind = step.toLowerCase()
  if (steps > MAX_STEPS) refuse(`That is ${steps} ${kind}s; at most ${MAX_STEPS} are told at once.`, "range", "step")
  // Who asks for all that is kept may be a step behind when that is read.
  if (start < oldest - minutes) {
    const from = new Date(oldest * MINUTE_MS).toISOString()
    const more = step === "DAY" ? "" : ", or for longer steps"
    refuse(`Each ${kind} is kept for ${keptOf(step, kept)} days: ask from ${from} on${more}.`, "range", "step")
  }
  return { stretches: [{ minutes, start, end }], step: minutes, start, end }
}

/** Throws `InvalidInputError` for a range or grouping that cannot be told. */
export async function readUsage(
  database: Database,
  now: number,
  kept: KeptDays,
  range: UsageRange,
  groupBy: readonly UsageDimension[],
): Promise<UsagePoint[]> {
  const { stretches, step, start, end } = planOf(range, now, kept)
  const byAccount = groupBy.includes("ACCOUNT")
  const stray = byAccount ? groupBy.find((dimension) => NOT_BY_ACCOUNT.includes(dimension)) : undefined
  if (stray !== undefined) {
    refuse(`Usage of accounts is not kept by ${stray}: ask for one of the two, or for a page of requests.`, "groupBy")
  }
  const names = [...new Set(groupBy.map((dimension) => DIMENSIONS[dimension]))]
  const groups = await sumUp(database, { stretches, byAccount, bySteps: step !== undefined, names, limit: MAX_POINTS })
  if (groups === undefined) {
    return refuse(
      `That is more than ${MAX_POINTS} points: ask for a shorter range, longer steps or fewer groups.`,
      "groupBy",
    )
  }
  return groups.map(({ start: own, values, totals }) => {
    const [from, to] = step === undefined ? [start, end] : [own, own + step]
    const told = names.flatMap((name, place) => (values[place] === "" ? [] : [[name, values[place]]]))
    return {
      since: new Date(from * MINUTE_MS),
      until: new Date(to * MINUTE_MS),
      group: Object.fromEntries(told) as Partial<Series>, // names of it only
      counts: totals,
    }
  })
}
