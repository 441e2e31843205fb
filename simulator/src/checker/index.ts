/**
 * The strictness of the simulated upstream: a table of rules, each with the section of the protocol document it was read
 * from. A request passes the table in order and the first refusal is the answer. Any rule can be switched off by id.
 */
import type { Refusal } from "../refusals.ts"
import type { CheckContext, Rule } from "./rule.ts"
import { accessRules } from "./rules-access.ts"
import { claudeRules } from "./rules-claude.ts"
import { configRules } from "./rules-config.ts"
import { contentRules } from "./rules-content.ts"
import { geminiRules } from "./rules-gemini.ts"
import { imageRules } from "./rules-image.ts"
import { payloadRules } from "./rules-payload.ts"
import { toolRules } from "./rules-tools.ts"

/** Every rule for the generation methods, in the order they are asked. */
export const rules: readonly Rule[] = [
  ...payloadRules,
  ...accessRules,
  ...contentRules,
  ...geminiRules,
  ...claudeRules,
  ...toolRules,
  ...configRules,
  ...imageRules,
]

/** The first refusal and the rule it comes from. */
export function check(
  context: CheckContext,
  disabled: ReadonlySet<string>,
): { rule: string; refusal: Refusal } | undefined {
  for (const rule of rules) {
    if (disabled.has(rule.id)) continue
    const refusal = rule.check(context)
    if (refusal) return { rule: rule.id, refusal }
  }
  return undefined
}
