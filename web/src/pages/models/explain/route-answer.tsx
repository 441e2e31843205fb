import { A } from "@solidjs/router"
import ArrowRight from "lucide-solid/icons/arrow-right"
import Ban from "lucide-solid/icons/ban"
import ChevronRight from "lucide-solid/icons/chevron-right"
import SearchX from "lucide-solid/icons/search-x"
import { For, type JSX, Match, Show, Switch } from "solid-js"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import type { Explanation } from "./create-explanation.ts"
import type { RoutingState } from "../create-routing.ts"
import { type ShownStep, shownSteps, type Step } from "./route-steps.ts"
import { createRuleWords, RuleParts } from "../rules/rule-words.tsx"
import { useWords } from "../words.ts"

interface RouteAnswerProps {
  answer: Explanation
  routing: RoutingState
  /** Asks for another name. */
  onAsk: (model: string) => void
}

/** What becomes of the request, in a line, and how that came. */
export function RouteAnswer(props: RouteAnswerProps) {
  const t = useWords()
  return (
    <article class="card flex flex-col overflow-hidden">
      <Verdict {...props} />
      <section class="flex flex-col gap-3 px-4.5 py-4" aria-labelledby="route-steps">
        <h3 id="route-steps" class="text-xs text-faint">
          {t("explain.steps")}
        </h3>
        <ol class="flex flex-col gap-3">
          <For each={shownSteps(props.answer.trace)}>
            {(shown, index) => (
              <li class="flex items-start gap-3">
                <span class="w-5 flex-none pt-px text-right text-xs text-faint tabular-nums" aria-hidden="true">
                  {index() + 1}
                </span>
                <div class="min-w-0 flex-1">
                  <StepView shown={shown} answer={props.answer} routing={props.routing} />
                </div>
              </li>
            )}
          </For>
        </ol>
      </section>
    </article>
  )
}

function Verdict(props: RouteAnswerProps) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const first = () => props.answer.models[0]
  const tone = () => (props.answer.outcome === "ROUTED" ? (first()?.census.candidates === 0 ? "hand" : "good") : "bad")
  const facts = () =>
    [
      props.answer.rule === null
        ? props.answer.outcome === "ROUTED" && t("explain.noRule")
        : t("explain.rule", props.answer.rule),
      props.answer.accountTags.length > 0 && t("explain.accounts", props.answer.accountTags.join(` ${t("rules.or")} `)),
      props.answer.strategy !== null && t("explain.strategy", names("strategy", props.answer.strategy)),
    ].filter((fact) => fact !== false)
  return (
    <header class={`notice tone-${tone()} flex flex-col gap-1 rounded-b-none px-4.5 py-3.5`}>
      <h2 class="flex items-center gap-2 text-[0.9375rem] font-semibold">
        <Switch>
          <Match when={props.answer.outcome === "ROUTED"}>
            <ArrowRight class="size-4 flex-none" aria-hidden="true" />
            <span class="min-w-0 wrap-anywhere">{t("explain.ROUTED", first()?.model ?? "")}</span>
          </Match>
          <Match when={props.answer.outcome === "REFUSED"}>
            <Ban class="size-4 flex-none" aria-hidden="true" />
            {t("explain.REFUSED")}
          </Match>
          <Match when={props.answer.outcome === "NOT_FOUND"}>
            <SearchX class="size-4 flex-none" aria-hidden="true" />
            {t("explain.NOT_FOUND")}
          </Match>
        </Switch>
      </h2>
      <Show when={facts().length > 0}>
        <p class="wrap-anywhere">{facts().join(" · ")}</p>
      </Show>
      <Show when={first()}>
        {(routed) => (
          <p>{t("explain.could", format.number(routed().census.candidates), format.number(routed().census.known))}</p>
        )}
      </Show>
      <Show when={props.answer.nearest.length > 0}>
        <div class="mt-1 flex flex-wrap items-center gap-1.5">
          <span>{t("explain.nearest")}</span>
          <For each={props.answer.nearest}>
            {(name) => (
              <button
                type="button"
                class="rounded-small bg-surface px-1.5 py-0.5 font-mono text-xs text-ink ring-1 ring-line-strong hover:bg-hover"
                onClick={() => props.onAsk(name)}
              >
                {name}
              </button>
            )}
          </For>
        </div>
      </Show>
    </header>
  )
}

type StepProps = Pick<RouteAnswerProps, "answer" | "routing">

