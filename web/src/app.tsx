/** The panel from its outside in: providers, the session's gate, the shell, the pages. */
import { A, Route, Router } from "@solidjs/router"
import { createMemo, For, lazy, Match, Show, Suspense, Switch } from "solid-js"
import { Dynamic } from "solid-js/web"
import { Mark } from "./components/mark.tsx"
import { Page } from "./components/page.tsx"
import { Empty, ErrorView } from "./components/states.tsx"
import { CurrentPageProvider } from "./current-page.tsx"
import { I18nProvider, type Language, useI18n } from "./i18n/i18n.tsx"
import { type Panel, PanelProvider, usePanel } from "./panel.tsx"
import { type PageRoute, pageRoutes } from "./routes.ts"
import { Shell } from "./shell/shell.tsx"

const SignInPage = lazy(() => import("./pages/sign-in/sign-in-page.tsx"))

interface AppProps {
  panel: Panel
  language: Language
}

export function App(props: AppProps) {
  return (
    <I18nProvider language={props.language}>
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
            <For each={pageRoutes}>
              {(route) => (
                <Route path={route.path + (route.rest ?? "")} component={() => <AllowedPage route={route} />} />
              )}
            </For>
            <Route path="*" component={NotFound} />
          </Router>
        </Match>
      </Switch>
    </Suspense>
  )
}

/** A page, or that it is not for this viewer: an address can be typed that the navigation does not show. */
function AllowedPage(props: { route: PageRoute }) {
  const { t } = useI18n()
  const { may } = usePanel()
  return (
    <CurrentPageProvider route={props.route}>
      <Show
        when={may(props.route.scope)}
        fallback={
          <Page>
            <div class="card overflow-hidden">
              <Empty title={t("app.forbidden")} hint={t("app.forbiddenHint")} />
            </div>
          </Page>
        }
      >
        <Dynamic component={props.route.page} />
      </Show>
    </CurrentPageProvider>
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
          <A href="/" class="button button-secondary">
            {t("app.toOverview")}
          </A>
        </Empty>
      </div>
    </Page>
  )
}
