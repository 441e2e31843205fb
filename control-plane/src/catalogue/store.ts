import { createHash } from "node:crypto"
import type { Catalogue } from "#shared/catalogue.ts"
import type { Clock } from "../clock.ts"
import { isUniqueViolation, type Database } from "../database/open.ts"

/** Keeps what an account offers; accounts with the same list share one row. True when the account's list is another than before. */
export async function writeCatalogue(
  database: Database,
  clock: Clock,
  accountId: string,
  catalogue: Catalogue,
): Promise<boolean> {
  const text = JSON.stringify(catalogue)
  const id = createHash("sha256").update(text).digest("hex").slice(0, 32)
  const now = new Date(clock.now())
  const row = await database.prisma.account.findUnique({ where: { id: accountId }, select: { catalogueId: true } })
  if (row === null) return false
  // Parsed from the text, so that what is kept is plain JSON.
  const body: object = JSON.parse(text)
  const { catalogue: catalogues } = database.prisma
  if ((await catalogues.count({ where: { id } })) === 0) {
    await catalogues.create({ data: { id, body, createdAt: now } }).catch((error: unknown) => {
      // Another account's reading said the same at this moment.
      if (!isUniqueViolation(error)) throw error
    })
  }
  await database.prisma.account.updateMany({
    where: { id: accountId },
    data: { catalogueId: id, catalogueReadAt: now },
  })
  return row.catalogueId !== id
}
