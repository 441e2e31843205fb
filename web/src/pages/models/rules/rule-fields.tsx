import { For, Show } from "solid-js"
import type { PoolStrategy, RequestTrait } from "#generated/web/graphql.ts"
import { Combobox } from "../../../components/combobox.tsx"
import { ComboboxList } from "../../../components/combobox-list.tsx"
import { Field } from "../../../components/field.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import type { Errors } from "../../../graphql/create-mutation.ts"
import { names as codeNames, useNames } from "../../../i18n/names.ts"
import { dialectLabels, dialects } from "../../../lib/dialects.ts"
import type { RoutingState } from "../create-routing.ts"
import type { DraftRule } from "./rule-changes.ts"
import { orNull, type Wish, wishOf, withNextWish } from "./rule-form-draft.ts"
import { useWords } from "../words.ts"

/** Those at which something can be wrong. */
export const ruleFields = [
  "name",
  "note",
  "apiKeyIds",
  "keyTags",
  "dialects",
  "models",
  "traits",
  "withoutTraits",
  "model",
  "accountTags",
  "strategy",
  "refuse",
  "action",
] as const

const requestTraits = Object.keys(codeNames.trait) as RequestTrait[] // a test holds the names against the schema
const strategies = Object.keys(codeNames.strategy) as PoolStrategy[] // the same

interface RuleFieldsProps {
  rule: DraftRule
  isRefusing: boolean
  errors: Errors
  routing: RoutingState
  names: readonly Suggestion[]
  onChange: (rule: DraftRule) => void
  onRefusing: (isRefusing: boolean) => void
}

const suggest = (texts: readonly string[]): readonly Suggestion[] => texts.map((value) => ({ value }))

