/** A rule as people say it: what it is for, and what it does. */
import { For, Show } from "solid-js"
import type { Suggestion } from "../../../components/suggestions.ts"
import { useNames } from "../../../i18n/names.ts"
import { dialectLabels } from "../../../lib/dialects.ts"
import type { Rule } from "./rule-changes.ts"
import { useWords } from "../words.ts"

interface RulePart {
  /** Absent: the values stand for themselves. */
  readonly label?: string
  readonly values: readonly string[]
  /** They all hold; else one of them does. */
  readonly isAll?: boolean
}

/** What gives the parts of a rule in the reader's language; keys are told by name where it is known. */
export function createRuleWords(keys: () => readonly Suggestion[]) {
  const t = useWords()
  const names = useNames()
  const keyName = (id: string) => keys().find(({ value }) => value === id)?.label ?? id
  const part = (label: string, values: readonly string[] | null, isAll = false): RulePart[] =>
    values === null || values.length === 0 ? [] : [{ label, values, isAll }]
  const when = ({ match }: Rule): readonly RulePart[] => [
    ...part(t("rules.key"), match.apiKeyIds?.map(keyName) ?? null),
    ...part(t("rules.keyTag"), match.keyTags),
    ...part(t("rules.api"), match.dialects?.map((dialect) => dialectLabels[dialect]) ?? null),
    ...part(t("rules.model"), match.models),
    ...part(t("rules.has"), match.traits?.map((trait) => names("trait", trait)) ?? null, true),
    ...part(t("rules.hasNot"), match.withoutTraits?.map((trait) => names("trait", trait)) ?? null, true),
  ]
  const does = ({ action }: Rule): readonly RulePart[] =>
    action.refuse !== null
      ? [{ label: t("rules.refused"), values: [`“${action.refuse}”`] }]
      : [
          ...part(t("rules.goesTo"), action.model === null ? null : [action.model]),
          ...part(t("rules.accountsTagged"), action.accountTags),
          ...part(t("rules.chosenBy"), action.strategy === null ? null : [names("strategy", action.strategy)]),
        ]
  const text = (parts: readonly RulePart[]): string =>
    parts
      .map(({ label, values, isAll }) => `${label ?? ""} ${values.join(isAll === true ? ", " : ` ${t("rules.or")} `)}`)
      .join(" · ")
  return {
    when,
    does,
    whenText: (rule: Rule) => text(when(rule)) || t("rules.always"),
    doesText: (rule: Rule) => text(does(rule)),
  }
}

interface RulePartsProps {
  /** What stands before them. */
  label: string
  parts: readonly RulePart[]
  /** What it means that there are none. */
  otherwise?: string
}

export function RuleParts(props: RulePartsProps) {
  return (
    <p class="flex items-baseline gap-x-2">
      <span class="w-10 flex-none text-xs text-faint">{props.label}</span>
      <span class="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2.5 gap-y-1">
        <Show when={props.parts.length > 0} fallback={<span class="text-soft">{props.otherwise}</span>}>
          <For each={props.parts}>
            {(part) => (
              <span class="inline-flex max-w-full flex-wrap items-baseline gap-x-1.5 gap-y-1">
                <span class="text-soft">{part.label}</span>
                <For each={part.values}>
                  {(value) => (
                    <code class="rounded-small bg-hover px-1.5 py-px font-mono text-xs wrap-anywhere">{value}</code>
                  )}
                </For>
              </span>
            )}
          </For>
        </Show>
      </span>
    </p>
  )
}
