/** The pages of accounts, in the order that is asked for. A page begins where the last one ended, whatever came or went in between. */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { AccountModel } from "#generated/sqlite/models.ts"
import { accountsWhere, type AccountFilter } from "../accounts/account-filter.ts"
import type { Services } from "../context.ts"
import { InvalidInputError } from "../failure.ts"
import { decodeCursor, encodeCursor, readPage, type ConnectionArguments } from "./connection.ts"

interface Order {
  readonly description: string
  /** A column that always has a value. */
  readonly by: "createdAt" | "label" | "requestCount" | "stateSince" | "priority"
  readonly direction: "asc" | "desc"
}

/** The orders there are; within equal ones the id decides. */
export const ACCOUNT_ORDERS = {
  OLDEST: { description: "As they were added.", by: "createdAt", direction: "asc" },
  NEWEST: { description: "Those added last first.", by: "createdAt", direction: "desc" },
  LABEL: { description: "By label.", by: "label", direction: "asc" },
  MOST_USED: { description: "Those with the most exchanges first.", by: "requestCount", direction: "desc" },
  STATE_CHANGED: {
    description: "Those whose state changed last first. Rests and the pool's pause, which come and go, do not count.",
    by: "stateSince",
    direction: "desc",
  },
  PRIORITY: { description: "Those with the highest priority first.", by: "priority", direction: "desc" },
} as const satisfies Record<string, Order>

export type AccountOrder = keyof typeof ACCOUNT_ORDERS

/** Where a page goes on: behind the row with this value and id. */
interface Place {
  readonly value: Date | string | number
  readonly id: string
}

function encode(order: AccountOrder, row: AccountModel): string {
  const value = row[ACCOUNT_ORDERS[order].by]
  if (order === "OLDEST") return encodeCursor({ at: row.createdAt, id: row.id })
  return Buffer.from(JSON.stringify([order, value, row.id])).toString("base64url")
}

function decode(order: AccountOrder, cursor: string): Place {
  if (order === "OLDEST") {
    const { at, id } = decodeCursor(cursor)
    return { value: at, id }
  }
  const [name, value, id] = listIn(cursor)
  const { by } = ACCOUNT_ORDERS[order]
  const isTime = by === "createdAt" || by === "stateSince"
  const isText = isTime || by === "label"
  const isOurs = name === order && typeof id === "string" && typeof value === (isText ? "string" : "number")
  const place = isTime ? new Date(String(value)) : isText ? String(value) : Number(value)
  if (!isOurs || (place instanceof Date && Number.isNaN(place.getTime()))) {
    throw new InvalidInputError("malformed", "This cursor is not one of ours, or belongs to another order.", ["after"])
  }
  return { value: place, id }
}

function listIn(cursor: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"))
    return Array.isArray(list) ? list : []
  } catch {
    return [] // not ours: the caller says so
  }
}

function behind(order: AccountOrder, place: Place | undefined): Prisma.AccountWhereInput {
  if (place === undefined) return {}
  const { by, direction } = ACCOUNT_ORDERS[order]
  const further = direction === "asc" ? "gt" : "lt"
  const { value, id } = place
  return { OR: [{ [by]: { [further]: value } }, { [by]: value, id: { [further]: id } }] }
}

export interface AccountPage extends ConnectionArguments {
  readonly filter?: AccountFilter | null | undefined
  readonly order?: AccountOrder | null | undefined
}

export async function readAccounts(
  services: Pick<Services, "database" | "shownStates">,
  { filter, order, ...page }: AccountPage,
  query: object,
) {
  const { account } = services.database.prisma
  const where = await accountsWhere(services, filter)
  const named = order ?? "OLDEST"
  const { by, direction } = ACCOUNT_ORDERS[named]
  const form = { encode: (row: AccountModel) => encode(named, row), decode: (cursor: string) => decode(named, cursor) }
  const connection = await readPage(page, form, (place, take) =>
    account.findMany({
      ...query,
      where: { AND: [where, behind(named, place)] },
      orderBy: [{ [by]: direction }, { id: direction }],
      take,
    }),
  )
  return { ...connection, countAll: () => account.count({ where }) }
}
