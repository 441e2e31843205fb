/**
 * Pages of requests, newest first, in bounded work however many there are and whatever is asked for. Of the conditions the one with
 * the fewest records near the page is followed in its index, and at most `MAX_LOOKED_AT` records are held against the others. Where
 * that does not fill a page the page is short and says how far it looked; its cursor goes on from there.
 * Why: docs/decisions/0008-bounded-pages.md.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { RequestRecordModel } from "#generated/sqlite/models.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import {
  encodeCursor,
  readConnection,
  type Connection,
  type ConnectionArguments,
  type Position,
} from "../graphql/connection.ts"
import { conditionsOf, NEVER, type Condition, type RequestFilter, type Stretch } from "./filter.ts"

/** Of one page: records that are held against the conditions. */
export const MAX_LOOKED_AT = 2_000
/** How far into each index is looked to see which is the thinnest. */
const PROBE = 500

export interface RequestPage extends Connection<RequestRecordModel> {
  /** Where a page that is not full left off; null: it is full, or all was looked at. */
  readonly searchedUntil: Date | null
}

/** All that a condition may ask of a row. */
const COLUMNS = Prisma.raw(
  [
    "id",
    "startedAt",
    "nodeId",
    "apiKeyId",
    "dialect",
    "requestedModel",
    "model",
    "outcome",
    "status",
    "errorCode",
    "errorMessage",
    "durationMs",
    "conversation",
    "accountId",
    "failureClass",
    "attemptCount",
    "capture",
  ]
    .map((name) => `r."${name}"`)
    .join(", "),
)

const EVERYTHING: Stretch = { table: "RequestRecord", index: "RequestRecord_startedAt_id_idx" }

/** The time in which a page lies: behind its cursor, within since and until. */
interface Window {
  readonly after: Position | undefined
  readonly since: Date | undefined
  readonly until: Date | undefined
}

interface Found {
  readonly id: string
  readonly startedAt: Date | string
}

const toPosition = ({ id, startedAt }: Found): Position => ({ at: new Date(startedAt), id })

const LAST = new Date(253_402_300_799_999)
const FIRST = new Date(0)

/** The rows of a stretch within the window, newest first: which columns, and how many at most. */
function read(
  database: Database,
  { table, index, column, value, only }: Stretch,
  { after, since, until }: Window,
  columns: Prisma.Sql,
  limit: Prisma.Sql,
): Prisma.Sql {
  const id = Prisma.raw(table === "RequestRecord" ? `r."id"` : `r."requestId"`)
  const from = Prisma.raw(`"${table}" r${database.kind === "sqlite" ? ` INDEXED BY "${index}"` : ""}`)
  const newest = after === undefined || (until !== undefined && until <= after.at) ? (until ?? LAST) : after.at
  const bounds = [
    ...(only === undefined ? [] : [Prisma.raw(only)]),
    ...(until === undefined ? [] : [Prisma.sql`r."startedAt" < ${until}`]),
    ...(after === undefined ? [] : [Prisma.sql`(r."startedAt" < ${after.at} OR ${id} < ${after.id})`]),
  ]
  if (column === undefined || database.kind === "sqlite") {
    const all = [
      ...(column === undefined ? [] : [Prisma.sql`r.${Prisma.raw(`"${column}"`)} = ${value}`]),
      Prisma.sql`r."startedAt" <= ${newest}`,
      Prisma.sql`r."startedAt" >= ${since ?? FIRST}`,
      ...bounds,
    ]
    return Prisma.sql`SELECT ${columns} FROM ${from} WHERE ${Prisma.join(all, " AND ")}
      ORDER BY r."startedAt" DESC, ${id} DESC ${limit}`
  }
  // Said as a range over both columns, with an order that begins with the first: no index but this stretch's has that order, so that
  // PostgreSQL does not walk all requests for a value that it takes for a frequent one.
  const name = Prisma.raw(`r."${column}"`)
  const all = [
    Prisma.sql`(${name}, r."startedAt") <= (${value}${castOf(column)}, ${newest})`,
    Prisma.sql`(${name}, r."startedAt") >= (${value}${castOf(column)}, ${since ?? FIRST})`,
    ...bounds,
  ]
  return Prisma.sql`SELECT ${columns} FROM ${from} WHERE ${Prisma.join(all, " AND ")}
    ORDER BY ${name} DESC, r."startedAt" DESC, ${id} DESC ${limit}`
}

/** Parameters are texts and numbers; PostgreSQL's enumeration is neither. */
const castOf = (column: string): Prisma.Sql => Prisma.raw(column === "outcome" ? `::"RequestOutcome"` : "")

const limitOf = (count: number, skip = 0): Prisma.Sql => Prisma.sql`LIMIT ${count} OFFSET ${skip}`

/** The rows of all stretches together. */
function readAll(database: Database, stretches: readonly Stretch[], window: Window, count: number): Prisma.Sql {
  const each = stretches.map((stretch, place) => {
    const name = Prisma.raw(`s${place}`)
    if (stretch.table === "RequestRecord") {
      return Prisma.sql`SELECT * FROM (${read(database, stretch, window, COLUMNS, limitOf(count))}) AS ${name}`
    }
    const ids = read(database, stretch, window, Prisma.sql`r."requestId" AS "id"`, limitOf(count))
    return Prisma.sql`SELECT ${COLUMNS} FROM (${ids}) AS ${name} JOIN "RequestRecord" r ON r."id" = ${name}."id"`
  })
  const [only, ...more] = each
  if (only !== undefined && more.length === 0) return only
  return Prisma.sql`SELECT * FROM (${Prisma.join(each, " UNION ALL ")}) AS u ORDER BY "startedAt" DESC, "id" DESC ${limitOf(count)}`
}

