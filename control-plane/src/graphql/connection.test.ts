import fc from "fast-check"
import { expect, test } from "vitest"
import { decodeCursor, encodeCursor, MAX_PAGE, readConnection } from "./connection.ts"

interface Row {
  readonly at: Date
  readonly id: string
}

const rows: Row[] = Array.from({ length: 25 }, (_, index) => ({
  at: new Date(Math.floor(index / 3)),
  id: `row_${String(index).padStart(2, "0")}`,
}))

const read = (first: number | undefined, after?: string) =>
  readConnection<Row>(
    { first, after },
    (row) => row,
    (position, take) => {
      const start = position === undefined ? 0 : rows.findIndex(({ id }) => id === position.id) + 1
      return Promise.resolve(rows.slice(start, start + take))
    },
  )

test("a cursor comes back as it was", () => {
  const id = fc.stringMatching(/^[\w.:-]{1,100}$/)
  fc.assert(
    fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), id, (at, text) => {
      expect(decodeCursor(encodeCursor({ at, id: text }))).toEqual({ at, id: text })
    }),
  )
})

test("a text that is no cursor is an invalid input", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^\d/.test(Buffer.from(text, "base64url").toString("utf8")))
      expect(() => decodeCursor(text)).toThrow("This cursor is not one of ours.")
    }),
  )
})

test("pages of any size give every row once, in order", async () => {
  for (const size of [1, 2, 7, 24, 25, 26]) {
    const seen: string[] = []
    let after: string | undefined
    for (;;) {
      const { edges, pageInfo } = await read(size, after)
      seen.push(...edges.map(({ node }) => node.id))
      expect(pageInfo.hasPreviousPage).toBe(after !== undefined && edges.length > 0)
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor ?? ""
    }
    expect(seen).toEqual(rows.map(({ id }) => id))
  }
})

test("a page below 0 or above the maximum is refused; 0 is empty", async () => {
  await expect(read(-1)).rejects.toThrow("A page has 0 to 100 items.")
  await expect(read(MAX_PAGE + 1)).rejects.toThrow("A page has 0 to 100 items.")
  expect((await read(0)).edges).toEqual([])
})
