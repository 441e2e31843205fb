import { Button } from "../../../components/button.tsx"
import type { RoutingState } from "../create-routing.ts"
import { changesOf, draftsOf } from "./rule-changes.ts"
import { RuleDiff } from "./rule-diff.tsx"
import { useWords } from "../words.ts"

/** Somebody else changed the rules that the draft was made of: what they did, and the choice. */
export function RulesConflict(props: { routing: RoutingState }) {
  const t = useWords()
  /** Of the rules that the draft was made of, linked by their names. */
  const theirs = () => {
    const names = new Set(props.routing.base().map(({ name }) => name))
    const now = draftsOf(props.routing.routing()?.rules ?? [])
    return changesOf(
      props.routing.base(),
      now.map((rule) => (names.has(rule.name) ? rule : { ...rule, was: undefined })),
    )
  }
  return (
    <section role="alert" class="notice tone-hand flex flex-col gap-3 px-4 py-3" aria-labelledby="rules-conflict">
      <div>
        <h3 id="rules-conflict" class="font-semibold">
          {t("rules.conflictTitle")}
        </h3>
        <p class="text-[0.8125rem]">{t("rules.conflictHint")}</p>
      </div>
      <div class="rounded-medium bg-surface p-3 text-ink">
        <RuleDiff changes={theirs()} keys={props.routing.keys} />
      </div>
      <div class="flex flex-wrap gap-2 text-ink">
        <Button onClick={() => props.routing.keepMine()}>{t("rules.keepMine")}</Button>
        <Button onClick={() => props.routing.discard()}>{t("rules.takeTheirs")}</Button>
      </div>
    </section>
  )
}
