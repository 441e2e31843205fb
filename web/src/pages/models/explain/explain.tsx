import { createMemo, For, Match, Show, Switch } from "solid-js"
import type { Dialect, RequestTrait } from "#generated/web/graphql.ts"
import { Combobox } from "../../../components/combobox.tsx"
import { Field } from "../../../components/field.tsx"
import { ErrorView } from "../../../components/states.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { names as codeNames, useNames } from "../../../i18n/names.ts"
import { createUrlState } from "../../../lib/create-url-state.ts"
import { dialectLabels, dialects } from "../../../lib/dialects.ts"
import { createExplanation, type Question } from "./create-explanation.ts"
import type { RoutingState } from "../create-routing.ts"
import { RouteAnswer } from "./route-answer.tsx"
import { useWords } from "../words.ts"

const requestTraits = Object.keys(codeNames.trait) as RequestTrait[] // a test holds the names against the schema

interface ExplainProps {
  routing: RoutingState
  names: readonly Suggestion[]
}

/** A question as a client would ask it, which stands in the address, and what the data planes would do. */
export function Explain(props: ExplainProps) {
  const t = useWords()
  const names = useNames()
  const address = createUrlState<"model" | "dialect" | "key" | "traits">()
  const dialect = (): Dialect => dialects.find((one) => one === address.get("dialect")) ?? "OPENAI_CHAT"
  const traits = createMemo(() => {
    const given = address.get("traits")?.split(",") ?? []
    return requestTraits.filter((one) => given.includes(one))
  })
  const question = (): Question | undefined => {
    const model = address.get("model")?.trim()
    if (model === undefined || model === "") return undefined
    return { model, dialect: dialect(), apiKeyId: address.get("key"), traits: traits() }
  }
  const explanation = createExplanation(question, () => props.routing.routing()?.revision)
  const toggle = (trait: RequestTrait) => {
    const others = traits().filter((one) => one !== trait)
    const next = traits().includes(trait) ? others : [...others, trait]
    address.set({ traits: next.length === 0 ? undefined : next.join(",") })
  }
  return (
    <section class="flex flex-col gap-4" aria-label={t("models.explain")}>
      <p class="max-w-[72ch] text-soft">{t("explain.hint")}</p>
      <div class="grid items-start gap-5 lg:grid-cols-[minmax(18rem,24rem)_minmax(0,1fr)]">
        <div class="card flex flex-col gap-4 p-4.5">
          <Field label={t("explain.model")}>
            {(control) => (
              <Combobox
                {...control()}
                value={address.get("model") ?? ""}
                suggestions={props.names}
                placeholder="gemini-3-flash"
                onInput={(model) => address.set({ model: model === "" ? undefined : model })}
              />
            )}
          </Field>
          <Field label={t("explain.dialect")}>
            {(control) => (
              <select
                {...control()}
                class="input"
                onChange={({ currentTarget: { value } }) =>
                  address.set({ dialect: value === "OPENAI_CHAT" ? undefined : value })
                }
              >
                <For each={dialects}>
                  {(one) => (
                    <option value={one} selected={dialect() === one}>
                      {dialectLabels[one]}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Field label={t("explain.key")}>
            {(control) => (
              <select
                {...control()}
                class="input"
                onChange={(event) => address.set({ key: event.currentTarget.value || undefined })}
              >
                <option value="" selected={address.get("key") === undefined}>
                  {t("explain.anyKey")}
                </option>
                <For each={props.routing.keys()}>
                  {(key) => (
                    <option value={key.value} selected={address.get("key") === key.value}>
                      {key.label}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <fieldset class="flex flex-col gap-1.5">
            <legend class="mb-1.5 text-[0.8125rem] font-medium">{t("explain.traits")}</legend>
            <div class="flex flex-wrap gap-1">
              <For each={requestTraits}>
                {(trait) => (
                  <button
                    type="button"
                    class="chip"
                    aria-pressed={traits().includes(trait)}
                    onClick={() => toggle(trait)}
                  >
                    {names("trait", trait)}
                  </button>
                )}
              </For>
            </div>
          </fieldset>
        </div>
        <div class="flex min-w-0 flex-col gap-4" aria-live="polite">
          <Show when={explanation.problem()}>
            {(problem) => <ErrorView problem={problem()} onRetry={explanation.again} compact />}
          </Show>
          <Show when={props.routing.isDrafted()}>
            <p class="notice tone-hand px-3 py-2">{t("explain.unsaved")}</p>
          </Show>
          <Switch>
            <Match when={explanation.answer()}>
              {(answer) => (
                <RouteAnswer answer={answer()} routing={props.routing} onAsk={(model) => address.set({ model })} />
              )}
            </Match>
            <Match when={question() === undefined}>
              <p class="card px-4.5 py-8 text-center text-soft">{t("explain.ask")}</p>
            </Match>
            <Match when={explanation.problem() === undefined}>
              <div class="card flex flex-col gap-3 p-4.5" role="status" aria-label={t("app.loading")}>
                <div class="skeleton h-5 w-56" />
                <div class="skeleton h-3.5 w-full max-w-96" />
                <div class="skeleton h-3.5 w-72 max-w-full" />
              </div>
            </Match>
          </Switch>
        </div>
      </div>
    </section>
  )
}
