import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { faultOf } from "./fault.ts"

test("every error is blamed as the reference blames it", () => {
  const reference = readFileSync(join(import.meta.dirname, "../../../../docs/reference/errors.md"), "utf8")
  const rows = [...reference.matchAll(/^\| `(\w+)` \| \d+ \| (\w+) \|/gm)]
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.map(([, code = ""]) => [code, faultOf(code)])).toEqual(rows.map(([, code, fault]) => [code, fault]))
})
