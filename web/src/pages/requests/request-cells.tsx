/** What tables of requests show of one: in the list of all, and on the page of an account. */
import { Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { dialectLabels } from "../../lib/dialects.ts"
import { endOf, type Request } from "./create-requests.ts"
import { outcomeTones } from "./outcome-tones.ts"
import { useWords } from "./words.ts"

export type ShownRequest = Omit<Request, "apiKey" | "attempts">

export function EndTime(props: { request: Pick<Request, "startedAt" | "durationMs"> }) {
  const format = createFormat()
  const at = () => new Date(endOf(props.request)).toISOString()
  return (
    <time dateTime={at()} title={format.exact(at())}>
      {format.clock(at())}
    </time>
  )
}

export function Outcome(props: { request: Pick<Request, "outcome" | "status"> }) {
  const names = useNames()
  return (
    <span class="inline-flex items-center gap-2">
      <Badge tone={outcomeTones[props.request.outcome]} label={names("outcome", props.request.outcome)} />
      <span class="text-xs text-faint">{props.request.status}</span>
    </span>
  )
}

/** In, and out. */
export function Tokens(props: { request: Pick<Request, "inputTokens" | "outputTokens"> }) {
  const t = useWords()
  const format = createFormat()
  return (
    <span
      class="whitespace-nowrap"
      title={t(
        "requests.tokensHint",
        format.number(props.request.inputTokens),
        format.number(props.request.outputTokens),
      )}
    >
      {format.compact(props.request.inputTokens)}
      <span class="text-faint"> / </span>
      {format.compact(props.request.outputTokens)}
    </span>
  )
}

/** The model that answered, the name that was asked for when it is another, the dialect, and what went wrong. */
export function ModelAndError(props: { request: ShownRequest }) {
  const names = useNames()
  const { said } = useI18n()
  const request = () => props.request
  const model = () => request().model ?? request().requestedModel ?? "–"
  const asked = () => (request().requestedModel === model() ? undefined : request().requestedModel)
  return (
    <div class="flex flex-col gap-0.5">
      <span class="flex flex-wrap items-baseline gap-x-2">
        <span class="font-medium wrap-anywhere">{model()}</span>
        <Show when={asked()}>{(name) => <span class="text-xs text-faint wrap-anywhere">← {name()}</span>}</Show>
        <Show when={request().dialect}>
          {(dialect) => <span class="text-xs text-faint">{dialectLabels[dialect()]}</span>}
        </Show>
      </span>
      <Show when={request().errorCode ?? request().errorMessage}>
        <span class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
          <Show when={request().errorCode}>
            {(code) => (
              <span class="mr-1.5 font-medium" title={code()}>
                {names("errorCode", code())}
              </span>
            )}
          </Show>
          {said(request().errorMessage ?? "")}
        </span>
      </Show>
    </div>
  )
}
