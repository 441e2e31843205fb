import Pause from "lucide-solid/icons/pause"
import Play from "lucide-solid/icons/play"
import { Index, Match, Show, Switch } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { createRequests } from "./create-requests.ts"
import { RequestTable } from "./request-table.tsx"
import { useWords } from "./words.ts"

/** The last requests, newest first, which can be held. */
export function RequestFeed() {
  const t = useWords()
  const format = createFormat()
  const { state, again, requests, paused, pause, heldCount } = createRequests()
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const pauseButton = () => (
    <div class="flex items-center gap-3">
      <Show when={paused() && heldCount() > 0}>
        <span class="text-xs text-faint tabular-nums">{t("requests.held", format.number(heldCount()))}</span>
      </Show>
      <Button onClick={() => pause(!paused())}>
        <Show when={paused()} fallback={<Pause />}>
          <Play />
        </Show>
        {paused() ? t("requests.resume") : t("requests.pause")}
      </Button>
    </div>
  )
  return (
    <Page summary={t("requests.summary")} action={<Show when={requests().length > 0}>{pauseButton()}</Show>}>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={requests().length > 0}>
          <div class="card overflow-hidden">
            <RequestTable requests={requests()} />
          </div>
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingRows />
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("requests.emptyTitle")} hint={t("requests.emptyHint")} />
          </div>
        </Match>
      </Switch>
    </Page>
  )
}

function LoadingRows() {
  const t = useWords()
  return (
    <div class="card flex flex-col" role="status" aria-label={t("app.loading")}>
      <Index each={[0, 1, 2, 3]}>
        {() => (
          <div class="flex items-center gap-6 border-line px-4.5 py-3.5 not-first:border-t">
            <div class="skeleton h-3.5 w-16" />
            <div class="skeleton h-5 w-20 rounded-full" />
            <div class="skeleton h-3.5 w-40" />
          </div>
        )}
      </Index>
    </div>
  )
}
