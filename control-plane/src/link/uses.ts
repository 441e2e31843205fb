/** How often accounts and keys were used, and when last: one statement for however many. */
import { Prisma } from "#generated/sqlite/client.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { lockRows } from "../database/lock-rows.ts"
import type { DatabaseKind, Transaction } from "../database/open.ts"
import { endedAtOf } from "./request-rows.ts"

export interface Use {
  readonly count: number
  readonly lastUsedAt: Date
}

/** How often each thing was used by these exchanges, and when last; `idOf` gives undefined where none was. */
export function usesBy(
  records: readonly ExchangeRecord[],
  idOf: (record: ExchangeRecord) => string | undefined,
): Map<string, Use> {
  const uses = new Map<string, Use>()
  for (const record of records) {
    const id = idOf(record)
    if (id === undefined) continue
    const endedAt = endedAtOf(record)
    const before = uses.get(id)
    const lastUsedAt = before !== undefined && before.lastUsedAt > endedAt ? before.lastUsedAt : endedAt
    uses.set(id, { count: (before?.count ?? 0) + 1, lastUsedAt })
  }
  return uses
}

/** Adds uses to the rows of a table, which stay locked; an id that is not there any more is passed over. */
export async function addUses(
  transaction: Transaction,
  kind: DatabaseKind,
  table: "Account" | "ApiKey",
  uses: ReadonlyMap<string, Use>,
): Promise<void> {
  if (uses.size === 0) return
  if (kind === "postgresql") await lockRows(transaction, table, uses.keys())
  const time = Prisma.raw(kind === "postgresql" ? "::timestamp(3)" : "")
  const values = [...uses].map(
    ([id, { count, lastUsedAt }]) => Prisma.sql`(${id}, ${Prisma.raw(String(count))}, ${lastUsedAt}${time})`,
  )
  const name = Prisma.raw(`"${table}"`)
  await transaction.$executeRaw`UPDATE ${name} SET "requestCount" = ${name}."requestCount" + v.column2,
    "lastUsedAt" = CASE WHEN ${name}."lastUsedAt" > v.column3 THEN ${name}."lastUsedAt" ELSE v.column3 END
    FROM (VALUES ${Prisma.join(values)}) AS v WHERE ${name}."id" = v.column1`
}
