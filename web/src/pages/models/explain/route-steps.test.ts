import { expect, test } from "vitest"
import { shownSteps, type Step } from "./route-steps.ts"

const step = (code: Step["code"], rule: string | null = null): Step => ({ code, rule, text: code, models: [] })

test("rules in a row that do not count are one step, and one that nobody can serve is told", () => {
  const trace = [
    step("NAME_EXACT"),
    step("RULE_OTHER_KEY", "a"),
    step("RULE_OTHER_MODEL", "b"),
    step("RULE_NOT_OFFERED", "c"),
    step("RULE_OTHER_TRAITS", "d"),
    step("RULE_DECIDES", "e"),
  ]
  expect(
    shownSteps(trace).map((shown) => (shown.type === "one" ? shown.step.code : shown.steps.map(({ rule }) => rule))),
  ).toEqual(["NAME_EXACT", ["a", "b"], "RULE_NOT_OFFERED", ["d"], "RULE_DECIDES"])
})
