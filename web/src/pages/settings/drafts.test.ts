import { expect, test } from "vitest"
import { changesOf, conflictsOf, type Drafts, numberProblem, type Setting, stillWanted, unitOf } from "./drafts.ts"
import { updateOf, withDraft } from "./drafts.ts"

const setting = (given: Partial<Setting>): Setting => ({
  name: "MAX_ATTEMPTS",
  value: "4",
  origin: "DEFAULT",
  environmentValue: null,
  defaultValue: "4",
  meaning: "Calls.",
  group: "Pool",
  changedAt: null,
  form: { kind: "INTEGER", minimum: 1, maximum: 10, choices: [], keys: [] },
  ...given,
})
const none: Drafts = new Map()

test("what is typed is a draft until it is as it was", () => {
  const one = setting({})
  const drafts = withDraft(none, one, "3")
  expect(changesOf([one], drafts)).toEqual([{ field: "MAX_ATTEMPTS", before: "4", after: "3" }])
  expect(updateOf([one], drafts)).toEqual({ set: [{ name: "MAX_ATTEMPTS", value: "3" }], unset: [] })
  expect(withDraft(drafts, one, "4").size).toBe(0)
})

test("going back is to the environment, else to the default, and is nothing where nothing was set", () => {
  expect(withDraft(none, setting({}), null).size).toBe(0)
  const set = setting({ value: "7", origin: "SET", environmentValue: "5" })
  const drafts = withDraft(none, set, null)
  expect(changesOf([set], drafts)).toEqual([{ field: "MAX_ATTEMPTS", before: "7", after: "5" }])
  expect(updateOf([set], drafts)).toEqual({ set: [], unset: ["MAX_ATTEMPTS"] })
})

test("an empty text takes the setting back", () => {
  const model = setting({ name: "DEFAULT_MODEL", value: "one", origin: "SET", defaultValue: null })
  const drafts = withDraft(none, model, " ")
  expect(updateOf([model], drafts)).toEqual({ set: [], unset: ["DEFAULT_MODEL"] })
  expect(changesOf([model], drafts)).toEqual([{ field: "DEFAULT_MODEL", before: "one", after: null }])
})

test("a list is sent without its empty entries", () => {
  const form = { kind: "LIST" as const, minimum: null, maximum: null, choices: [], keys: [] }
  const hosts = setting({ name: "ALERT_WEBHOOK_HOSTS", value: null, defaultValue: null, form })
  expect(updateOf([hosts], withDraft(none, hosts, "a.example, ,b.example,")).set).toEqual([
    { name: "ALERT_WEBHOOK_HOSTS", value: "a.example,b.example" },
  ])
})

test("what somebody else changed meanwhile is seen, also when the draft goes on", () => {
  const drafts = withDraft(none, setting({}), "3")
  const changed = setting({ value: "9", origin: "SET" })
  expect(conflictsOf([changed], drafts)).toEqual([changed])
  expect(conflictsOf([changed], withDraft(drafts, changed, "2"))).toEqual([changed])
  expect(conflictsOf([setting({})], drafts)).toEqual([])
})

test("what came true meanwhile is wanted no more", () => {
  const drafts = withDraft(none, setting({}), "3")
  expect(stillWanted([setting({ value: "3", origin: "SET" })], drafts).size).toBe(0)
  expect(stillWanted([setting({ value: "5", origin: "SET" })], drafts)).toEqual(drafts)
})

test("a number is looked at with its bounds", () => {
  const one = setting({})
  expect(numberProblem(one, { text: "11", base: "4" })).toBe("out-of-range")
  expect(numberProblem(one, { text: "", base: "4" })).toBe("empty")
  expect(numberProblem(one, { text: "10", base: "4" })).toBeUndefined()
  expect(numberProblem(one, undefined)).toBeUndefined()
})

test("units are in names", () => {
  expect([unitOf("POOL_WAIT_MS"), unitOf("CAPTURE_MAX_MIB"), unitOf("MAX_ATTEMPTS")]).toEqual([
    "milliseconds",
    "mebibytes",
    undefined,
  ])
})
