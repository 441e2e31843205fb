import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type AccountSettings, bounds, draftOf, overwritten, readDraft } from "./settings-draft.ts"

const settings: AccountSettings = {
  enabled: true,
  label: "first",
  tags: ["a", "b"],
  weight: 1,
  priority: 0,
  maxConcurrent: null,
  reserve: null,
  disabledModels: ["gemini-3-flash"],
  projectId: "a-project-1",
}
const draft = draftOf(settings)
const numbers = (given: Partial<typeof draft.numbers>) => ({ ...draft, numbers: { ...draft.numbers, ...given } })

describe("only what is said otherwise is sent", () => {
  test.each<[string, Partial<typeof draft>, object]>([
    ["nothing", {}, {}],
    ["spaces about a label", { label: "  first " }, {}],
    ["a label", { label: "second" }, { label: "second" }],
    ["enabled", { enabled: false }, { enabled: false }],
    ["tags, each once", { tags: "b, a,，b ," }, { tags: ["b", "a"] }],
    ["no tags", { tags: "" }, { tags: [] }],
    ["a model", { disabledModels: [] }, { disabledModels: [] }],
    ["a project", { projectId: "another-1" }, { projectId: "another-1" }],
    ["no project, which stays", { projectId: "" }, {}],
  ])("%s", (_name, change, input) => {
    expect(readDraft({ ...draft, ...change }, settings)).toEqual({ type: "changes", input })
  })

  test("numbers, and those that are taken back", () => {
    const given = { weight: "1,000", priority: "-5", maxConcurrent: "0", reserve: "7" }
    const input = { weight: 1_000, priority: -5, maxConcurrent: 0, reserve: 0.07 }
    expect(readDraft(numbers(given), settings)).toEqual({ type: "changes", input })
    const own = { ...settings, maxConcurrent: 3, reserve: 0.07 }
    expect(draftOf(own).numbers).toMatchObject({ maxConcurrent: "3", reserve: "7" })
    const taken = { ...draftOf(own), numbers: { ...draftOf(own).numbers, maxConcurrent: "", reserve: " " } }
    expect(readDraft(taken, own)).toEqual({ type: "changes", input: { maxConcurrent: null, reserve: null } })
  })
})

test("what cannot be taken is named with its reason", () => {
  const wrong = { ...numbers({ weight: "", priority: "1.5", maxConcurrent: "many", reserve: "100" }), label: " " }
  expect(readDraft(wrong, settings)).toEqual({
    type: "wrong",
    fields: {
      label: "empty",
      weight: "empty",
      priority: "not-whole",
      maxConcurrent: "no-number",
      reserve: "out-of-range",
    },
  })
})

test("what somebody else changed is overwritten only where it is changed here, and that is known before", () => {
  const now = { ...settings, label: "theirs", weight: 9, tags: ["theirs"] }
  const mine = { ...numbers({ weight: "5" }), label: "mine" }
  expect(overwritten(mine, settings, now).toSorted()).toEqual(["label", "weight"])
  expect(overwritten(draft, settings, now)).toEqual([])
  expect(overwritten(mine, settings, settings)).toEqual([])
})

test("any settings that the control plane may hold come back as they were", () => {
  const some = fc.record({
    enabled: fc.boolean(),
    label: fc.string({ minLength: 1, maxLength: 100 }).filter((text) => text.trim() === text),
    tags: fc.uniqueArray(fc.stringMatching(/^[a-z0-9 -]{0,8}[a-z0-9]$/).filter((text) => text.trim() === text)),
    weight: fc.integer({ min: bounds.weight.low, max: bounds.weight.high }),
    priority: fc.integer({ min: bounds.priority.low, max: bounds.priority.high }),
    maxConcurrent: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    reserve: fc.option(fc.float({ min: 0, max: Math.fround(0.98), noNaN: true })),
    disabledModels: fc.uniqueArray(fc.string({ minLength: 1 })),
    projectId: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{1,20}$/)),
  })
  fc.assert(
    fc.property(some, (held) => {
      expect(readDraft(draftOf(held), held)).toEqual({ type: "changes", input: {} })
    }),
  )
})
