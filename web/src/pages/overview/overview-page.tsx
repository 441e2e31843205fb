/** What goes on, why, and what to do: this second's traffic, the last hour, what is left, and what wants a hand. */
import { lazy, Match, Show, Suspense, Switch } from "solid-js"
import { Page } from "../../components/page.tsx"
import { ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createOverview } from "./create-overview.ts"
import { createSamples } from "./create-samples.ts"
import { FleetLine } from "./fleet-line.tsx"
import { Hands } from "./hands.tsx"
import { Incidents } from "./incidents.tsx"
import { LastHour } from "./last-hour.tsx"
import { QuotaLeft } from "./quota-left.tsx"
import { TrafficTiles } from "./traffic-tiles.tsx"
import { useWords } from "./words.ts"

const FirstRun = lazy(() => import("../connect/first-run.tsx"))
const OverTime = lazy(() => import("./over-time.tsx"))
const UsageBy = lazy(() => import("./usage-by.tsx"))

export default function OverviewPage() {
  const t = useWords()
  const { state, again, overview } = createOverview()
  const samples = createSamples()
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page>
      <Suspense>
        <FirstRun />
      </Suspense>
      <TrafficTiles samples={samples()} />
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={overview()}>
          {(read) => (
            <>
              <FleetLine nodes={read().nodes} />
              {/* What waits for somebody comes before what only goes on. */}
              <Show when={read().accounts.totalCount > 0}>
                <Hands accounts={read().accounts} />
              </Show>
              <LastHour overview={read()} />
              <Suspense>
                <OverTime samples={samples()} />
              </Suspense>
              <div class="grid items-start gap-5 lg:grid-cols-2">
                <QuotaLeft forecasts={read().quotaForecast} />
                <div class="flex min-w-0 flex-col gap-5">
                  <Show when={read().accounts.totalCount === 0}>
                    <Hands accounts={read().accounts} />
                  </Show>
                  <Incidents alerts={read().alerts.edges.map((edge) => edge.node)} />
                </div>
              </div>
              <Suspense>
                <UsageBy />
              </Suspense>
            </>
          )}
        </Match>
        <Match when={state().type === "loading"}>
          <div class="card p-4.5" role="status" aria-label={t("app.loading")}>
            <div class="skeleton h-4 w-40" />
            <div class="skeleton mt-4 h-3.5 w-full" />
            <div class="skeleton mt-2 h-3.5 w-2/3" />
          </div>
        </Match>
      </Switch>
    </Page>
  )
}
