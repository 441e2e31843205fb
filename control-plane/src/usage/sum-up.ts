/**
 * Roll-ups added up by what they are of, a bounded number of rows at a time: SQLite reads on the thread that does everything else. Long
 * stretches are read as days and hours where these lie inside.
 */
import { setImmediate as nextTurn } from "node:timers/promises"
import { Prisma } from "#generated/sqlite/client.ts"
import type { Database } from "../database/open.ts"
import { COUNTERS } from "./counters.ts"
import { STEPS, type Series, type Step } from "./roll-up.ts"

/** Roll-ups of one length, from a minute since the epoch until before another. */
export interface Stretch {
  readonly minutes: Step
  readonly start: number
  readonly end: number
}

export interface SumsAsked {
  readonly stretches: readonly Stretch[]
  /** The side of accounts, or that of clients. */
  readonly byAccount: boolean
  /** Each step by itself. */
  readonly bySteps: boolean
  readonly names: readonly (keyof Series)[]
  /** Of groups. */
  readonly limit: number
}

const TOTALS = [...COUNTERS, "failures", "cancellations"] as const
export type Total = (typeof TOTALS)[number]
/** Whole numbers are bigints. */
export type Totals = Readonly<Record<Total, bigint | number>>

export interface Group {
  /** In minutes since the epoch; 0 where all steps are together. */
  readonly start: number
  /** In the order of the names that were asked for. */
  readonly values: readonly string[]
  readonly totals: Totals
}

/** Of one look: at most some ten milliseconds. With fewer, each of a thousand accounts would be told again and again. */
export const ROWS_A_LOOK = 6_000

/** A time in as few roll-ups as cover it, of `finest` minutes at the shortest. Both ends are whole such steps. Pure. */
export function cover(start: number, end: number, finest: Step): Stretch[] {
  const inside = (from: number, to: number, steps: readonly Step[]): Stretch[] => {
    const minutes = steps.at(-1)
    if (minutes === undefined || from >= to) return []
    const [first, last] = [Math.ceil(from / minutes) * minutes, Math.floor(to / minutes) * minutes]
    const shorter = steps.slice(0, -1)
    if (first >= last) return inside(from, to, shorter)
    return [...inside(from, first, shorter), { minutes, start: first, end: last }, ...inside(last, to, shorter)]
  }
  return inside(
    start,
    end,
    STEPS.filter((step) => step >= finest),
  )
}

const DOUBLES: ReadonlySet<Total> = new Set(["durationMs", "firstContentMs", "waitedMs"])
/** They may be larger than a number can be exactly. */
const LARGE: ReadonlySet<Total> = new Set([
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "overheadUs",
])

const ofOutcomes = (list: string): string => `SUM(CASE WHEN s."outcome" IN (${list}) THEN u."requests" ELSE 0 END)`

const SUMS = TOTALS.map((name) => {
  if (name === "failures") return ofOutcomes("'FAILED', 'TRUNCATED'")
  if (name === "cancellations") return ofOutcomes("'CANCELLED'")
  return LARGE.has(name) ? `CAST(SUM(u."${name}") AS TEXT)` : `SUM(u."${name}")`
}).join(", ")

/** All sums of a group in one value: fifty columns of a thousand accounts take longer to fetch than to add up. */
const PACKED = { sqlite: `json_array(${SUMS})`, postgresql: `CAST(json_build_array(${SUMS}) AS TEXT)` }

type Row = Readonly<Record<string, bigint | number | string | null>>

/** In the order of TOTALS. */
type Sums = (bigint | number)[]

/** Where a look begins or ends: behind the roll-up of this series. */
interface Place {
  readonly start: number
  readonly seriesId: bigint
}

