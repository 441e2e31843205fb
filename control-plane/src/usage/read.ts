/**
 * What was used, out of the roll-ups alone: as fast for ten million requests as for ten. A range is widened to whole steps, and every point
 * says which time it covers.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { COUNTERS, type Counter } from "./counters.ts"
import { MINUTE_MS, type Series, type Step } from "./roll-up.ts"

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
  readonly counts: Readonly<Record<Counter | "failures" | "cancellations", bigint | number>>
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

const refuse = (message: string, ...path: string[]): never => {
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

function planOf(range: UsageRange, now: number, kept: KeptDays) {
  const since = range.since.getTime()
  const until = range.until?.getTime() ?? now
  if (since < 0) refuse("Nothing was used before 1970.", "range", "since")
  if (until <= since) refuse("A range ends after it begins.", "range", "until")
  const step = range.step ?? finest(since, until, now, kept)
  const minutes = MINUTES[step]
  const aligned = (time: number, round: (value: number) => number): number =>
    round(time / MINUTE_MS / minutes) * minutes
  const [start, end] = [aligned(since, Math.floor), aligned(until, Math.ceil)]
  if (range.step) {
    const steps = (end - start) / minutes
    const kind = step.toLowerCase()
    if (steps > MAX_STEPS) refuse(`That is ${steps} ${kind}s; at most ${MAX_STEPS} are told at once.`, "range", "step")
    const days = keptOf(step, kept)
    if (step !== "DAY" && since < now - (days + 1) * DAY_MS) {
      refuse(`Each ${kind} is kept for ${days} days: ask for longer steps, or for later ones.`, "range", "step")
    }
  }
  return { minutes, start, end, isWhole: !range.step }
}

const SUMS = COUNTERS.map((name) => `CAST(SUM(u."${name}") AS BIGINT) AS "${name}"`)
const OUTCOMES = [
  `CAST(SUM(CASE WHEN s."outcome" IN ('FAILED', 'TRUNCATED') THEN u."requests" ELSE 0 END) AS BIGINT) AS "failures"`,
  `CAST(SUM(CASE WHEN s."outcome" = 'CANCELLED' THEN u."requests" ELSE 0 END) AS BIGINT) AS "cancellations"`,
]

type Row = Readonly<Record<string, bigint | number | string | null>>

/** Throws `InvalidInputError` for a range or grouping that cannot be told. */
export async function readUsage(
  database: Database,
  now: number,
  kept: KeptDays,
  range: UsageRange,
  groupBy: readonly UsageDimension[],
): Promise<UsagePoint[]> {
  const { minutes, start, end, isWhole } = planOf(range, now, kept)
  const byAccount = groupBy.includes("ACCOUNT")
  const stray = byAccount ? groupBy.find((dimension) => NOT_BY_ACCOUNT.includes(dimension)) : undefined
  if (stray !== undefined) {
    refuse(`Usage of accounts is not kept by ${stray}: ask for one of the two, or for a page of requests.`, "groupBy")
  }
  const names = [...new Set(groupBy.map((dimension) => DIMENSIONS[dimension]))]
  const groups = [...(isWhole ? [] : [`u."start"`]), ...names.map((name) => `s."${name}"`)]
  const by = groups.length === 0 ? "" : `GROUP BY ${groups.join(", ")} ORDER BY ${groups.join(", ")}`
  const rows = await database.prisma.$queryRaw<readonly Row[]>`
    SELECT ${Prisma.raw([...groups, ...SUMS, ...OUTCOMES].join(", "))}
    FROM "UsageRollUp" u JOIN "UsageSeries" s ON s."id" = u."seriesId"
    WHERE u."stepMinutes" = ${byAccount ? -minutes : minutes} AND u."start" >= ${start} AND u."start" < ${end}
    ${Prisma.raw(by)} LIMIT ${MAX_POINTS + 1}`
  if (rows.length > MAX_POINTS) {
    refuse(`That is more than ${MAX_POINTS} points: ask for a shorter range, longer steps or fewer groups.`, "groupBy")
  }
  return rows.flatMap((row) => (row["requests"] === null ? [] : pointOf(row, names, isWhole ? [start, end] : minutes)))
}

function pointOf(row: Row, names: readonly (keyof Series)[], covered: readonly [number, number] | number): UsagePoint {
  const own = Number(row["start"])
  const [from, to] = typeof covered === "number" ? [own, own + covered] : covered
  const told = names.flatMap((name) => (row[name] === "" ? [] : [[name, String(row[name])]]))
  return {
    since: new Date(from * MINUTE_MS),
    until: new Date(to * MINUTE_MS),
    group: Object.fromEntries(told) as Partial<Series>, // names of it only
    counts: Object.fromEntries(
      [...COUNTERS, "failures", "cancellations"].map((name) => [name, row[name] ?? 0]),
    ) as UsagePoint["counts"], // every counter once
  }
}
