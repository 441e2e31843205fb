/** Relay connections over (time, id): a page begins where the last one ended, whatever was added or removed in between. */
import { InvalidInputError } from "../failure.ts"

export interface PageInfoShape {
  readonly startCursor: string | null
  readonly endCursor: string | null
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

export interface Connection<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[]
  readonly pageInfo: PageInfoShape
}

export interface ConnectionArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/** Where a page goes on: behind the row with this time and id. */
export interface Position {
  readonly at: Date
  readonly id: string
}

export const DEFAULT_PAGE = 50
export const MAX_PAGE = 100

export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString("base64url")
}

/** Throws `InvalidInputError` for a text that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): Position {
  const match = /^(\d{1,16}) ([\w.:-]{1,100})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"))
  const at = new Date(Number(match?.[1]))
  if (match === null || Number.isNaN(at.getTime())) {
    throw new InvalidInputError("malformed", "This cursor is not one of ours.", ["after"])
  }
  return { at, id: match[2] ?? "" }
}

/** How a page's end is told and found again; `decode` throws `InvalidInputError` for a text that `encode` did not make. */
export interface CursorForm<Row, Place> {
  readonly encode: (row: Row) => string
  readonly decode: (cursor: string) => Place
}

/** One page: `read` gets the place to go on from and how many rows to take at most, and gives them in the connection's order. */
export async function readPage<Row, Place>(
  { first, after }: ConnectionArguments,
  { encode, decode }: CursorForm<Row, Place>,
  read: (after: Place | undefined, take: number) => Promise<readonly Row[]>,
): Promise<Connection<Row>> {
  const size = first ?? DEFAULT_PAGE
  if (size < 0 || size > MAX_PAGE) {
    throw new InvalidInputError("out_of_range", `A page has 0 to ${MAX_PAGE} items.`, ["first"])
  }
  // One more than asked for tells whether there is a next page.
  const rows = await read(after ? decode(after) : undefined, size + 1)
  const edges = rows.slice(0, size).map((node) => ({ cursor: encode(node), node }))
  return {
    edges,
    pageInfo: {
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: rows.length > size,
      hasPreviousPage: Boolean(after) && edges.length > 0,
    },
  }
}

/** A page in the order of a time and the id. */
export function readConnection<Row>(
  page: ConnectionArguments,
  positionOf: (row: Row) => Position,
  read: (after: Position | undefined, take: number) => Promise<readonly Row[]>,
): Promise<Connection<Row>> {
  return readPage(page, { encode: (row) => encodeCursor(positionOf(row)), decode: decodeCursor }, read)
}
