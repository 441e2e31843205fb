/** A table that takes no more rows, for tests of what is told then and what is left as it was. */
import type { Database } from "../../src/database/open.ts"

/** Every insert into the table fails with the text, until the returned function is called. */
export async function refuseInserts(
  { kind, prisma }: Database,
  table: string,
  text: string,
): Promise<() => Promise<void>> {
  if (kind === "sqlite") {
    await prisma.$executeRawUnsafe(
      `CREATE TRIGGER "refuse" BEFORE INSERT ON "${table}" BEGIN SELECT RAISE(ABORT, '${text}'); END`,
    )
    return async () => void (await prisma.$executeRawUnsafe(`DROP TRIGGER "refuse"`))
  }
  await prisma.$executeRawUnsafe(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${text}'; END $$`,
  )
  await prisma.$executeRawUnsafe(
    `CREATE TRIGGER refuse BEFORE INSERT ON "${table}" FOR EACH ROW EXECUTE FUNCTION refuse()`,
  )
  return async () => void (await prisma.$executeRawUnsafe(`DROP FUNCTION refuse CASCADE`))
}
