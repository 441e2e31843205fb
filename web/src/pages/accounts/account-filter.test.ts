import { expect, test } from "vitest"
import { type ChosenFilter, type Filtered, filterInput, fitsFilter, isFiltered } from "./account-filter.ts"

const none: ChosenFilter = { group: undefined, states: [], kinds: [], tiers: [], tags: [], models: [], find: "" }
const account: Filtered = {
  id: "one",
  state: "READY",
  kind: "ANTIGRAVITY",
  tier: "Pro",
  tags: ["eu", "team-a"],
  label: "First",
  email: "First@example.test",
}
const fits = (chosen: Partial<ChosenFilter>, of: Partial<Filtered> = {}) =>
  fitsFilter({ ...none, ...chosen })({ ...account, ...of })

test("nothing chosen fits every account, and asks for every account", () => {
  expect(fits({})).toBe(true)
  expect(filterInput(none)).toEqual({})
  expect(isFiltered(none)).toBe(false)
})

test("a group is its states, and states alone outrank it", () => {
  expect(fits({ group: "ready" })).toBe(true)
  expect(fits({ group: "needHand" })).toBe(false)
  expect(fits({ group: "needHand", states: ["READY"] })).toBe(true)
  expect(filterInput({ ...none, group: "off" })).toEqual({ states: ["PAUSED", "DISABLED"] })
  expect(filterInput({ ...none, states: ["COOLING"] })).toEqual({ states: ["COOLING"] })
})

test("every tag is wanted, and one of the plans and kinds", () => {
  expect(fits({ tags: ["eu", "team-a"] })).toBe(true)
  expect(fits({ tags: ["eu", "team-b"] })).toBe(false)
  expect(fits({ tiers: ["Free", "Pro"] })).toBe(true)
  expect(fits({ tiers: ["Pro"] }, { tier: null })).toBe(false)
  expect(fits({ kinds: ["GEMINI_API"] })).toBe(false)
})

test("of models the control plane says who offers one", () => {
  const chosen = { ...none, models: ["gemini-3-flash", "claude-sonnet-4-6"] }
  expect(filterInput(chosen)).toEqual({ models: ["gemini-3-flash", "claude-sonnet-4-6"] })
  expect(isFiltered(chosen)).toBe(true)
  expect(fitsFilter(chosen, new Set(["one"]))(account)).toBe(true)
  expect(fitsFilter(chosen, new Set(["two"]))(account)).toBe(false)
  expect(fitsFilter({ ...chosen, tags: ["other"] }, new Set(["one"]))(account)).toBe(false)
})

test("what is typed is a part of the label or of the address, never of both together", () => {
  expect(fits({ find: " first@EXAMPLE " })).toBe(true)
  expect(fits({ find: "first first" })).toBe(false)
  expect(fits({ find: "example" }, { email: null })).toBe(false)
  expect(filterInput({ ...none, find: " a b " })).toEqual({ search: "a b" })
})