/** In order of time and then of the names; undefined: they are more than the limit. */
export async function sumUp(database: Database, asked: SumsAsked): Promise<Group[] | undefined> {
  const groups = new Map<string, { readonly start: number; readonly values: readonly string[]; readonly sums: Sums }>()
  for (const stretch of asked.stretches) {
    for (let after: Place | undefined, isOver = false; !isOver;) {
      const until: Place | undefined = await border(database, stretch, asked.byAccount, after)
      for (const row of await look(database, stretch, asked, after, until)) {
        const sums = sumsOf(row)
        if (sums === undefined) continue
        const start = asked.bySteps ? Number(row["start"]) : 0
        const values = asked.names.map((name) => String(row[name]))
        const name = JSON.stringify([start, ...values])
        const group = groups.get(name)
        if (group === undefined) groups.set(name, { start, values, sums })
        else add(group.sums, sums)
      }
      if (groups.size > asked.limit) return undefined
      after = until
      isOver = until === undefined
      await nextTurn()
    }
  }
  return [...groups.values()]
    .toSorted((left, right) => left.start - right.start || compare(left.values, right.values))
    .map(({ start, values, sums }) => ({ start, values, totals: totalsOf(sums) }))
}

function compare(left: readonly string[], right: readonly string[]): number {
  const place = left.findIndex((value, index) => value !== right[index])
  return place === -1 ? 0 : (left[place] ?? "") < (right[place] ?? "") ? -1 : 1
}

/** Undefined: of nothing at all there is one row, which says nothing. */
function sumsOf({ sums }: Row): Sums | undefined {
  const values = JSON.parse(String(sums)) as readonly (number | string | null)[] // as packed
  if (values[0] === null) return undefined
  return values.map((value) => (typeof value === "string" ? BigInt(value) : (value ?? 0)))
}

function add(sums: Sums, more: Sums): void {
  for (const [place, before] of sums.entries()) {
    const value = more[place] ?? 0
    sums[place] = typeof before === "bigint" ? before + BigInt(value) : before + Number(value)
  }
}

const totalsOf = (sums: Sums): Totals =>
  Object.fromEntries(
    TOTALS.map((name, place) => {
      const value = sums[place] ?? 0
      return [name, DOUBLES.has(name) ? Number(value) : BigInt(value)]
    }),
  ) as Totals // each of them

const rowsOf = ({ minutes, start, end }: Stretch, byAccount: boolean, after: Place | undefined): Prisma.Sql => {
  const behind =
    after === undefined ? Prisma.empty : Prisma.sql`AND (u."start", u."seriesId") > (${after.start}, ${after.seriesId})`
  // The start once more by itself: SQLite looks for no pair in an index.
  const first = after?.start ?? start
  return Prisma.sql`u."stepMinutes" = ${byAccount ? -minutes : minutes} AND u."start" >= ${first} AND u."start" < ${end} ${behind}`
}

/** The last roll-up of a look; undefined: what is left is fewer. */
async function border(
  { prisma }: Database,
  stretch: Stretch,
  byAccount: boolean,
  after: Place | undefined,
): Promise<Place | undefined> {
  const [row] = await prisma.$queryRaw<readonly { start: number | bigint; seriesId: string }[]>`
    SELECT u."start", CAST(u."seriesId" AS TEXT) AS "seriesId" FROM "UsageRollUp" u WHERE ${rowsOf(stretch, byAccount, after)}
    ORDER BY u."start", u."seriesId" LIMIT 1 OFFSET ${ROWS_A_LOOK - 1}`
  return row && { start: Number(row.start), seriesId: BigInt(row.seriesId) }
}

function look(
  { kind, prisma }: Database,
  stretch: Stretch,
  { byAccount, bySteps, names }: SumsAsked,
  after: Place | undefined,
  until: Place | undefined,
): Promise<readonly Row[]> {
  const groups = [...(bySteps ? [`u."start"`] : []), ...names.map((name) => `s."${name}"`)]
  const by = groups.length === 0 ? "" : `GROUP BY ${groups.join(", ")}`
  const end =
    until === undefined
      ? Prisma.empty
      : Prisma.sql`AND u."start" <= ${until.start} AND (u."start", u."seriesId") <= (${until.start}, ${until.seriesId})`
  return prisma.$queryRaw<readonly Row[]>`SELECT ${Prisma.raw([...groups, `${PACKED[kind]} AS "sums"`].join(", "))}
    FROM "UsageRollUp" u JOIN "UsageSeries" s ON s."id" = u."seriesId"
    WHERE ${rowsOf(stretch, byAccount, after)} ${end} ${Prisma.raw(by)}`
}
