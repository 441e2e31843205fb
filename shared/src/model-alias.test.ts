import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { DEFAULT_ALIASES } from "./model-alias.ts"

it("docs/reference/models.md has every alias, in the table's order", () => {
  const page = readFileSync(new URL("../../docs/reference/models.md", import.meta.url), "utf8")
  const rows = (page.split("<!-- aliases -->")[1] ?? "").split("\n").filter((line) => line.startsWith("| `"))
  expect(rows).toEqual(Object.entries(DEFAULT_ALIASES).map(([name, target]) => `| \`${name}\` | \`${target}\` |`))
})
