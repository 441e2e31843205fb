/** The pages of accounts, keys and requests: the queries behind the connections. */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { AccountState } from "#generated/sqlite/enums.ts"
import type { AccountModel, ApiKeyModel, RequestRecordModel } from "#generated/sqlite/models.ts"
import type { Database } from "../database/open.ts"
import { readConnection, type ConnectionArguments, type Position } from "./connection.ts"

export interface AccountFilter {
  readonly states?: readonly AccountState[] | null | undefined
  readonly search?: string | null | undefined
}

const MAX_SEARCH_LENGTH = 200

/** `contains` that ignores the case of letters on both databases: SQLite always does, PostgreSQL has to be told. */
function containing(database: Database, text: string): { contains: string } {
  const contains = text.slice(0, MAX_SEARCH_LENGTH)
  const insensitive = { contains, mode: "insensitive" }
  return database.kind === "postgresql" ? insensitive : { contains }
}

const behindCreation = (after: Position | undefined) =>
  after === undefined ? {} : { OR: [{ createdAt: { gt: after.at } }, { createdAt: after.at, id: { gt: after.id } }] }

const byCreation = [{ createdAt: "asc" as const }, { id: "asc" as const }]

/** As accounts show their state: a disabled one is DISABLED, whatever it would be otherwise. */
function inState(states: readonly AccountState[]): Prisma.AccountWhereInput {
  const isOff = states.includes("DISABLED") ? [{ enabled: false }] : []
  return { OR: [{ enabled: true, state: { in: [...states] } }, ...isOff] }
}

export async function readAccounts(
  database: Database,
  { first, after, filter }: ConnectionArguments & { readonly filter?: AccountFilter | null | undefined },
  query: object,
) {
  const { account } = database.prisma
  const search = filter?.search?.trim()
  const where: Prisma.AccountWhereInput = {
    AND: [
      ...(filter?.states ? [inState(filter.states)] : []),
      ...(search ? [{ OR: [{ label: containing(database, search) }, { email: containing(database, search) }] }] : []),
    ],
  }
  const connection = await readConnection(
    { first, after },
    (row: AccountModel) => ({ at: row.createdAt, id: row.id }),
    (position, take) =>
      account.findMany({ ...query, where: { ...where, ...behindCreation(position) }, orderBy: byCreation, take }),
  )
  return { ...connection, countAll: () => account.count({ where }) }
}

export async function readApiKeys(database: Database, page: ConnectionArguments, query: object) {
  const { apiKey } = database.prisma
  const connection = await readConnection(
    page,
    (row: ApiKeyModel) => ({ at: row.createdAt, id: row.id }),
    (position, take) => apiKey.findMany({ ...query, where: behindCreation(position), orderBy: byCreation, take }),
  )
  return { ...connection, countAll: () => apiKey.count() }
}

/** Newest first. */
export function readRequests(database: Database, page: ConnectionArguments, query: object) {
  return readConnection(
    page,
    (row: RequestRecordModel) => ({ at: row.startedAt, id: row.id }),
    (position, take) =>
      database.prisma.requestRecord.findMany({
        ...query,
        where:
          position === undefined
            ? {}
            : { OR: [{ startedAt: { lt: position.at } }, { startedAt: position.at, id: { lt: position.id } }] },
        orderBy: [{ startedAt: "desc" }, { id: "desc" }],
        take,
      }),
  )
}
