/** Rules as they are drafted, and what a draft changes of those in force. Pure. */
import type { RoutingPartsFragment, RoutingRuleInput } from "#generated/web/graphql.ts"

export type Rule = RoutingPartsFragment["rules"][number]

export interface DraftRule extends Rule {
  /** The name of the rule in force that it was made of; absent: it is new. */
  readonly was?: string | undefined
}

export const draftsOf = (rules: readonly Rule[]): readonly DraftRule[] =>
  rules.map((rule) => ({ ...rule, was: rule.name }))

export type RuleChange =
  | { readonly type: "added"; readonly rule: DraftRule }
  | { readonly type: "removed"; readonly rule: Rule }
  | {
      readonly type: "changed"
      readonly rule: DraftRule
      readonly before: Rule
      /** Its place before and now, counted from one, where it moved past others. */
      readonly moved?: { readonly from: number; readonly to: number } | undefined
      readonly isEdited: boolean
    }

/** In the order of the draft, what is gone last. */
export function changesOf(rules: readonly Rule[], drafts: readonly DraftRule[]): readonly RuleChange[] {
  const places = new Map(rules.map(({ name }, index) => [name, index]))
  const kept = drafts.flatMap(({ was }) => (was === undefined ? [] : (places.get(was) ?? [])))
  const still = longestRise(kept)
  const changes = drafts.flatMap((rule, index): RuleChange[] => {
    const from = rule.was === undefined ? undefined : places.get(rule.was)
    const before = from === undefined ? undefined : rules[from]
    if (from === undefined || before === undefined) return [{ type: "added", rule }]
    const isEdited = textOf(before) !== textOf(rule)
    const moved = still.has(from) ? undefined : { from: from + 1, to: index + 1 }
    return isEdited || moved !== undefined ? [{ type: "changed", rule, before, isEdited, moved }] : []
  })
  const left = new Set(drafts.map(({ was }) => was))
  return [
    ...changes,
    ...rules.filter(({ name }) => !left.has(name)).map((rule) => ({ type: "removed" as const, rule })),
  ]
}

/** As the control plane takes it. */
export function inputOf({ name, enabled, note, match, action }: Rule): RoutingRuleInput {
  return { name, enabled, note, match: { ...match }, action: { ...action } }
}

const textOf = (rule: Rule): string => JSON.stringify(inputOf(rule))

export const isSameRules = (one: readonly Rule[], other: readonly Rule[]): boolean =>
  one.length === other.length && one.every((rule, index) => textOf(rule) === textOf(other[index]!)) // as many

/** Numbers that are left where they are when as few as possible of the list are moved. */
function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  const best: { length: number; before: number }[] = []
  let last = -1
  for (const [index, number] of numbers.entries()) {
    let [length, before] = [1, -1]
    for (let earlier = 0; earlier < index; earlier++) {
      const reached = best[earlier]?.length ?? 0
      if ((numbers[earlier] ?? 0) < number && reached + 1 > length) [length, before] = [reached + 1, earlier]
    }
    best.push({ length, before })
    if (length > (best[last]?.length ?? 0)) last = index
  }
  const rise = new Set<number>()
  for (let at = last; at >= 0; at = best[at]?.before ?? -1) rise.add(numbers[at]!) // it is one of their places
  return rise
}
