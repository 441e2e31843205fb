import type { AuditObjectKind } from "#generated/web/graphql.ts"

/** Where in the panel an object is; undefined: nowhere. Pure. */
export function placeOf(kind: AuditObjectKind, id: string | null): string | undefined {
  if (kind === "ACCOUNT") return id === null ? "/accounts" : `/accounts/${id}`
  if (kind === "REQUEST") return id === null ? undefined : `/requests/${id}`
  return PLACES[kind]
}

const PLACES: Readonly<Partial<Record<AuditObjectKind, string>>> = {
  ADMINISTRATOR: "/administrators",
  ADMIN_TOKEN: "/administrators",
  ALERT_RULE: "/alerts?tab=rules",
  API_KEY: "/keys",
  NODE: "/nodes",
  OAUTH_CLIENT: "/settings?search=OAuth",
  POOL: "/accounts",
  SESSION: "/administrators",
  SETTINGS: "/settings",
  WEBHOOK: "/alerts?tab=webhooks",
}
