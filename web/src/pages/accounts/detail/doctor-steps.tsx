import Check from "lucide-solid/icons/check"
import Minus from "lucide-solid/icons/minus"
import X from "lucide-solid/icons/x"
import { type Component, For, Show } from "solid-js"
import { Dynamic } from "solid-js/web"
import type { AccountTestOutcome, TestStepFragment } from "#generated/web/graphql.ts"
import type { Tone } from "../../../components/badge.tsx"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { ProviderLink } from "../provider-link.tsx"
import { useWords } from "./words.ts"

const looks: Readonly<Record<AccountTestOutcome, { tone: Tone; mark: Component<{ class?: string }> }>> = {
  PASSED: { tone: "good", mark: Check },
  FAILED: { tone: "bad", mark: X },
  SKIPPED: { tone: "quiet", mark: Minus },
}

/** What was tried, in order: what came of it, how long it took, and what to do. */
export function DoctorSteps(props: { steps: readonly TestStepFragment[] }) {
  const t = useWords()
  return (
    <ol aria-label={t("doctor.steps")}>
      <For each={props.steps}>{(step) => <Step step={step} />}</For>
    </ol>
  )
}

function Step(props: { step: TestStepFragment }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const look = () => looks[props.step.outcome]
  return (
    <li class="grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-3 border-t border-line px-4.5 py-2">
      <Dynamic component={look().mark} class={`tone-${look().tone} mt-0.5 size-4 text-tone`} aria-hidden="true" />
      <div class="flex min-w-0 flex-wrap items-baseline gap-x-2.5">
        <span class="font-medium">{t(`doctor.step.${props.step.step}`)}</span>
        <Show when={props.step.subject}>
          {(subject) => <span class="font-mono text-xs wrap-anywhere">{subject()}</span>}
        </Show>
        <span class="sr-only">{t(`doctor.outcome.${props.step.outcome}`)}</span>
        <span class="text-[0.8125rem] text-soft wrap-anywhere">{said(props.step.message)}</span>
      </div>
      <span class="text-[0.8125rem] whitespace-nowrap text-faint tabular-nums">
        {props.step.durationMs === null ? t("doctor.outcome.SKIPPED") : format.duration(props.step.durationMs)}
      </span>
      <div class="col-start-2 col-end-4 flex flex-col items-start gap-0.5 text-[0.8125rem]">
        <Show when={props.step.wayOut}>{(wayOut) => <p class="font-medium wrap-anywhere">{said(wayOut())}</p>}</Show>
        <ProviderLink link={props.step.link} />
      </div>
    </li>
  )
}
