/** What happens now: this second's traffic, the last requests as they end, and the data planes that serve them. */
import Pause from "lucide-solid/icons/pause"
import Play from "lucide-solid/icons/play"
import { Index, Match, Show, Switch } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { createRequests } from "./create-traffic.ts"
import { NodeList } from "./node-list.tsx"
import { RequestTable } from "./request-table.tsx"
import { TrafficTiles } from "./traffic-tiles.tsx"

export default function LivePage() {
  const { t } = useI18n()
  return (
    <Page title={t("live.title")} summary={t("live.summary")}>
      <TrafficTiles />
      <div class="grid items-start gap-5 xl:grid-cols-[22rem_minmax(0,1fr)]">
        <NodeList />
        <LastRequests />
      </div>
    </Page>
  )
}

function LastRequests() {
  const { t } = useI18n()
  const format = createFormat()
  const { state, again, requests, paused, pause, heldCount } = createRequests()
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-labelledby="requests-title">
      <div class="flex min-h-8 items-center justify-between gap-3">
        <h2 id="requests-title" class="text-[0.9375rem] font-semibold">
          {t("live.requests")}
        </h2>
        <Show when={requests().length > 0}>
          <div class="flex items-center gap-3">
            <Show when={paused() && heldCount() > 0}>
              <span class="text-xs text-faint tabular-nums">{t("live.held", format.number(heldCount()))}</span>
            </Show>
            <Button onClick={() => pause(!paused())}>
              <Show when={paused()} fallback={<Pause />}>
                <Play />
              </Show>
              {paused() ? t("live.resume") : t("live.pause")}
            </Button>
          </div>
        </Show>
      </div>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} compact />}</Show>
      <Switch>
        <Match when={requests().length > 0}>
          <div class="card overflow-hidden">
            <RequestTable requests={requests()} />
          </div>
        </Match>
        <Match when={state().type === "loading"}>
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
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("live.requestsEmptyTitle")} hint={t("live.requestsEmptyHint")} small />
          </div>
        </Match>
      </Switch>
    </section>
  )
}
