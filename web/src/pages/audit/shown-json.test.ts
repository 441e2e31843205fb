import { expect, test } from "vitest"
import { shownJson } from "./shown-json.ts"

test.each([
  ['"three words here"', "three words here"],
  ["3", "3"],
  ["true", "true"],
  ['["a","b"]', '[\n  "a",\n  "b"\n]'],
  ['"cut off aft', '"cut off aft'],
  [null, null],
])("%j", (json, shown) => {
  expect(shownJson(json)).toBe(shown)
})
