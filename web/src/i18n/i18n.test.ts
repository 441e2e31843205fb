import { flatten } from "@solid-primitives/i18n"
import { expect, test } from "vitest"

type Dictionary = Record<string, Record<string, unknown>>

const english = import.meta.glob<{ en: Dictionary }>(["./en.ts", "../pages/*/en.ts", "../pages/accounts/*/en.ts"], {
  eager: true,
})
const chinese = import.meta.glob<{ zh: Dictionary }>(["./zh.ts", "../pages/*/zh.ts", "../pages/accounts/*/zh.ts"], {
  eager: true,
})
const dictionaries = Object.entries(english).map(([path, { en }]) => {
  const zh = chinese[path.replace("/en.ts", "/zh.ts")]?.zh
  return { path, en, zh: zh ?? {} }
})

/** Each key with what it is: a text, or a function and the number of its parameters. */
const shapeOf = (dictionary: Dictionary) =>
  Object.fromEntries(
    Object.entries(flatten(dictionary))
      .filter(([, value]) => typeof value !== "object")
      .map(([key, value]): [string, string] => [
        key,
        typeof value === "function" ? `function/${value.length}` : "text",
      ]),
  )

test("what stands on every page and what each page adds are found", () => {
  expect(dictionaries.length).toBeGreaterThan(4)
  expect(Object.keys(chinese)).toHaveLength(dictionaries.length)
})

test.each(dictionaries)("$path: both languages have the same keys with the same parameters", ({ en, zh }) => {
  expect(shapeOf(zh)).toEqual(shapeOf(en))
})

test("no page has a section of the name of one that every page has", () => {
  const common = Object.keys(dictionaries.find(({ path }) => path === "./en.ts")?.en ?? {})
  const pages = dictionaries.filter(({ path }) => path !== "./en.ts")
  expect(pages.flatMap(({ en }) => Object.keys(en)).filter((section) => common.includes(section))).toEqual([])
})

test.each(dictionaries)("$path: every Chinese text is Chinese, but for names", ({ zh }) => {
  const names = new Set([
    "app.name",
    "accountKind.ANTIGRAVITY",
    "accountKind.ANTHROPIC_API",
    "accountKind.GEMINI_API",
    "requests.tokens",
    "keys.tokens",
    "keys.tokensOf",
    "catalogue.tokens",
  ])
  const foreign = Object.entries(flatten(zh))
    .map(([key, value]): [string, unknown] => [
      key,
      typeof value === "function" ? Reflect.apply(value, undefined, ["1", "2"]) : value,
    ])
    .filter(([key, value]) => typeof value === "string" && !names.has(key) && !/\p{Script=Han}/u.test(value))
  expect(foreign).toEqual([])
})