function StepView(props: StepProps & { shown: ShownStep }) {
  const t = useWords()
  const sentence = createSentences(props)
  const passed = () => (props.shown.type === "passed" ? props.shown.steps : undefined)
  const one = () => (props.shown.type === "one" ? props.shown.step : undefined)
  return (
    <>
      <Show when={passed()}>
        {(steps) => (
          <details class="group">
            <summary class="flex cursor-pointer list-none items-center gap-1.5 text-soft [&::-webkit-details-marker]:hidden">
              {t("explain.passed", steps().length)}
              <ChevronRight class="size-3.5 text-faint transition-transform group-open:rotate-90" aria-hidden="true" />
            </summary>
            <ul class="mt-1.5 flex flex-col gap-1 text-[0.8125rem] text-soft">
              <For each={steps()}>{(step) => <li class="wrap-anywhere">{sentence(step)}</li>}</For>
            </ul>
          </details>
        )}
      </Show>
      <Show when={one()}>
        {(step) => (
          <div class="flex flex-col gap-1.5">
            <p class="wrap-anywhere">{sentence(step())}</p>
            <Show when={step().code === "RULE_DECIDES" && step().rule}>
              {(rule) => <DecidingRule {...props} name={rule()} />}
            </Show>
            <Show when={step().code === "ACCOUNTS"}>
              <Away answer={props.answer} model={step().models[0]} />
            </Show>
          </div>
        )}
      </Show>
    </>
  )
}

/** What the rule does, as it is in force; one that was changed just now is told by its sentence alone. */
function DecidingRule(props: StepProps & { name: string }): JSX.Element {
  const t = useWords()
  const words = createRuleWords(props.routing.keys)
  const rule = () => props.routing.routing()?.rules.find(({ name }) => name === props.name)
  return (
    <Show when={rule()}>
      {(found) => (
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-[0.8125rem]">
          <RuleParts label={t("rules.does")} parts={words.does(found())} />
          <A
            href="/models?tab=rules"
            class="underline decoration-line-strong underline-offset-3 hover:decoration-current"
          >
            {t("explain.toRules")}
          </A>
        </div>
      )}
    </Show>
  )
}

const kinds = ["unusable", "outside", "notOffered", "modelOff", "resting"] as const

/** What keeps the accounts that could not serve it. */
function Away(props: { answer: Explanation; model: string | undefined }) {
  const t = useWords()
  const format = createFormat()
  const census = () => props.answer.models.find(({ model }) => model === props.model)?.census
  const all = () => {
    const counts = census()
    if (counts === undefined) return []
    return kinds
      .filter((kind) => counts[kind] > 0)
      .map((kind) => t(`explain.away.${kind}`, format.number(counts[kind])))
  }
  return (
    <Show when={all().length > 0}>
      <p class="text-[0.8125rem] text-soft">{all().join(" · ")}</p>
    </Show>
  )
}

/** A step in the reader's language; the control plane's own sentence for one that this panel does not know. */
function createSentences(props: StepProps) {
  const t = useWords()
  const format = createFormat()
  const { language } = useI18n()
  return (step: Step): string => {
    const [first = "", second = ""] = step.models
    const rule = step.rule ?? ""
    const listed = step.models.join(language() === "zh" ? "、" : ", ")
    switch (step.code) {
      case "API_DENIED":
      case "NAME_UNKNOWN":
      case "NOT_FOUND":
        return t(`explain.step.${step.code}`)
      case "NAME_EXACT":
      case "NAME_ALIAS":
      case "NAME_RETIRED":
      case "NAME_PASSED_ON":
      case "FALLBACK_STANDS_IN":
      case "MODEL_DENIED":
        return t(`explain.step.${step.code}`, first)
      case "RULE_DECIDES":
      case "RULE_OTHER_KEY":
      case "RULE_OTHER_API":
      case "RULE_OTHER_MODEL":
      case "RULE_OTHER_TRAITS":
        return t(`explain.step.${step.code}`, rule)
      case "RULE_NOT_OFFERED":
        return t("explain.step.RULE_NOT_OFFERED", rule, first)
      case "FALLBACKS":
      case "FALLBACKS_DENIED":
        return t(`explain.step.${step.code}`, listed)
      case "MODEL_REPLACED":
        return t("explain.step.MODEL_REPLACED", first, second)
      case "ACCOUNTS": {
        const census = props.answer.models.find(({ model }) => model === first)?.census
        return census === undefined
          ? step.text
          : t("explain.step.ACCOUNTS", format.number(census.candidates), format.number(census.known), first)
      }
      default:
        // Of a newer control plane.
        return step.text
    }
  }
}
