/** The steps of an explanation as they are shown: rules in a row that do not count are one. Pure. */
import type { Explanation } from "./create-explanation.ts"

export type Step = Explanation["trace"][number]

export type ShownStep =
  | { readonly type: "one"; readonly step: Step }
  | { readonly type: "passed"; readonly steps: readonly Step[] }

const passes: ReadonlySet<Step["code"]> = new Set([
  "RULE_OTHER_KEY",
  "RULE_OTHER_API",
  "RULE_OTHER_MODEL",
  "RULE_OTHER_TRAITS",
])

export function shownSteps(trace: readonly Step[]): readonly ShownStep[] {
  const shown: ShownStep[] = []
  for (const step of trace) {
    const last = shown.at(-1)
    if (!passes.has(step.code)) shown.push({ type: "one", step })
    else if (last?.type === "passed") shown[shown.length - 1] = { type: "passed", steps: [...last.steps, step] }
    else shown.push({ type: "passed", steps: [step] })
  }
  return shown
}
