/** What stands around every page: the mark, the navigation, how the streams are, and what belongs to the person. */
import { A, type RouteSectionProps } from "@solidjs/router"
import LogOut from "lucide-solid/icons/log-out"
import { For, Show, Suspense } from "solid-js"
import { Dynamic } from "solid-js/web"
import { Appearance } from "./components/appearance.tsx"
import { Button } from "./components/button.tsx"
import { Mark } from "./components/mark.tsx"
import { useI18n } from "./i18n/i18n.tsx"
import { usePanel } from "./panel.tsx"
import { pageRoutes } from "./routes.ts"

export function Shell(props: RouteSectionProps) {
  const { t } = useI18n()
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        class="button button-primary fixed top-2 left-2 z-50 -translate-y-16 focus-visible:translate-y-0"
        onClick={(event) => {
          event.preventDefault()
          document.querySelector<HTMLElement>("#content")?.focus()
        }}
      >
        {t("app.skip")}
      </a>
      <SideBar />
      <TopBar />
      <main id="content" tabIndex={-1} class="min-w-0 pb-20 outline-none lg:pb-0">
        <Suspense>{props.children}</Suspense>
      </main>
      <BottomBar />
    </div>
  )
}

/** From the breakpoint up: everything in one column beside the page. */
function SideBar() {
  const { t } = useI18n()
  return (
    <div class="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sunken/50 p-3 lg:flex">
      <div class="flex items-center gap-2.5 px-2 pt-2.5 pb-5">
        <Mark class="size-6" />
        <span class="text-[0.9375rem] font-semibold tracking-tight">{t("app.name")}</span>
      </div>
      <nav aria-label={t("app.navigation")}>
        <ul class="flex flex-col gap-0.5">
          <For each={pageRoutes}>
            {(route) => (
              <li>
                <A href={route.path} class="nav-link px-2.5 py-1.5">
                  <Dynamic component={route.icon} aria-hidden="true" />
                  {t(route.name)}
                </A>
              </li>
            )}
          </For>
        </ul>
      </nav>
      <div class="mt-auto flex flex-col gap-3">
        <ConnectionMark />
        <Appearance />
        <SignOut />
      </div>
    </div>
  )
}

/** Below the breakpoint: the mark and what belongs to the person. */
function TopBar() {
  const { t } = useI18n()
  return (
    <div class="sticky top-0 z-20 flex h-13 items-center gap-2.5 border-b border-line bg-ground/90 px-4 backdrop-blur-md lg:hidden">
      <Mark class="size-6" />
      <span class="font-semibold tracking-tight max-[24rem]:sr-only">{t("app.name")}</span>
      <div class="ml-auto flex items-center gap-2">
        <ConnectionMark />
        <Appearance />
        <SignOut icon />
      </div>
    </div>
  )
}

/** Below the breakpoint: the pages, within reach of a thumb. */
function BottomBar() {
  const { t } = useI18n()
  return (
    <nav
      aria-label={t("app.navigation")}
      class="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-ground/92 px-2 pt-1.5 pb-[max(0.375rem,env(safe-area-inset-bottom))] backdrop-blur-md lg:hidden"
    >
      <ul class="mx-auto flex max-w-[30rem] justify-around gap-1">
        <For each={pageRoutes}>
          {(route) => (
            <li class="flex-1">
              <A href={route.path} class="nav-link flex-col justify-center gap-0.5! py-1.5 text-[0.6875rem]">
                <Dynamic component={route.icon} aria-hidden="true" />
                {t(route.name)}
              </A>
            </li>
          )}
        </For>
      </ul>
    </nav>
  )
}

/** A small mark while a stream is broken; silent otherwise, but read out when it changes. */
function ConnectionMark() {
  const { t } = useI18n()
  const { connection } = usePanel()
  return (
    <div role="status" class="empty:hidden">
      <Show when={connection.reconnecting()}>
        <span class="badge tone-hand" title={t("app.reconnectingHint")}>
          <span class="badge-dot dot-busy" />
          {t("app.reconnecting")}
        </span>
      </Show>
    </div>
  )
}

function SignOut(props: { icon?: boolean }) {
  const { t } = useI18n()
  const { session } = usePanel()
  const name = () => {
    const state = session.state()
    return state.type === "signed-in" ? t("app.signedInAs", state.viewer.name) : undefined
  }
  return (
    <Button
      look="plain"
      icon={props.icon === true}
      class={props.icon === true ? "" : "justify-start! px-2.5!"}
      onClick={() => void session.signOut()}
      aria-label={t("app.signOut")}
      title={name()}
    >
      <LogOut />
      <Show when={props.icon !== true}>{t("app.signOut")}</Show>
    </Button>
  )
}
