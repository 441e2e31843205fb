import { A, useLocation } from "@solidjs/router"
import Ellipsis from "lucide-solid/icons/ellipsis"
import { createMemo, createSignal, createUniqueId, For, lazy, Show, Suspense } from "solid-js"
import { Dynamic } from "solid-js/web"
import { createOwnPages } from "../current-page.tsx"
import { useI18n } from "../i18n/i18n.tsx"
import { pageGroups, type PageRoute } from "../routes.ts"

const Dialog = lazy(async () => ({ default: (await import("../components/dialog.tsx")).Dialog }))

/** Whether a path is a page's own or one below it. */
const isOf = (path: string, page: string) => path === page || (page !== "/" && path.startsWith(`${page}/`))

interface PageLinkProps {
  route: PageRoute
  class: string
  hasMark?: boolean
  onClick?: () => void
}

function PageLink(props: PageLinkProps) {
  const { language } = useI18n()
  const location = useLocation()
  return (
    <A
      href={props.route.path}
      end
      class={`nav-link ${props.class}`}
      aria-current={isOf(location.pathname, props.route.path) ? "page" : undefined}
      onClick={() => props.onClick?.()}
    >
      <Dynamic component={props.route.icon} aria-hidden="true" />
      {props.route.title[language()]}
      <Show when={props.hasMark === true && props.route.mark}>
        {(mark) => (
          <Suspense>
            <Dynamic component={mark()} />
          </Suspense>
        )}
      </Show>
    </A>
  )
}

/** All pages of the viewer, by group. */
export function Navigation(props: { onClick?: () => void }) {
  const { t } = useI18n()
  const pages = createOwnPages()
  const groups = createMemo(() =>
    pageGroups
      .map((name) => ({ name, pages: pages().filter(({ group }) => group === name) }))
      .filter((group) => group.pages.length > 0),
  )
  return (
    <nav aria-label={t("app.navigation")} class="flex flex-col gap-4">
      <For each={groups()}>{(group) => <Group name={group.name} pages={group.pages} onClick={props.onClick} />}</For>
    </nav>
  )
}

interface GroupProps {
  name: (typeof pageGroups)[number]
  pages: readonly PageRoute[]
  onClick: (() => void) | undefined
}

function Group(props: GroupProps) {
  const { t } = useI18n()
  const id = createUniqueId()
  return (
    <div>
      <Show when={props.name !== "now" && t(`app.group.${props.name}`)}>
        {(name) => (
          <p id={id} class="px-2.5 pb-1 text-xs font-medium text-faint">
            {name()}
          </p>
        )}
      </Show>
      <ul class="flex flex-col gap-0.5" aria-labelledby={props.name === "now" ? undefined : id}>
        <For each={props.pages}>
          {(route) => (
            <li>
              <PageLink route={route} class="px-2.5 py-1.5" hasMark onClick={() => props.onClick?.()} />
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}

/** Below the breakpoint: the pages within reach of a thumb, and behind one more button all of them. */
export function BottomBar() {
  const { t } = useI18n()
  const pages = createOwnPages()
  const location = useLocation()
  const [isOpen, setOpen] = createSignal(false)
  const near = () => pages().filter((route) => route.near === true)
  const isElsewhere = () => !near().some(({ path }) => isOf(location.pathname, path))
  const link = "flex-col justify-center gap-0.5! py-1.5 text-[0.6875rem] text-center"
  return (
    <nav
      aria-label={t("app.nearNavigation")}
      class="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-ground/92 px-2 pt-1.5 pb-[max(0.375rem,env(safe-area-inset-bottom))] backdrop-blur-md lg:hidden"
    >
      <ul class="mx-auto flex max-w-[34rem] justify-around gap-1">
        <For each={near()}>
          {(route) => (
            <li class="min-w-0 flex-1">
              <PageLink route={route} class={link} />
            </li>
          )}
        </For>
        <li class="min-w-0 flex-1">
          <button
            type="button"
            class={`nav-link w-full ${link}`}
            aria-haspopup="dialog"
            aria-current={isElsewhere() ? "page" : undefined}
            onClick={() => setOpen(true)}
          >
            <Ellipsis aria-hidden="true" />
            {t("app.more")}
          </button>
        </li>
      </ul>
      {/* A boundary of its own: the page must not be taken away while the dialog's code is loaded. */}
      <Suspense>
        <Show when={isOpen()}>
          <Dialog open onClose={() => setOpen(false)} title={t("app.navigation")}>
            <div class="overflow-y-auto px-3 pt-2 pb-6">
              <Navigation onClick={() => setOpen(false)} />
            </div>
          </Dialog>
        </Show>
      </Suspense>
    </nav>
  )
}
