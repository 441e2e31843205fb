import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { printedSchema } from "./schema.ts"

test("schema.graphql is the printed schema (node scripts/schema.mjs writes it)", () => {
  expect(readFileSync(fileURLToPath(new URL("../../schema.graphql", import.meta.url)), "utf8")).toBe(printedSchema())
})
