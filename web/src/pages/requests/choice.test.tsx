import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { names } from "../../i18n/names.ts"
import { choiceOf, isFirstAfterRest } from "./choice.ts"

const pool = join(import.meta.dirname, "../../../../data-plane/src/pool")

test("the sentences of the data plane are those that are told in the reader's words", () => {
  const source = readFileSync(join(pool, "lease-giver.ts"), "utf8")
  const told = ["AT_HOME", "STANDS_IN"].map((name) => new RegExp(`const ${name} = "(.+)"`).exec(source)?.[1] ?? "")
  expect(told.map((text) => choiceOf(text).kind)).toEqual(["home", "standsIn"])
  // How a strategy's is put together there.
  expect(source).toContain("`${strategy.name}, chosen ${strategy.why} of ${count}${place}`")
  expect(source).toContain("`, priority ${priority}`")
  expect(source).toContain("`${reason}; the first after a rest`")
  expect(choiceOf("the conversation lives there; the first after a rest").kind).toBe("home")
  expect(isFirstAfterRest("the conversation lives there; the first after a rest")).toBe(true)
})

test("every strategy has its words", () => {
  const strategies = readdirSync(join(pool, "strategies"))
    .map((name) => readFileSync(join(pool, "strategies", name), "utf8"))
    .flatMap((text) => {
      const [, name, why] = /\n {2}name: "([a-z-]+)",\n {2}why: "([^"]+)"/.exec(text) ?? []
      return name === undefined ? [] : [`${name}, chosen ${why} of 7`]
    })
  expect(strategies).toHaveLength(Object.keys(names.strategy).length)
  for (const text of strategies) {
    const choice = choiceOf(text)
    expect(choice).toMatchObject({ kind: "strategy", count: 7 })
    if (choice.kind === "strategy") expect(Object.keys(names.strategyWhy)).toContain(choice.strategy)
  }
})

test("a priority is kept, and what is not known stays as it is", () => {
  expect(choiceOf("most-quota, chosen for its quota of 3, priority -2")).toEqual({
    kind: "strategy",
    strategy: "MOST_QUOTA",
    count: 3,
    priority: -2,
  })
  expect(choiceOf("next in turn")).toEqual({ kind: "other", text: "next in turn" })
})
