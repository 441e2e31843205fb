import { For, Show } from "solid-js"
import { createFormat } from "../../i18n/i18n.tsx"
import { CensusText } from "./census.tsx"
import type { Request } from "./create-requests.ts"
import { phasesBefore, phasesOf, phasesOfRefusal } from "./phases.ts"
import { Waterfall } from "./waterfall.tsx"
import { useWords } from "./words.ts"

/**
 * Why a request went the way it went: its id, what each attempt waited for and how it ended, why no account could be had, and what
 * was not carried.
 */
export function RequestDetail(props: { request: Request }) {
  const t = useWords()
  const format = createFormat()
  const before = () => phasesBefore(props.request)
  const totalMs = () => Math.max(props.request.durationMs, ...props.request.attempts.map(({ endedMs }) => endedMs))
  return (
    <div class="flex flex-col gap-3 py-1 text-[0.8125rem]">
      <p class="flex flex-wrap gap-x-2">
        <span class="text-faint">{t("detail.id")}</span>
        <code class="font-mono text-xs wrap-anywhere">{props.request.id}</code>
      </p>
      <Show when={props.request.overheadUs !== null}>
        <p>{t("detail.ownHint", format.microseconds(props.request.overheadUs))}</p>
      </Show>
      <Show when={before().length > 0}>
        <section class="flex flex-col gap-1">
          <h4 class="text-faint">{t("detail.begin")}</h4>
          <Waterfall phases={before()} totalMs={totalMs()} />
        </section>
      </Show>
      <section class="flex flex-col gap-1">
        <h4 class="text-faint">{t("detail.attempts")}</h4>
        <Show when={props.request.attempts.length > 0} fallback={<p>{t("detail.noAttempt")}</p>}>
          <ol class="flex flex-col gap-3">
            <For each={props.request.attempts}>
              {(attempt, index) => (
                <Attempt attempt={attempt} previous={props.request.attempts[index() - 1]} totalMs={totalMs()} />
              )}
            </For>
          </ol>
        </Show>
      </section>
      <Show when={props.request.refusal}>
        {(refusal) => (
          <section class="flex flex-col gap-1">
            <h4 class="text-faint">{t("detail.refusal")}</h4>
            <CensusText census={refusal().census} />
            <Waterfall phases={phasesOfRefusal(props.request)} totalMs={totalMs()} />
          </section>
        )}
      </Show>
      <Show when={props.request.dropped.length > 0}>
        <section class="flex flex-col gap-1">
          <h4 class="text-faint">{t("detail.dropped")}</h4>
          <ul class="flex flex-wrap gap-1.5">
            <For each={props.request.dropped}>
              {(path) => <li class="rounded border border-line px-1.5 font-mono text-xs wrap-anywhere">{path}</li>}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={props.request.schemaReport}>{(report) => <SchemaReport report={report()} />}</Show>
    </div>
  )
}

/** What was changed of the tools' schemas: a line a change, after as many as were kept the number of the rest. */
function SchemaReport(props: { report: NonNullable<Request["schemaReport"]> }) {
  const t = useWords()
  const format = createFormat()
  const left = () => props.report.total - props.report.listed.length
  return (
    <section class="flex flex-col gap-1">
      <h4 class="text-faint">{t("detail.schemaChanges", format.number(props.report.total))}</h4>
      <ul class="flex flex-col gap-0.5">
        <For each={props.report.listed}>
          {({ tool, path, change }) => (
            <li class="flex flex-wrap gap-x-2 wrap-anywhere">
              <code class="font-mono text-xs">{path === "" ? tool : `${tool}: ${path}`}</code>
              <span class="text-soft">{change}</span>
            </li>
          )}
        </For>
        <Show when={left() > 0}>
          <li class="text-faint">{t("detail.schemaChangesLeft", format.number(left()))}</li>
        </Show>
      </ul>
    </section>
  )
}

interface AttemptProps {
  attempt: Request["attempts"][number]
  previous: Request["attempts"][number] | undefined
  totalMs: number
}

function Attempt(props: AttemptProps) {
  const t = useWords()
  const attempt = () => props.attempt
  return (
    <li class="flex flex-col gap-1">
      <p class="flex flex-wrap items-baseline gap-x-2">
        <span class="font-medium wrap-anywhere">{attempt().account?.label ?? t("detail.accountGone")}</span>
        <span class="text-soft wrap-anywhere">{attempt().reason}</span>
        <Show when={attempt().failureClass} fallback={<span class="text-faint">{t("detail.answered")}</span>}>
          {(name) => (
            <span class="tone-bad text-tone">
              <code class="font-mono text-xs font-semibold">{name()}</code>
              <Show when={attempt().failureScope}>{(scope) => <span class="ml-1.5">({scope()})</span>}</Show>
              <Show when={attempt().upstreamStatus}>{(status) => <span class="ml-1.5">HTTP {status()}</span>}</Show>
            </span>
          )}
        </Show>
      </p>
      <Show when={attempt().census}>{(census) => <CensusText census={census()} />}</Show>
      <Waterfall phases={phasesOf(attempt(), props.previous)} totalMs={props.totalMs} />
    </li>
  )
}
