import { expect, test } from "vitest"
import { changeOf, emptyDraft } from "./change-draft.ts"

test("nothing typed changes nothing", () => {
  expect(changeOf(emptyDraft)).toEqual({ input: {} })
})

test("what is typed is what changes, and no more", () => {
  const draft = { ...emptyDraft, addTags: " eu, team-a ，eu", priority: "-5", maxConcurrent: "0", reserve: "12.5" }
  expect(changeOf(draft)).toEqual({
    input: { addTags: ["eu", "team-a"], priority: -5, maxConcurrent: 0, reserve: 0.125 },
  })
})

test("a reserve of nought is none", () => {
  expect(changeOf({ ...emptyDraft, reserve: "0" })).toEqual({ input: { reserve: null } })
})

test("each number that cannot be is told", () => {
  expect(changeOf({ ...emptyDraft, priority: "1001", weight: "0", maxConcurrent: "many", reserve: "100" })).toEqual({
    problems: { priority: "out-of-range", weight: "out-of-range", maxConcurrent: "no-number", reserve: "out-of-range" },
  })
})
