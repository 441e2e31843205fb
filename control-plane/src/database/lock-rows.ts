/** Rows held until a transaction ends. SQLite has one writer and needs none of it. */
import { Prisma } from "#generated/sqlite/client.ts"
import type { Transaction } from "./open.ts"

/**
 * Rows of PostgreSQL, one after the other in order of their ids: who holds them in another order, as a statement about many of them does, and meets
 * somebody with the same ones, waits for what the other will never give. Rows that refer to them can be written meanwhile.
 */
export async function lockRows(
  transaction: Pick<Transaction, "$queryRaw">,
  table: "Account" | "AlertRule" | "ApiKey",
  ids: Iterable<string>,
): Promise<void> {
  const list = JSON.stringify([...ids])
  await transaction.$queryRaw`SELECT "id" FROM ${Prisma.raw(`"${table}"`)} WHERE "id" IN (SELECT jsonb_array_elements_text(${list}::jsonb))
    ORDER BY "id" COLLATE "C" FOR NO KEY UPDATE`
}
