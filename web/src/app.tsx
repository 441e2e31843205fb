/** The panel from its outside in: providers, the session's gate, the shell, the pages. */
import { Navigate, Route, Router } from "@solidjs/router"
import { createMemo, For, lazy, Match, Suspense, Switch } from "solid-js"
import { Button } from "./components/button.tsx"
import { Mark } from "./components/mark.tsx"
import { Page } from "./components/page.tsx"
import { Empty, ErrorView } from "./components/states.tsx"
import { type Dictionary, I18nProvider, type Language, useI18n } from "./i18n/i18n.tsx"
import { type Panel, PanelProvider, usePanel } from "./panel.tsx"
import { pageRoutes } from "./routes.ts"
import { Shell } from "./shell.tsx"

const SignInPage = lazy(() => import("./pages/sign-in/sign-in-page.tsx"))

interface AppProps {
  panel: Panel
  language: Language
  dictionary: Dictionary
}

export function App(props: AppProps) {
  return (
    <I18nProvider language={props.language} dictionary={props.dictionary}>
      <PanelProvider panel={props.panel}>
        <Gate />
      </PanelProvider>
    </I18nProvider>
  )
}

/** Shows the pages to who is signed in, and to others the way in. */
function Gate() {
  const { session } = usePanel()
  // Only the kind matters here: a viewer that is read again must not build the page anew.
  const kind = createMemo(() => session.state().type)
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Match when={kind() === "asking"}>
          <Waiting />
        </Match>
        <Match when={kind() === "unreachable"}>
          <main class="mx-auto flex min-h-dvh max-w-[40rem] items-center p-5">
            <ErrorView problem={{ type: "unreachable" }} onRetry={() => void session.ask()} />
          </main>
        </Match>
        <Match when={kind() === "signed-out"}>
          <SignInPage />
        </Match>
        <Match when={kind() === "signed-in"}>
          <Router root={Shell}>
            <Route path="/" component={() => <Navigate href="/accounts" />} />
            <For each={pageRoutes}>{(route) => <Route path={route.path} component={route.page} />}</For>
            <Route path="*" component={NotFound} />
          </Router>
        </Match>
      </Switch>
    </Suspense>
  )
}

function Waiting() {
  const { t } = useI18n()
  return (
    <div class="flex min-h-dvh items-center justify-center" role="status" aria-label={t("app.loading")}>
      <Mark class="size-12" busy />
    </div>
  )
}

function NotFound() {
  const { t } = useI18n()
  return (
    <Page title={t("app.notFound")}>
      <div class="card overflow-hidden">
        <Empty title={t("app.notFound")} hint={t("app.notFoundHint")}>
          <Button onClick={() => window.location.assign("/accounts")}>{t("app.toAccounts")}</Button>
        </Empty>
      </div>
    </Page>
  )
}
