import { For, Show } from "solid-js"
import { DiffView, type FieldChange } from "../../../components/diff-view.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import type { Rule, RuleChange } from "./rule-changes.ts"
import { createRuleWords } from "./rule-words.tsx"
import { useWords } from "../words.ts"

/** What becomes of a list of rules: each that is new, another, elsewhere or gone. */
export function RuleDiff(props: { changes: readonly RuleChange[]; keys: () => readonly Suggestion[] }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- an accessor is handed on
  const words = createRuleWords(props.keys)
  const fields = (rule: Rule | undefined) => ({
    name: rule?.name,
    enabled: rule && (rule.enabled ? t("rules.yes") : t("rules.no")),
    when: rule && words.whenText(rule),
    does: rule && words.doesText(rule),
    note: rule?.note,
  })
  const fieldChanges = (before: Rule | undefined, after: Rule | undefined): readonly FieldChange[] => {
    const [was, is] = [fields(before), fields(after)]
    const all = Object.keys(was) as (keyof typeof was)[] // the record's own keys
    return all
      .filter((field) => (was[field] ?? "") !== (is[field] ?? ""))
      .map((field) => ({ field: t(`rules.field.${field}`), before: was[field], after: is[field] }))
  }
  const changesOf = (change: RuleChange): readonly FieldChange[] => {
    if (change.type === "added") return fieldChanges(undefined, change.rule)
    return change.type === "removed" ? fieldChanges(change.rule, undefined) : fieldChanges(change.before, change.rule)
  }
  const title = (change: RuleChange) =>
    t(change.type === "added" ? "rules.added" : change.type === "removed" ? "rules.removed" : "rules.changed")
  const place = (change: RuleChange) => (change.type === "changed" ? change.moved : undefined)
  return (
    <ul class="flex flex-col gap-4">
      <For each={props.changes}>
        {(change) => (
          <li class="flex flex-col gap-2">
            <h3 class="flex flex-wrap items-baseline gap-x-2">
              <span class="text-xs text-faint">{title(change)}</span>
              <span class="font-medium wrap-anywhere">
                {change.type === "changed" ? change.before.name : change.rule.name}
              </span>
              <Show when={place(change)}>
                {(moved) => (
                  <span class="text-[0.8125rem] text-soft">{t("rules.moved", moved().from, moved().to)}</span>
                )}
              </Show>
            </h3>
            <Show when={changesOf(change).length > 0}>
              <DiffView changes={changesOf(change)} />
            </Show>
          </li>
        )}
      </For>
    </ul>
  )
}