/** The stretches to follow: those of the condition that has the fewest records behind the window's end. */
async function thinnest(
  database: Database,
  conditions: readonly Condition[],
  window: Window,
): Promise<Condition | undefined> {
  const known = conditions.filter(({ stretches }) => stretches.length > 0)
  if (known.length < 2) return known[0]
  const looks = known.flatMap(({ stretches }, place) =>
    stretches.map((stretch) => {
      const time = read(database, stretch, window, Prisma.sql`r."startedAt"`, limitOf(1, PROBE))
      return Prisma.sql`SELECT ${Prisma.raw(String(place))} AS "place", (${time}) AS "at"`
    }),
  )
  const seen = await database.prisma.$queryRaw<readonly { place: number | bigint; at: Date | string | null }[]>(
    Prisma.join(looks, " UNION ALL "),
  )
  /** How far back so many reach; a condition is as thick as the thickest of its stretches. */
  const reach = (place: number): number =>
    Math.max(
      ...seen.filter((one) => Number(one.place) === place).map(({ at }) => (at === null ? -1 : new Date(at).getTime())),
    )
  const reaches = known.map((_, place) => reach(place))
  return known[reaches.indexOf(Math.min(...reaches))]
}

/** Ids and times of what fulfils all conditions, and where the search left off when it gave up before `count`. */
async function find(
  database: Database,
  conditions: readonly Condition[],
  window: Window,
  count: number,
): Promise<{ readonly found: readonly Found[]; readonly leftOff: Position | undefined }> {
  if (conditions.includes(NEVER)) return { found: [], leftOff: undefined }
  const followed = await thinnest(database, conditions, window)
  const stretches = followed?.stretches ?? [EVERYTHING]
  // What an index holds is no proof where it is only a superset: of a text, and of slow ones.
  const needsLook = conditions.some((condition) => condition !== followed || !isExact(condition))
  const looked = needsLook ? Math.max(count, Math.floor(MAX_LOOKED_AT / stretches.length)) : count * stretches.length
  const rows = readAll(database, stretches, window, looked)
  const where = needsLook
    ? Prisma.sql`WHERE ${Prisma.join(
        conditions.map((condition) => condition.where),
        " AND ",
      )}`
    : Prisma.empty
  // DISTINCT: a request may have met the same in several attempts.
  const found = await database.prisma.$queryRaw<readonly Found[]>(Prisma.sql`
    SELECT DISTINCT r."id", r."startedAt" FROM (${rows}) AS r ${where}
    ORDER BY r."startedAt" DESC, r."id" DESC ${limitOf(count)}`)
  if (found.length === count) return { found, leftOff: undefined }
  const [last] = await database.prisma.$queryRaw<readonly Found[]>(Prisma.sql`
    SELECT r."id", r."startedAt" FROM (${rows}) AS r ORDER BY r."startedAt" DESC, r."id" DESC ${limitOf(1, looked - 1)}`)
  return { found, leftOff: last === undefined ? undefined : toPosition(last) }
}

/** Whether the stretches of a condition hold nothing that does not fulfil it. */
const isExact = ({ stretches }: Condition): boolean =>
  stretches.every(({ column, index }) => column !== undefined || index === "RequestRecord_retried_idx") &&
  !stretches.some(({ column }) => column === "id")

/** PostgreSQL's texts hold no zero character, so nothing can be found by one. */
function checkTexts(filter: RequestFilter): void {
  for (const [name, value] of Object.entries(filter)) {
    if (typeof value !== "string" || !value.includes("\0")) continue
    throw new InvalidInputError("not_allowed", "A text to look for holds no zero character.", ["filter", name])
  }
}

/** Newest first. Throws `InvalidInputError` for a filter or cursor that is none. */
export async function readRequests(
  database: Database,
  { first, after, filter }: ConnectionArguments & { readonly filter?: RequestFilter | null | undefined },
  query: object,
): Promise<RequestPage> {
  checkTexts(filter ?? {})
  const conditions = conditionsOf(filter ?? {}, database.kind)
  let leftOff: Position | undefined
  const connection = await readConnection(
    { first, after },
    (row: RequestRecordModel) => ({ at: row.startedAt, id: row.id }),
    async (position, take) => {
      const window = { after: position, since: filter?.since ?? undefined, until: filter?.until ?? undefined }
      const search = await find(database, conditions, window, take)
      leftOff = search.leftOff
      const ids = search.found.map(({ id }) => id)
      const rows = await database.prisma.requestRecord.findMany({ ...query, where: { id: { in: ids } } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      // One that was forgotten between the two looks is not there any more.
      return ids.flatMap((id) => byId.get(id) ?? [])
    },
  )
  if (leftOff === undefined) return { ...connection, searchedUntil: null }
  const pageInfo = { ...connection.pageInfo, endCursor: encodeCursor(leftOff), hasNextPage: true }
  return { ...connection, pageInfo, searchedUntil: leftOff.at }
}
