/** A table that takes no more changes of a kind, for tests of what is told then and what is left as it was. */
import type { Database } from "../../src/database/open.ts"

type Refuse = (database: Database, table: string, text: string) => Promise<() => Promise<void>>

function refusing(operation: "INSERT" | "DELETE"): Refuse {
  return async ({ kind, prisma }, table, text) => {
    const name = `refuse_${operation.toLowerCase()}`
    if (kind === "sqlite") {
      await prisma.$executeRawUnsafe(
        `CREATE TRIGGER "${name}" BEFORE ${operation} ON "${table}" BEGIN SELECT RAISE(ABORT, '${text}'); END`,
      )
      return async () => void (await prisma.$executeRawUnsafe(`DROP TRIGGER "${name}"`))
    }
    await prisma.$executeRawUnsafe(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${text}'; END $$`,
    )
    await prisma.$executeRawUnsafe(
      `CREATE TRIGGER ${name} BEFORE ${operation} ON "${table}" FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    )
    return async () => void (await prisma.$executeRawUnsafe(`DROP FUNCTION ${name} CASCADE`))
  }
}

/** Every insert into the table fails with the text, until the returned function is called. */
export const refuseInserts = refusing("INSERT")

/** The same of what would be deleted. */
export const refuseDeletes = refusing("DELETE")
