/** What the form of a rule holds, and what is wrong with it before anybody is asked. Pure. */
import type { RequestTrait } from "#generated/web/graphql.ts"
import type { DraftRule } from "./rule-changes.ts"

export const emptyRule: DraftRule = {
  name: "",
  enabled: true,
  note: null,
  match: { apiKeyIds: null, keyTags: null, dialects: null, models: null, traits: null, withoutTraits: null },
  action: { model: null, accountTags: null, strategy: null, refuse: null },
}

/** One about requests for a model. */
export const ruleFor = (model: string): DraftRule => ({
  ...emptyRule,
  name: model,
  match: { ...emptyRule.match, models: [model] },
})

export type Wish = "any" | "with" | "without"

export function wishOf({ match }: DraftRule, trait: RequestTrait): Wish {
  if (match.traits?.includes(trait) === true) return "with"
  return match.withoutTraits?.includes(trait) === true ? "without" : "any"
}

export const orNull = <Entry>(list: readonly Entry[]): readonly Entry[] | null => (list.length === 0 ? null : list)

/** The rule with the next wish for a trait: it does not matter, with, without, and round again. */
export function withNextWish(rule: DraftRule, trait: RequestTrait): DraftRule {
  const wish = wishOf(rule, trait)
  const others = (list: readonly RequestTrait[] | null) => list?.filter((one) => one !== trait) ?? []
  const [traits, withoutTraits] = [others(rule.match.traits), others(rule.match.withoutTraits)]
  const match = {
    ...rule.match,
    traits: orNull(wish === "any" ? [...traits, trait] : traits),
    withoutTraits: orNull(wish === "with" ? [...withoutTraits, trait] : withoutTraits),
  }
  return { ...rule, match }
}

/** Without blanks round its texts, and with either a refusal or the rest of an action. */
export function finished(rule: DraftRule, isRefusing: boolean): DraftRule {
  const text = (value: string | null) => value?.trim() || null
  const { model, accountTags, strategy, refuse } = rule.action
  const action = isRefusing
    ? { model: null, accountTags: null, strategy: null, refuse: text(refuse) }
    : { model: text(model), accountTags, strategy, refuse: null }
  return { ...rule, name: rule.name.trim(), note: text(rule.note), action }
}

/** Fields that have to be filled in. */
export function missing({ name, action }: DraftRule, isRefusing: boolean): readonly ("name" | "refuse" | "action")[] {
  const leads = action.model ?? action.accountTags ?? action.strategy
  return [
    ...(name === "" ? (["name"] as const) : []),
    ...(isRefusing && action.refuse === null ? (["refuse"] as const) : []),
    ...(!isRefusing && leads === null ? (["action"] as const) : []),
  ]
}
