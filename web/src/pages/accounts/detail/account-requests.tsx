import { A } from "@solidjs/router"
import { createMemo, Match, Show, Switch } from "solid-js"
import { type Column, DataTable } from "../../../components/data-table.tsx"
import { Empty, ErrorView } from "../../../components/states.tsx"
import { problemOf } from "../../../graphql/failure.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { EndTime, ModelAndError, Outcome, Tokens } from "../../requests/request-cells.tsx"
import { type AccountRequest, createAccountRequests } from "./create-account-requests.ts"
import { useWords } from "./words.ts"

/** The requests of this account as they end, each with the way to the whole of it. */
export function AccountRequests(props: { id: string }) {
  const t = useWords()
  const format = createFormat()
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
      cell: (request) => (
        <A href={`/requests/${request.id}`} class="font-medium text-point hover:underline">
          <EndTime request={request} />
        </A>
      ),
    },
    {
      id: "outcome",
      label: t("accountRequests.outcome"),
      width: "lg:w-[18%]",
      isNamed: true,
      block: "double",
      cell: (request) => <Outcome request={request} />,
    },
    {
      id: "model",
      label: t("accountRequests.model"),
      block: "wide",
      cell: (request) => <ModelAndError request={request} />,
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
      cell: (request) => <Tokens request={request} />,
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
