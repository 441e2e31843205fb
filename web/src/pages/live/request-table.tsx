import ChevronRight from "lucide-solid/icons/chevron-right"
import { createSignal, createUniqueId, For, onCleanup, onMount, Show, untrack } from "solid-js"
import type { RequestOutcome } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Cell, ColumnHeader } from "../../components/cell.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { endOf, type Request } from "./create-traffic.ts"
import { RequestDetail } from "./request-detail.tsx"

const outcomeTones: Record<RequestOutcome, Tone> = {
  COMPLETED: "good",
  FAILED: "bad",
  TRUNCATED: "hand",
  CANCELLED: "quiet",
}

const firstLookMs = 1_000

/** The last requests, newest first. */
export function RequestTable(props: { requests: readonly Request[] }) {
  const { t } = useI18n()
  // The rows of the first look stand still; those that come later are lit up for a moment.
  const [isLive, setLive] = createSignal(false)
  onMount(() => {
    const timer = setTimeout(() => setLive(true), firstLookMs)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <table role="table" class="table" aria-label={t("live.requests")}>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHeader>{t("live.time")}</ColumnHeader>
          <ColumnHeader>{t("live.outcome")}</ColumnHeader>
          <ColumnHeader>{t("live.model")}</ColumnHeader>
          <ColumnHeader>{t("live.account")}</ColumnHeader>
          <ColumnHeader end>{t("live.firstContent")}</ColumnHeader>
          <ColumnHeader end>{t("live.duration")}</ColumnHeader>
          <ColumnHeader end>{t("live.tokens")}</ColumnHeader>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <For each={props.requests}>{(request) => <RequestRow request={request} arrives={untrack(isLive)} />}</For>
      </tbody>
    </table>
  )
}

function RequestRow(props: { request: Request; arrives: boolean }) {
  const { t } = useI18n()
  const format = createFormat()
  const request = () => props.request
  const endedAt = () => new Date(endOf(request())).toISOString()
  const account = () => request().attempts.findLast((attempt) => attempt.account !== null)?.account
  const [isOpen, setOpen] = createSignal(false)
  const id = createUniqueId()
  return (
    <>
      <tr role="row" classList={{ arrive: props.arrives }}>
        <Cell label={t("live.time")}>
          <button
            type="button"
            class="-ml-1.5 inline-flex items-center gap-1 rounded px-0.5 text-soft"
            aria-expanded={isOpen()}
            aria-controls={id}
            title={t("detail.show")}
            onClick={() => setOpen(!isOpen())}
          >
            <ChevronRight
              class="size-3.5 flex-none text-faint"
              classList={{ "rotate-90": isOpen() }}
              aria-hidden="true"
            />
            <time dateTime={endedAt()} title={format.exact(endedAt())}>
              {format.clock(endedAt())}
            </time>
          </button>
        </Cell>
        <Cell label={t("live.outcome")} double>
          <span class="inline-flex items-center gap-2">
            <Badge tone={outcomeTones[request().outcome]} label={t(`outcome.${request().outcome}`)} />
            <span class="text-xs text-faint">{request().status}</span>
          </span>
        </Cell>
        <Cell wide class="lg:w-[40%] lg:min-w-[15rem]">
          <ModelAndError request={request()} />
        </Cell>
        <Cell label={t("live.account")} double class="lg:w-[22%]">
          <span class="flex flex-col">
            <Show when={account()} fallback={<span class="text-faint">{t("live.noAccount")}</span>}>
              {(used) => <span class="wrap-anywhere">{used().label}</span>}
            </Show>
            <Show when={request().attempts.length > 1}>
              <span class="text-xs text-faint">{t("live.attempts", request().attempts.length)}</span>
            </Show>
          </span>
        </Cell>
        <Cell label={t("live.firstContent")} end>
          <span class="whitespace-nowrap">{format.duration(request().firstContentMs)}</span>
        </Cell>
        <Cell label={t("live.duration")} end>
          <span class="whitespace-nowrap">{format.duration(request().durationMs)}</span>
        </Cell>
        <Cell label={t("live.tokens")} end double>
          <span
            class="whitespace-nowrap"
            title={t("live.tokensHint", format.number(request().inputTokens), format.number(request().outputTokens))}
          >
            {format.compact(request().inputTokens)}
            <span class="text-faint"> / </span>
            {format.compact(request().outputTokens)}
          </span>
        </Cell>
      </tr>
      <Show when={isOpen()}>
        <tr role="row" id={id}>
          <td role="cell" colSpan={7} data-wide="" class="bg-sunken">
            <RequestDetail request={request()} />
          </td>
        </tr>
      </Show>
    </>
  )
}

/** The model that answered, the name that was asked for when it is another, the dialect, and what went wrong. */
function ModelAndError(props: { request: Request }) {
  const request = () => props.request
  const model = () => request().model ?? request().requestedModel ?? "–"
  const asked = () => (request().requestedModel === model() ? undefined : request().requestedModel)
  return (
    <div class="flex flex-col gap-0.5">
      <span class="flex flex-wrap items-baseline gap-x-2">
        <span class="font-medium wrap-anywhere">{model()}</span>
        <Show when={asked()}>{(name) => <span class="text-xs text-faint wrap-anywhere">← {name()}</span>}</Show>
        <span class="text-xs text-faint">{request().dialect}</span>
      </span>
      <Show when={request().errorCode ?? request().errorMessage}>
        <span class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
          <Show when={request().errorCode}>
            {(code) => <code class="mr-1.5 font-mono text-xs font-semibold">{code()}</code>}
          </Show>
          {request().errorMessage}
        </span>
      </Show>
    </div>
  )
}