export function RuleFields(props: RuleFieldsProps) {
  const t = useWords()
  return (
    <>
      <Field label={t("rule.name")} hint={t("rule.nameHint")} error={props.errors["name"]}>
        {(control) => (
          <input
            {...control()}
            class="input"
            maxLength={100}
            value={props.rule.name}
            onInput={(event) => props.onChange({ ...props.rule, name: event.currentTarget.value })}
          />
        )}
      </Field>
      <MatchFields {...props} />
      <ActionFields {...props} />
      <Field label={t("rule.note")} optional error={props.errors["note"]}>
        {(control) => (
          <textarea
            {...control()}
            class="input"
            rows={2}
            maxLength={1000}
            value={props.rule.note ?? ""}
            onInput={(event) => props.onChange({ ...props.rule, note: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  )
}

function MatchFields(props: RuleFieldsProps) {
  const t = useWords()
  const match = () => props.rule.match
  const change = (part: Partial<DraftRule["match"]>) =>
    props.onChange({ ...props.rule, match: { ...props.rule.match, ...part } })
  return (
    <fieldset class="flex flex-col gap-4 rounded-medium p-3 ring-1 ring-line">
      <legend class="sr-only">{t("rule.when")}</legend>
      <div>
        <p class="font-semibold" aria-hidden="true">
          {t("rule.when")}
        </p>
        <p class="text-xs text-faint">{t("rule.whenHint")}</p>
      </div>
      <Field label={t("rule.models")} hint={t("rule.modelsHint")} error={props.errors["models"]}>
        {(control) => (
          <ComboboxList
            {...control()}
            values={match().models ?? []}
            suggestions={props.names}
            placeholder="claude-*"
            onChange={(models) => change({ models: orNull(models) })}
          />
        )}
      </Field>
      <Field label={t("rule.keys")} hint={t("rule.keysHint")} error={props.errors["apiKeyIds"]}>
        {(control) => (
          <ComboboxList
            {...control()}
            closed
            values={match().apiKeyIds ?? []}
            suggestions={props.routing.keys()}
            onChange={(ids) => change({ apiKeyIds: orNull(ids) })}
          />
        )}
      </Field>
      <Field label={t("rule.keyTags")} error={props.errors["keyTags"]}>
        {(control) => (
          <ComboboxList
            {...control()}
            values={match().keyTags ?? []}
            suggestions={suggest(props.routing.routing()?.keyTags ?? [])}
            onChange={(tags) => change({ keyTags: orNull(tags) })}
          />
        )}
      </Field>
      <fieldset class="flex flex-col gap-1.5">
        <legend class="mb-1.5 text-[0.8125rem] font-medium">{t("rule.dialects")}</legend>
        <div class="flex flex-wrap gap-1">
          <For each={dialects}>
            {(dialect) => (
              <button
                type="button"
                class="chip"
                aria-pressed={match().dialects?.includes(dialect) === true}
                onClick={() => {
                  const others = match().dialects?.filter((one) => one !== dialect) ?? []
                  const isChosen = match().dialects?.includes(dialect) === true
                  change({ dialects: orNull(isChosen ? others : [...others, dialect]) })
                }}
              >
                {dialectLabels[dialect]}
              </button>
            )}
          </For>
        </div>
        <p class="text-xs text-faint">{props.errors["dialects"] ?? t("rule.any")}</p>
      </fieldset>
      <TraitFields {...props} />
    </fieldset>
  )
}

function TraitFields(props: RuleFieldsProps) {
  const t = useWords()
  const names = useNames()
  const label = (trait: RequestTrait, wish: Wish) => {
    const name = names("trait", trait)
    if (wish === "any") return t("rule.traitAny", name)
    return wish === "with" ? t("rule.traitWith", name) : t("rule.traitWithout", name)
  }
  return (
    <fieldset class="flex flex-col gap-1.5">
      <legend class="mb-1.5 text-[0.8125rem] font-medium">{t("rule.traits")}</legend>
      <div class="flex flex-wrap gap-1">
        <For each={requestTraits}>
          {(trait) => {
            const wish = () => wishOf(props.rule, trait)
            return (
              <button
                type="button"
                class="chip"
                aria-pressed={wish() !== "any"}
                aria-label={label(trait, wish())}
                onClick={() => props.onChange(withNextWish(props.rule, trait))}
              >
                <Show when={wish() !== "any"}>
                  <span class="text-xs text-faint">{wish() === "with" ? t("rules.has") : t("rules.hasNot")}</span>
                </Show>
                {names("trait", trait)}
              </button>
            )
          }}
        </For>
      </div>
      <p class="text-xs text-faint">
        {props.errors["withoutTraits"] ?? props.errors["traits"] ?? t("rule.traitsHint")}
      </p>
    </fieldset>
  )
}

function ActionFields(props: RuleFieldsProps) {
  const t = useWords()
  const names = useNames()
  const action = () => props.rule.action
  const change = (part: Partial<DraftRule["action"]>) =>
    props.onChange({ ...props.rule, action: { ...props.rule.action, ...part } })
  return (
    <fieldset class="flex flex-col gap-4 rounded-medium p-3 ring-1 ring-line">
      <legend class="sr-only">{t("rule.does")}</legend>
      <div class="flex flex-wrap items-center justify-between gap-2">
        <p class="font-semibold" aria-hidden="true">
          {t("rule.does")}
        </p>
        <div class="flex gap-1">
          <For each={[false, true]}>
            {(isRefusing) => (
              <button
                type="button"
                class="chip"
                aria-pressed={props.isRefusing === isRefusing}
                onClick={() => props.onRefusing(isRefusing)}
              >
                {isRefusing ? t("rule.refuse") : t("rule.route")}
              </button>
            )}
          </For>
        </div>
      </div>
      <Show
        when={props.isRefusing}
        fallback={
          <>
            <Field
              label={t("rule.model")}
              hint={t("rule.modelHint")}
              error={props.errors["model"] ?? props.errors["action"]}
            >
              {(control) => (
                <Combobox
                  {...control()}
                  value={action().model ?? ""}
                  suggestions={props.names}
                  onInput={(model) => change({ model: model === "" ? null : model })}
                />
              )}
            </Field>
            <Field label={t("rule.accountTags")} hint={t("rule.accountTagsHint")} error={props.errors["accountTags"]}>
              {(control) => (
                <ComboboxList
                  {...control()}
                  values={action().accountTags ?? []}
                  suggestions={suggest(props.routing.routing()?.accountTags ?? [])}
                  onChange={(tags) => change({ accountTags: orNull(tags) })}
                />
              )}
            </Field>
            <Field label={t("rule.strategy")} error={props.errors["strategy"]}>
              {(control) => (
                <select
                  {...control()}
                  class="input"
                  onChange={(event) =>
                    change({ strategy: strategies.find((one) => one === event.currentTarget.value) ?? null })
                  }
                >
                  <option value="" selected={action().strategy === null}>
                    {t("rule.strategyDefault")}
                  </option>
                  <For each={strategies}>
                    {(strategy) => (
                      <option value={strategy} selected={action().strategy === strategy}>
                        {names("strategy", strategy)}
                      </option>
                    )}
                  </For>
                </select>
              )}
            </Field>
          </>
        }
      >
        <Field label={t("rule.refusal")} hint={t("rule.refusalHint")} error={props.errors["refuse"]}>
          {(control) => (
            <textarea
              {...control()}
              class="input"
              rows={2}
              maxLength={300}
              value={action().refuse ?? ""}
              onInput={(event) => change({ refuse: event.currentTarget.value })}
            />
          )}
        </Field>
      </Show>
    </fieldset>
  )
}
