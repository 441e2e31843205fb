import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { lossRow, WISHES } from "./testing/losses/loss-row.ts"
import { CLIENTS, MODELS } from "./testing/losses/words.ts"

/** The reference page says for every client and model what the code does. */

const page = readFileSync(new URL("../../../docs/reference/dialects.md", import.meta.url), "utf8")
const table = page.split("<!-- losses -->")[1]?.split("<!-- end -->")[0] ?? ""
const rows = new Map(
  table
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .map((line) => [line.slice(2).split(" | ")[0], line]),
)

it.each(WISHES)("$name", (wish) => {
  const { clients, models } = lossRow(wish)
  expect([clients.length, models.length]).toEqual([CLIENTS.length, MODELS.length])
  expect(rows.get(wish.name)).toBe(`| ${[wish.name, ...clients, ...models].join(" | ")} |`)
})

it("has no row that is not made from the code", () => {
  expect([...rows.keys()]).toEqual(WISHES.map(({ name }) => name))
})
