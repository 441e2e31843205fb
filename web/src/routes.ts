/**
 * The site map: one entry a page, with all that the shell knows of it. A page's code and its texts are loaded when it is opened
 * first. The control plane has `/live`, `/ready`, `/graphql`, `/oauth`, `/link` and what is below `/playground` for itself; every other path may be a page's.
 */
import ActivityIcon from "lucide-solid/icons/activity"
import ModelsIcon from "lucide-solid/icons/boxes"
import GaugeIcon from "lucide-solid/icons/gauge"
import KeyIcon from "lucide-solid/icons/key-round"
import AlertsIcon from "lucide-solid/icons/bell"
import AdministratorsIcon from "lucide-solid/icons/shield-user"
import AuditIcon from "lucide-solid/icons/scroll-text"
import SettingsIcon from "lucide-solid/icons/settings"
import PlaygroundIcon from "lucide-solid/icons/message-square-code"
import ConnectIcon from "lucide-solid/icons/plug-zap"
import ServerIcon from "lucide-solid/icons/server"
import AccountsIcon from "lucide-solid/icons/users"
import { type Component, lazy } from "solid-js"
import type { AdminScope } from "#generated/web/graphql.ts"
import type { Language } from "./i18n/i18n.tsx"

/** The groups of the navigation, in their order; the first one has no name. */
export const pageGroups = ["now", "pool", "access", "system"] as const

export interface PageRoute {
  /** Where its link leads. */
  path: string
  /** What may follow the path, in the router's words, such as `/:id?`. */
  rest?: string
  /** Its name in the navigation, in the palette and on top of the page. */
  title: Readonly<Record<Language, string>>
  icon: Component<{ class?: string }>
  group: (typeof pageGroups)[number]
  /** What one must be allowed to open it. */
  scope: AdminScope
  /** Within reach of a thumb on a phone; four of them have room there. */
  near?: boolean
  page: Component
  /** Stands behind its name in the navigation: how much there is that somebody should look at. */
  mark?: Component
}

/** The pages in the order of the navigation. */
export const pageRoutes: readonly PageRoute[] = [
  {
    path: "/",
    title: { en: "Overview", zh: "总览" },
    icon: GaugeIcon,
    group: "now",
    scope: "READ",
    near: true,
    page: lazy(() => import("./pages/overview/overview-page.tsx")),
  },
  {
    path: "/requests",
    rest: "/:id?",
    title: { en: "Requests", zh: "请求" },
    icon: ActivityIcon,
    group: "now",
    scope: "READ",
    near: true,
    page: lazy(() => import("./pages/requests/requests-page.tsx")),
  },
  {
    path: "/playground",
    title: { en: "Playground", zh: "试验台" },
    icon: PlaygroundIcon,
    group: "now",
    scope: "OPERATE",
    page: lazy(() => import("./pages/playground/playground-page.tsx")),
  },
  {
    path: "/accounts",
    rest: "/:id?",
    title: { en: "Accounts", zh: "账号" },
    icon: AccountsIcon,
    group: "pool",
    scope: "READ",
    near: true,
    page: lazy(() => import("./pages/accounts/accounts-page.tsx")),
  },
  {
    path: "/models",
    title: { en: "Models", zh: "模型" },
    icon: ModelsIcon,
    group: "pool",
    scope: "READ",
    page: lazy(() => import("./pages/models/models-page.tsx")),
  },
  {
    path: "/nodes",
    title: { en: "Nodes", zh: "节点" },
    icon: ServerIcon,
    group: "pool",
    scope: "READ",
    page: lazy(() => import("./pages/nodes/nodes-page.tsx")),
  },
  {
    path: "/keys",
    title: { en: "Keys", zh: "密钥" },
    icon: KeyIcon,
    group: "access",
    scope: "READ",
    near: true,
    page: lazy(() => import("./pages/keys/keys-page.tsx")),
  },
  {
    path: "/connect",
    title: { en: "Connect", zh: "接入指南" },
    icon: ConnectIcon,
    group: "access",
    scope: "READ",
    page: lazy(() => import("./pages/connect/connect-page.tsx")),
  },
  {
    path: "/alerts",
    title: { en: "Alerts", zh: "告警" },
    icon: AlertsIcon,
    group: "system",
    scope: "READ",
    page: lazy(() => import("./pages/alerts/alerts-page.tsx")),
    mark: lazy(() => import("./pages/alerts/open-count.tsx")),
  },
  {
    path: "/settings",
    title: { en: "Settings", zh: "设置" },
    icon: SettingsIcon,
    group: "system",
    scope: "READ",
    page: lazy(() => import("./pages/settings/settings-page.tsx")),
  },
  {
    path: "/administrators",
    title: { en: "Administrators", zh: "管理员" },
    icon: AdministratorsIcon,
    group: "system",
    scope: "READ",
    page: lazy(() => import("./pages/administrators/administrators-page.tsx")),
  },
  {
    path: "/audit",
    title: { en: "Audit", zh: "审计" },
    icon: AuditIcon,
    group: "system",
    scope: "ADMIN",
    page: lazy(() => import("./pages/audit/audit-page.tsx")),
  },
]
