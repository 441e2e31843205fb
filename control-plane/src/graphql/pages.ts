/** The pages of keys: the query behind the connection. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import type { Database } from "../database/open.ts"
import { readConnection, type ConnectionArguments, type Position } from "./connection.ts"

const behindCreation = (after: Position | undefined) =>
  after === undefined ? {} : { OR: [{ createdAt: { gt: after.at } }, { createdAt: after.at, id: { gt: after.id } }] }

const byCreation = [{ createdAt: "asc" as const }, { id: "asc" as const }]

export interface ApiKeyFilter {
  readonly name?: string | null | undefined
}

/** Keys, all or of one name. A name with a zero character, which PostgreSQL does not keep, is nobody's. */
export async function readApiKeys(
  database: Database,
  { filter, ...page }: ConnectionArguments & { readonly filter?: ApiKeyFilter | null | undefined },
  query: object,
) {
  const { apiKey } = database.prisma
  const name = filter?.name
  const named = typeof name !== "string" ? {} : name.includes("\0") ? { id: "" } : { name }
  const connection = await readConnection(
    page,
    (row: ApiKeyModel) => ({ at: row.createdAt, id: row.id }),
    (position, take) =>
      apiKey.findMany({ ...query, where: { ...behindCreation(position), ...named }, orderBy: byCreation, take }),
  )
  return { ...connection, countAll: () => apiKey.count({ where: named }) }
}
