import type { Database } from "../database/open.ts"

/** What the database takes on its disk, as it says itself. */
export async function databaseBytes({ kind, prisma }: Database): Promise<number> {
  const rows: readonly { readonly bytes: bigint | number }[] =
    kind === "postgresql"
      ? await prisma.$queryRaw`SELECT pg_database_size(current_database()) AS bytes`
      : await prisma.$queryRaw`SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`
  return Number(rows[0]?.bytes ?? 0)
}
