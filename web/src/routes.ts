/** The site map: one row per page. A page's code is loaded when it is opened first. */
import ActivityIcon from "lucide-solid/icons/activity"
import KeyIcon from "lucide-solid/icons/key-round"
import AccountsIcon from "lucide-solid/icons/users"
import { type Component, lazy } from "solid-js"

export interface PageRoute {
  path: string
  /** The key of its name in the navigation. */
  name: "accounts.title" | "keys.title" | "live.title"
  icon: Component<{ class?: string }>
  page: Component
}

/** The pages in the order of the navigation; `/live` is the control plane's own probe, so the page lives elsewhere. */
export const pageRoutes: readonly PageRoute[] = [
  {
    path: "/accounts",
    name: "accounts.title",
    icon: AccountsIcon,
    page: lazy(() => import("./pages/accounts/accounts-page.tsx")),
  },
  { path: "/keys", name: "keys.title", icon: KeyIcon, page: lazy(() => import("./pages/keys/keys-page.tsx")) },
  { path: "/traffic", name: "live.title", icon: ActivityIcon, page: lazy(() => import("./pages/live/live-page.tsx")) },
]
