import { A } from "@solidjs/router"
import { createMemo, Match, Show, Switch } from "solid-js"
import type { RequestOutcome } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../../components/badge.tsx"
import { type Column, DataTable } from "../../../components/data-table.tsx"
import { Empty, ErrorView } from "../../../components/states.tsx"
import { problemOf } from "../../../graphql/failure.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { dialectLabels } from "../../../lib/dialects.ts"
import { type AccountRequest, createAccountRequests, endOf } from "./create-account-requests.ts"
import { useWords } from "./words.ts"

const tones: Readonly<Record<RequestOutcome, Tone>> = {
  COMPLETED: "good",
  FAILED: "bad",
  TRUNCATED: "hand",
  CANCELLED: "quiet",
}

/** The requests of this account as they end, each with the way to the whole of it. */
export function AccountRequests(props: { id: string }) {
  const t = useWords()
  const format = createFormat()
  const nameOf = useNames()
  const { state, again, requests } = createAccountRequests(
    // eslint-disable-next-line solid/reactivity -- the page is made anew for another account
    props.id,
  )
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const columns = createMemo((): readonly Column<AccountRequest>[] => [
    {
      id: "ended",
      label: t("accountRequests.ended"),
      width: "lg:w-[13%]",
      isNamed: true,
      cell: (request) => <Ended request={request} />,
    },
    {
      id: "outcome",
      label: t("accountRequests.outcome"),
      width: "lg:w-[18%]",
      isNamed: true,
      block: "double",
      cell: (request) => (
        <span class="inline-flex items-center gap-2">
          <Badge tone={tones[request.outcome]} label={nameOf("outcome", request.outcome)} />
          <span class="text-xs text-faint">{request.status}</span>
        </span>
      ),
    },
    {
      id: "model",
      label: t("accountRequests.model"),
      block: "wide",
      cell: (request) => <Model request={request} />,
    },
    {
      id: "firstContent",
      label: t("accountRequests.firstContent"),
      width: "lg:w-[12%]",
      end: true,
      isNamed: true,
      cell: (request) => format.duration(request.firstContentMs),
    },
    {
      id: "duration",
      label: t("accountRequests.duration"),
      width: "lg:w-[12%]",
      end: true,
      isNamed: true,
      cell: (request) => format.duration(request.durationMs),
    },
    {
      id: "tokens",
      label: t("accountRequests.tokens"),
      width: "lg:w-[13%]",
      end: true,
      isNamed: true,
      cell: (request) => (
        <>
          {format.compact(request.inputTokens)}
          <span class="text-faint"> / </span>
          {format.compact(request.outputTokens)}
        </>
      ),
    },
  ])
  return (
    <div class="flex flex-col gap-4">
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <div class="card overflow-hidden">
        <Switch>
          <Match when={requests().length > 0}>
            <DataTable
              label={t("account.requests")}
              rows={requests()}
              keyOf={({ id }) => id}
              columns={columns()}
              rowHeight={44}
            />
          </Match>
          <Match when={state().type === "data"}>
            <Empty title={t("accountRequests.none")} hint={t("accountRequests.noneHint")} small />
          </Match>
          <Match when={state().type === "loading"}>
            <div class="p-4.5" role="status" aria-label={t("app.loading")}>
              <div class="skeleton h-3.5 w-2/3" />
            </div>
          </Match>
        </Switch>
      </div>
    </div>
  )
}

function Ended(props: { request: AccountRequest }) {
  const format = createFormat()
  const at = () => new Date(endOf(props.request)).toISOString()
  return (
    <A href={`/requests/${props.request.id}`} class="font-medium text-point hover:underline">
      <time dateTime={at()} title={format.exact(at())}>
        {format.clock(at())}
      </time>
    </A>
  )
}

function Model(props: { request: AccountRequest }) {
  const nameOf = useNames()
  const model = () => props.request.model ?? props.request.requestedModel ?? "–"
  return (
    <span class="flex flex-wrap items-baseline gap-x-2">
      <span class="font-medium wrap-anywhere">{model()}</span>
      <Show when={props.request.dialect}>
        {(dialect) => <span class="text-xs text-faint">{dialectLabels[dialect()]}</span>}
      </Show>
      <Show when={props.request.errorCode}>
        {(code) => <span class="tone-bad text-[0.8125rem] text-tone">{nameOf("errorCode", code())}</span>}
      </Show>
    </span>
  )
}
