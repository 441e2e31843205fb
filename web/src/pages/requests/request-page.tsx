import { A } from "@solidjs/router"
import ArrowLeft from "lucide-solid/icons/arrow-left"
import { createSignal, Match, Show, Switch } from "solid-js"
import { requestDocument } from "#generated/web/graphql.ts"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import type { Request } from "./create-requests.ts"
import { RequestDetail } from "./request-detail.tsx"
import { RequestTable } from "./request-table.tsx"
import { useWords } from "./words.ts"

/** One request with its whole way, at an address that can be given to somebody. */
export function RequestPage(props: { id: string }) {
  const t = useWords()
  const { client } = usePanel()
  const [request, setRequest] = createSignal<Request>()
  const { state, again } = createLoaded(async () => {
    const result = await client.query(requestDocument, { id: props.id }).toPromise()
    if (result.data === undefined) throw result.error
    setRequest(result.data.request ?? undefined)
  })
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page
      title={t("requests.one")}
      action={
        <A href="/requests" class="button button-secondary">
          <ArrowLeft aria-hidden="true" />
          {t("requests.toAll")}
        </A>
      }
    >
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={request()}>
          {(found) => (
            <>
              <div class="card overflow-hidden">
                <RequestTable requests={[found()]} isAlone />
              </div>
              <div class="card px-4.5 py-3">
                <RequestDetail request={found()} />
              </div>
            </>
          )}
        </Match>
        <Match when={state().type === "loading"}>
          <div class="card p-4.5" role="status" aria-label={t("app.loading")}>
            <div class="skeleton h-4 w-48" />
            <div class="skeleton mt-4 h-3.5 w-full" />
            <div class="skeleton mt-2 h-3.5 w-2/3" />
          </div>
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("requests.goneTitle")} hint={t("requests.goneHint")} />
          </div>
        </Match>
      </Switch>
    </Page>
  )
}
