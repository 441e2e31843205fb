import { A } from "@solidjs/router"
import { For, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { CensusText } from "./census.tsx"
import { choiceOf, isFirstAfterRest } from "./choice.ts"
import type { Attempt, RequestRecord } from "./create-record.ts"
import { ExplanationText } from "./explanation-text.tsx"
import { phasesBefore, phasesOf, phasesOfRefusal } from "./phases.ts"
import { TimeAxis, Waterfall } from "./waterfall.tsx"
import { useWords } from "./words.ts"

/** The way of a request: where its time went, attempt by attempt, and what was decided on it. */
export function Way(props: { record: RequestRecord }) {
  const t = useWords()
  const before = () => phasesBefore(props.record)
  const totalMs = () => Math.max(props.record.durationMs, ...props.record.attempts.map(({ endedMs }) => endedMs))
  return (
    <>
      <TimeAxis totalMs={totalMs()} />
      <Show when={before().length > 0}>
        <section class="flex flex-col gap-1">
          <h3 class="text-faint">{t("detail.begin")}</h3>
          <Waterfall phases={before()} totalMs={totalMs()} />
        </section>
      </Show>
      <section class="flex flex-col gap-1.5">
        <h3 class="text-faint">{t("detail.attempts")}</h3>
        <Show when={props.record.attempts.length > 0} fallback={<p>{t("detail.noAttempt")}</p>}>
          <ol class="flex flex-col gap-4">
            <For each={props.record.attempts}>
              {(attempt, index) => (
                <AttemptView
                  attempt={attempt}
                  number={index() + 1}
                  previous={props.record.attempts[index() - 1]}
                  home={props.record.conversation?.home?.label}
                  totalMs={totalMs()}
                />
              )}
            </For>
          </ol>
        </Show>
      </section>
      <Show when={props.record.refusal}>
        {(refusal) => (
          <section class="flex flex-col gap-1">
            <h3 class="text-faint">{t("detail.refusal")}</h3>
            <CensusText census={refusal().census} />
            <Waterfall phases={phasesOfRefusal(props.record)} totalMs={totalMs()} />
          </section>
        )}
      </Show>
    </>
  )
}

interface AttemptViewProps {
  attempt: Attempt
  number: number
  previous: Attempt | undefined
  /** Where the conversation lives. */
  home: string | undefined
  totalMs: number
}

function AttemptView(props: AttemptViewProps) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const attempt = () => props.attempt
  return (
    <li class="flex flex-col gap-1.5">
      <p class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span class="text-faint tabular-nums">{format.number(props.number)}.</span>
        <Show when={attempt().account} fallback={<span class="font-medium">{t("detail.accountGone")}</span>}>
          {(account) => (
            <A href={`/requests?account=${account().id}`} class="font-medium wrap-anywhere hover:underline">
              {account().label}
            </A>
          )}
        </Show>
        <Show when={attempt().failureClass} fallback={<Badge tone="good" label={t("detail.answered")} />}>
          {(name) => <Badge tone="bad" label={names("failureClass", name())} title={name()} />}
        </Show>
        <Show when={attempt().upstreamStatus}>
          {(status) => <span class="text-xs text-faint tabular-nums">HTTP {status()}</span>}
        </Show>
        <Show when={attempt().failureClass !== null && attempt().failureScope}>
          {(scope) => <span class="text-xs text-faint">{t("detail.about", names("failureScope", scope()))}</span>}
        </Show>
      </p>
      <p class="wrap-anywhere">
        <ChoiceText attempt={attempt()} home={props.home} />
      </p>
      <Show when={attempt().census}>{(census) => <CensusText census={census()} />}</Show>
      <Waterfall phases={phasesOf(attempt(), props.previous)} totalMs={props.totalMs} />
      {/* The same once more needs no more words. */}
      <Show when={attempt().failureClass !== props.previous?.failureClass && attempt().failureClass}>
        {(name) => <ExplanationText kind="failureClass" code={name()} class="notice tone-quiet px-3 py-2" />}
      </Show>
    </li>
  )
}

/** Why this account, in a sentence. */
function ChoiceText(props: { attempt: Attempt; home: string | undefined }) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const text = () => sentence() + (isFirstAfterRest(props.attempt.reason) && !isRepeat() ? ` ${t("choice.first")}` : "")
  /** Asked for no account: the one before was taken again. */
  const isRepeat = () => props.attempt.askedMs === null && props.attempt.census === null
  const sentence = () => {
    const { attempt } = props
    const choice = choiceOf(attempt.reason)
    if (isRepeat()) return t("choice.again")
    if (choice.kind === "home") return t("choice.home")
    if (choice.kind === "standsIn") return t("choice.standsIn", attempt.standsInFor?.label ?? props.home ?? "–")
    if (choice.kind === "other") return choice.text
    const name = names("strategy", choice.strategy)
    const why = names("strategyWhy", choice.strategy)
    const place = choice.priority === undefined ? "" : t("choice.priority", format.number(choice.priority))
    return t("choice.strategy", why, format.number(choice.count), name + place)
  }
  return <>{text()}</>
}
