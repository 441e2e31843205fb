import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { explanations as english } from "./en.ts"
import type { Explanations } from "./explanation.ts"
import { explanations as chinese } from "./zh.ts"

/** The rows of a reference whose first cell is a code, their cells without the marks of Markdown. */
const rowsOf = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../../../../docs/reference", name), "utf8")
    .split("\n")
    .filter((line) => /^\| `\w+` \|/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.replaceAll(/ ?\(\[[^\]]+\]\([^)]+\)\)|`/g, "").trim()),
    )

test("a failure is explained as the reference explains it", () => {
  const classes = rowsOf("blame.md").map(([code = "", , , , , , means, done, help]) => [code, { means, done, help }])
  expect(classes.length).toBeGreaterThan(20)
  expect(english.failureClass).toEqual(Object.fromEntries(classes))
  const codes = rowsOf("errors.md")
    .filter(([, status = ""]) => /^\d+$/.test(status))
    .map(([code = "", , , means, help]) => [code, { means, help }])
  expect(codes.length).toBeGreaterThan(30)
  expect(english.errorCode).toEqual(Object.fromEntries(codes))
})

test("Chinese explains the same, in Chinese", () => {
  const shape = ({ failureClass, errorCode }: Explanations) =>
    Object.entries({ ...failureClass, ...errorCode }).map(([code, one]) => [code, Object.keys(one)])
  expect(shape(chinese)).toEqual(shape(english))
  for (const one of Object.values({ ...chinese.failureClass, ...chinese.errorCode }))
    for (const text of Object.values(one)) expect(text).toMatch(/\p{Script=Han}/u)
})
