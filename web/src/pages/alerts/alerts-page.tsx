/** Alerts: what goes on and what is over, the rules that raise them, and where they are sent. */
import { Show } from "solid-js"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { ErrorView } from "../../components/states.tsx"
import { Tabs } from "../../components/tabs.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { createUrlState } from "../../lib/create-url-state.ts"
import { AlertDialog } from "./alert-dialog.tsx"
import { createAlerts, createSetUp } from "./create-alerts.ts"
import { Episodes } from "./episodes.tsx"
import { alertKinds } from "./kinds.ts"
import { Rules } from "./rules.tsx"
import { Webhooks } from "./webhooks.tsx"
import { useWords } from "./words.ts"

export default function AlertsPage() {
  const t = useWords()
  const format = createFormat()
  const address = createUrlState<"kind" | "alert">()
  const kind = () => alertKinds.find((one) => one === address.get("kind"))
  const model = createAlerts(kind)
  const setUp = createSetUp(model.told)
  const failure = () => {
    const now = setUp.state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const show = (id: string | undefined) => address.set({ alert: id })
  return (
    <Page summary={t("alerts.summary")}>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={setUp.again} />}</Show>
      <Tabs
        label={t("alerts.parts")}
        tabs={[
          {
            id: "alerts",
            label: t("alerts.title"),
            count: model.openCount() > 0 ? format.number(model.openCount()) : undefined,
            content: () => (
              <Episodes
                model={model}
                kind={kind()}
                onKind={(wanted) => address.set({ kind: wanted })}
                onOpen={({ id }) => show(id)}
              />
            ),
          },
          {
            id: "rules",
            label: t("alerts.rules"),
            content: () => (
              <Show
                when={setUp.rules().length > 0}
                fallback={
                  <Show when={setUp.state().type === "loading"}>
                    <LoadingCard />
                  </Show>
                }
              >
                <Rules setUp={setUp} onShow={show} />
              </Show>
            ),
          },
          {
            id: "webhooks",
            label: t("alerts.webhooks"),
            content: () => (
              <Show when={setUp.state().type !== "loading"} fallback={<LoadingCard />}>
                <Webhooks setUp={setUp} />
              </Show>
            ),
          },
        ]}
      />
      <AlertDialog id={address.get("alert")} told={model.told()} onClose={() => show(undefined)} />
    </Page>
  )
}
