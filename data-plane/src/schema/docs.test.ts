/** The reference page says what the table says. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { DEEPEST, DEEPEST_REFERENCE, KEYWORDS, TYPE_NAMES } from "./keywords.ts"
import { PLACEHOLDER } from "./placeholder.ts"
import { MAX_LISTED_CHANGES } from "./schema-report.ts"

const page = readFileSync(new URL("../../../docs/reference/tool-schemas.md", import.meta.url), "utf8")

describe("docs/reference/tool-schemas.md", () => {
  it("has a row for every keyword, in the table's order, and no other", () => {
    const table = page.split("<!-- keywords -->")[1]?.split("<!-- end -->")[0] ?? ""
    const rows = table
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.slice(2, -2).split(" | "))
    expect(rows).toEqual(
      [...KEYWORDS].map(([keyword, { how, implies, note }]) => [`\`${keyword}\``, how, implies ?? "–", note]),
    )
  })

  it("names the limits, the placeholder and the other names of types", () => {
    expect(page).toContain(`more than ${DEEPEST} schemas in each other`)
    expect(page).toContain(`more than ${DEEPEST_REFERENCE} in each other`)
    expect(page).toContain(`has at most ${MAX_LISTED_CHANGES} of them`)
    expect(page).toContain(`the placeholder \`${PLACEHOLDER}\``)
    for (const [name, type] of TYPE_NAMES) if (name !== type) expect(page).toContain(`\`${name}\``)
  })
})
