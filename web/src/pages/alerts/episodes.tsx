import { For, Match, Show, Switch } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { AlertList } from "./alert-list.tsx"
import type { Alert, AlertsModel } from "./create-alerts.ts"
import { alertKinds } from "./kinds.ts"
import { useWords } from "./words.ts"

interface EpisodesProps {
  model: AlertsModel
  kind: string | undefined
  onKind: (kind: string | undefined) => void
  onOpen: (alert: Alert) => void
}

/** Those that go on, and below them those that are over. */
export function Episodes(props: EpisodesProps) {
  const t = useWords()
  const named = useNames()
  const format = createFormat()
  const failure = () => {
    const now = props.model.state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const isLoading = () =>
    props.model.state().type === "loading" && props.model.openCount() === 0 && props.model.past().length === 0
  return (
    <div class="flex flex-col gap-6">
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={props.model.again} />}</Show>
      <Switch>
        <Match when={isLoading()}>
          <div class="card p-4.5" role="status" aria-label={t("app.loading")}>
            <div class="skeleton h-4 w-52" />
            <div class="skeleton mt-4 h-3.5 w-2/3" />
          </div>
        </Match>
        <Match when={props.model.state().type !== "loading" || props.model.openCount() > 0}>
          <section class="flex flex-col gap-3" aria-labelledby="open-alerts">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
              <h2 id="open-alerts" class="flex-1 text-[0.9375rem] font-semibold">
                {t("alerts.open")}
                <Show when={props.model.open().length > 0}>
                  <span class="ml-2 text-xs font-normal text-faint">{format.number(props.model.open().length)}</span>
                </Show>
              </h2>
              <label class="flex items-center gap-2 text-xs text-faint">
                {t("alerts.kind")}
                <select
                  class="input min-h-8 w-auto py-1 text-ink"
                  onChange={(event) => props.onKind(event.currentTarget.value || undefined)}
                >
                  <option value="" selected={props.kind === undefined}>
                    {t("alerts.anyKind")}
                  </option>
                  <For each={alertKinds}>
                    {(kind) => (
                      <option value={kind} selected={props.kind === kind}>
                        {named("alertKind", kind)}
                      </option>
                    )}
                  </For>
                </select>
              </label>
            </div>
            <Show
              when={props.model.open().length > 0}
              fallback={
                <div class="card overflow-hidden">
                  <Empty title={t("alerts.allQuiet")} hint={t("alerts.allQuietHint")} small />
                </div>
              }
            >
              <AlertList alerts={props.model.open()} onOpen={props.onOpen} />
            </Show>
          </section>
          <section class="flex flex-col gap-3" aria-labelledby="past-alerts">
            <h2 id="past-alerts" class="text-[0.9375rem] font-semibold">
              {t("alerts.past")}
            </h2>
            <Show
              when={props.model.past().length > 0}
              fallback={<p class="card px-4.5 py-4 text-soft">{t("alerts.noPast")}</p>}
            >
              <AlertList alerts={props.model.past()} onOpen={props.onOpen} />
            </Show>
            <Show when={props.model.hasMore()}>
              <div class="flex justify-center">
                <Button disabled={props.model.loadingMore()} onClick={() => void props.model.more()}>
                  {t(props.model.loadingMore() ? "alerts.loading" : "alerts.more")}
                </Button>
              </div>
            </Show>
          </section>
        </Match>
      </Switch>
    </div>
  )
}
