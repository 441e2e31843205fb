import { flatten } from "@solid-primitives/i18n"
import { expect, test } from "vitest"
import { en } from "./en.ts"
import type { Dictionary } from "./i18n.tsx"
import { zh } from "./zh.ts"

/** Each key with what it is: a text, or a function and the number of its parameters. */
const shapeOf = (dictionary: Dictionary) =>
  Object.fromEntries(
    Object.entries(flatten<Dictionary>(dictionary))
      .filter(([, value]) => typeof value !== "object")
      .map(([key, value]): [string, string] => [
        key,
        typeof value === "function" ? `function/${value.length}` : "text",
      ]),
  )

test("both languages have the same keys with the same parameters", () => {
  expect(shapeOf(zh)).toEqual(shapeOf(en))
})

test("every Chinese text is Chinese, but for names", () => {
  const names = new Set([
    "app.name",
    "accountKind.ANTIGRAVITY",
    "accountKind.ANTHROPIC_API",
    "accountKind.GEMINI_API",
    "live.tokens",
  ])
  const foreign = Object.entries(flatten<Dictionary>(zh))
    .map(([key, value]): [string, unknown] => [
      key,
      typeof value === "function" ? Reflect.apply(value, undefined, ["1", "2"]) : value,
    ])
    .filter(([key, value]) => typeof value === "string" && !names.has(key) && !/\p{Script=Han}/u.test(value))
  expect(foreign).toEqual([])
})
