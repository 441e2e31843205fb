/** What stands around every page: the mark, the navigation, how the connection is, and what belongs to the person. */
import type { RouteSectionProps } from "@solidjs/router"
import Search from "lucide-solid/icons/search"
import { createSignal, lazy, onCleanup, onMount, Show, Suspense } from "solid-js"
import { Appearance } from "../components/appearance.tsx"
import { Button } from "../components/button.tsx"
import { Mark } from "../components/mark.tsx"
import { Toasts } from "../components/toast.tsx"
import { useI18n } from "../i18n/i18n.tsx"
import { ConnectionMark, UnreachableNotice } from "./connection-state.tsx"
import { usePanel } from "../panel.tsx"
import { BottomBar, Navigation } from "./navigation.tsx"
import { SignOut } from "./sign-out.tsx"

const Palette = lazy(() => import("./palette.tsx"))
const PasswordDialog = lazy(() => import("./password-dialog.tsx"))

export function Shell(props: RouteSectionProps) {
  const { t } = useI18n()
  const { password } = usePanel()
  const [isSearching, setSearching] = createSignal(false)
  const listen = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    setSearching(true)
  }
  onMount(() => window.addEventListener("keydown", listen))
  onCleanup(() => window.removeEventListener("keydown", listen))
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
      <SideBar onSearch={() => setSearching(true)} />
      <TopBar onSearch={() => setSearching(true)} />
      <main id="content" tabIndex={-1} class="min-w-0 pb-20 outline-none lg:pb-0">
        <UnreachableNotice />
        <Suspense>{props.children}</Suspense>
      </main>
      <BottomBar />
      <Toasts />
      <Suspense>
        <Show when={isSearching()}>
          <Palette onClose={() => setSearching(false)} />
        </Show>
      </Suspense>
      <Suspense>
        <Show when={password.isAsked()}>
          <PasswordDialog />
        </Show>
      </Suspense>
    </div>
  )
}

/** From the breakpoint up: everything in one column beside the page. */
function SideBar(props: { onSearch: () => void }) {
  const { t } = useI18n()
  return (
    <div class="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line bg-sunken/50 p-3 lg:flex">
      <div class="flex items-center gap-2.5 px-2 pt-2.5 pb-5">
        <Mark class="size-6" />
        <span class="text-[0.9375rem] font-semibold tracking-tight">{t("app.name")}</span>
      </div>
      <button type="button" class="nav-link mb-3 w-full px-2.5 py-1.5" onClick={() => props.onSearch()}>
        <Search aria-hidden="true" />
        {t("palette.open")}
        <kbd class="ml-auto font-mono text-xs text-faint">Ctrl K</kbd>
      </button>
      <Navigation />
      <div class="mt-auto flex flex-col gap-3 pt-4">
        <ConnectionMark />
        <Appearance />
        <SignOut />
      </div>
    </div>
  )
}

/** Below the breakpoint: the mark and what belongs to the person. */
function TopBar(props: { onSearch: () => void }) {
  const { t } = useI18n()
  return (
    <div class="sticky top-0 z-20 flex h-13 items-center gap-2.5 border-b border-line bg-ground/90 px-4 backdrop-blur-md lg:hidden">
      <Mark class="size-6" />
      <span class="font-semibold tracking-tight max-[24rem]:sr-only">{t("app.name")}</span>
      <div class="ml-auto flex items-center gap-2">
        <ConnectionMark />
        <Button look="plain" icon aria-label={t("palette.open")} onClick={() => props.onSearch()}>
          <Search />
        </Button>
        <Appearance />
        <SignOut icon />
      </div>
    </div>
  )
}
