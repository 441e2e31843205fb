import fc from "fast-check"
import { expect, test } from "vitest"
import { changesOf, type DraftRule, draftsOf, isSameRules, type Rule } from "./rule-changes.ts"

const nothing = { apiKeyIds: null, keyTags: null, dialects: null, models: null, traits: null, withoutTraits: null }

const rule = (name: string): Rule => ({
  name,
  enabled: true,
  note: null,
  match: nothing,
  action: { model: "gemini-3-flash", accountTags: null, strategy: null, refuse: null },
})

const rules = ["a", "b", "c", "d"].map(rule)
const told = (drafts: readonly DraftRule[]) =>
  changesOf(rules, drafts).map((change) => [
    change.type,
    change.rule.name,
    change.type === "changed" ? [change.isEdited, change.moved?.from, change.moved?.to] : undefined,
  ])

test("what is as it was is no change", () => {
  expect(told(draftsOf(rules))).toEqual([])
  expect(isSameRules(rules, draftsOf(rules))).toBe(true)
})

test("one rule that goes to the top is the one that moved, not all that it passed", () => {
  const [a, b, c, d] = draftsOf(rules)
  expect(told([d!, a!, b!, c!])).toEqual([["changed", "d", [false, 4, 1]]]) // there are four
})

test("edited under another name, added, and removed", () => {
  const [a, b, , d] = draftsOf(rules)
  expect(told([a!, { ...b!, name: "b2", enabled: false }, rule("new"), d!])).toEqual([
    ["changed", "b2", [true, undefined, undefined]],
    ["added", "new", undefined],
    ["removed", "c", undefined],
  ])
})

test("whatever the order, moving what is told to have moved, and no more, makes it", () => {
  const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7, maxLength: 7 })
  const many = [0, 1, 2, 3, 4, 5, 6].map((number) => rule(String(number)))
  fc.assert(
    fc.property(orders, (order) => {
      const drafts = order.map((number) => draftsOf(many)[number]!) // there are seven
      const moved = new Set(changesOf(many, drafts).map((change) => change.rule.name))
      const left = order.filter((number) => !moved.has(String(number)))
      expect(left).toEqual(left.toSorted((one, other) => one - other))
      expect(isSameRules(many, drafts)).toBe(moved.size === 0)
    }),
  )
})
