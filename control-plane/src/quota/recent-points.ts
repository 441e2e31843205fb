/**
 * What was lately read of many accounts, for forecasts. Each account's points of a bucket are one text that the database itself puts
 * together: as rows they would cost ten times as much, and a large pool has hundreds of thousands of them.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import { QUOTA_WINDOWS, type QuotaWindow } from "#shared/quota-bucket.ts"
import type { Database } from "../database/open.ts"
import { recentMs } from "./forecast/rate.ts"
import type { Point } from "./points.ts"

/** Of each account, by bucket and window as `pointsKey` joins them; oldest first. */
export type RecentPoints = ReadonlyMap<string, ReadonlyMap<string, readonly Point[]>>

export const pointsKey = (bucket: string, window: QuotaWindow): string => `${bucket} ${window}`

/** Before recent time begins there is a reading that it begins with: those that say the same are kept hourly. */
const BEFORE_MS = 2 * 3_600_000

interface Row {
  readonly accountId: string
  readonly bucket: string
  readonly points: string
}

type Told = readonly [readAt: string | number, remaining: number, resetsAt: string | number | null, used: number | null]

const DATABASE = {
  sqlite: {
    ids: (list: string) => Prisma.sql`SELECT value FROM json_each(${list})`,
    points: Prisma.sql`json_group_array(json_array("readAt", "remainingFraction", "resetsAt", "usedTokens"))`,
  },
  postgresql: {
    ids: (list: string) => Prisma.sql`SELECT jsonb_array_elements_text(${list}::jsonb)`,
    points: Prisma.sql`CAST(json_agg(json_build_array(extract(epoch from "readAt") * 1000, "remainingFraction",
      extract(epoch from "resetsAt") * 1000, "usedTokens")) AS text)`,
  },
} as const

/** Three statements, for however many accounts. */
export async function readRecentPoints(
  { kind, prisma }: Pick<Database, "kind" | "prisma">,
  accountIds: readonly string[],
  now: number,
): Promise<RecentPoints> {
  const byAccount = new Map<string, Map<string, readonly Point[]>>()
  const { ids, points } = DATABASE[kind]
  const list = JSON.stringify(accountIds)
  for (const window of QUOTA_WINDOWS) {
    const from = new Date(now - recentMs(window) - BEFORE_MS)
    const rows = await prisma.$queryRaw<
      readonly Row[]
    >`SELECT "accountId", "bucket", ${points} AS "points" FROM "QuotaPoint"
      WHERE "accountId" IN (${ids(list)}) AND "window" = ${window} AND "readAt" >= ${from} GROUP BY "accountId", "bucket"`
    for (const row of rows) {
      const ofAccount = byAccount.get(row.accountId) ?? new Map<string, readonly Point[]>()
      byAccount.set(row.accountId, ofAccount.set(pointsKey(row.bucket, window), readPoints(row.points)))
    }
  }
  return byAccount
}

function readPoints(text: string): readonly Point[] {
  const told = JSON.parse(text) as readonly Told[] // as the statement above put it together
  const points = told.map(([readAt, remainingFraction, resetsAt, used]): Point => {
    const ends = resetsAt === null ? undefined : timeOf(resetsAt)
    return { readAt: timeOf(readAt), remainingFraction, resetsAt: ends, usedTokens: used ?? undefined }
  })
  // They mostly come in this order already, and no database promises it.
  return points.toSorted((left, right) => left.readAt - right.readAt)
}

/** A text in SQLite, milliseconds in PostgreSQL. */
const timeOf = (value: string | number): number => (typeof value === "number" ? value : Date.parse(value))
