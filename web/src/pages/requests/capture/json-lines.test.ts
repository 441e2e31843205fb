import { expect, test } from "vitest"
import { isWithin, jsonLines } from "./json-lines.ts"

test("each line has the pointer of its value", () => {
  const lines = jsonLines('{"a/b":[1,{"c~d":"x"}],"e":{},"f":[]}') ?? []
  expect(lines.map(({ text, indent, pointer }) => `${"  ".repeat(indent)}${text} @${pointer}`)).toEqual([
    "{ @",
    '  "a/b": [ @/a~1b',
    "    1, @/a~1b/0",
    "    { @/a~1b/1",
    '      "c~d": "x" @/a~1b/1/c~0d',
    "    } @/a~1b/1",
    "  ], @/a~1b",
    '  "e": {}, @/e',
    '  "f": [] @/f',
    "} @",
  ])
})

test("what is no JSON has no lines, and a long text is cut in the view", () => {
  expect(jsonLines("event: message")).toBeUndefined()
  expect(jsonLines(JSON.stringify("x".repeat(600)))?.[0]?.text).toBe(`"${"x".repeat(500)}… (+100)"`)
})

test("a pointer means its value and what is inside", () => {
  expect(isWithin("/tools/1/name", "/tools/1")).toBe(true)
  expect(isWithin("/tools/10", "/tools/1")).toBe(false)
  expect(isWithin("/tools", "")).toBe(true)
})
