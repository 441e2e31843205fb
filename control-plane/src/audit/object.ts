/** What an audit event can be about. A noun of the gateway that operators change has its name here; the compiler asks for its prefix. */

/** Each kind with the prefix of its ids; null: it has none of that form. OTHER: of a newer version. */
const PREFIX_BY_KIND = {
  ACCOUNT: "acc",
  ADMINISTRATOR: "usr",
  ADMIN_TOKEN: "tok",
  ALERT_RULE: "alr",
  API_KEY: "key",
  AUDIT: null,
  CONVERSATION: null,
  DATABASE: null,
  NODE: "nod",
  OAUTH_CLIENT: null,
  OAUTH_SIGN_IN: null,
  OTHER: null,
  POOL: null,
  REQUEST: null,
  ROUTING: null,
  SESSION: "ses",
  SETTINGS: null,
  WEBHOOK: "whk",
} as const satisfies Record<string, string | null>

export type AuditObjectKind = keyof typeof PREFIX_BY_KIND

export const AUDIT_OBJECT_KINDS = Object.keys(PREFIX_BY_KIND) as AuditObjectKind[] // the table's own keys

export interface AuditObject {
  readonly kind: AuditObjectKind
  /** Of its row; left out where there is one of the kind only. */
  readonly id?: string | undefined
  /** Its name for people, as it was then. */
  readonly label?: string | undefined
}

/** The object that an id belongs to by its form; undefined for a text that is no id of ours. */
export function objectOfId(id: unknown): AuditObject | undefined {
  const prefix = typeof id === "string" ? /^([a-z]{3})_[0-9a-z]{26}$/.exec(id)?.[1] : undefined
  const kind = AUDIT_OBJECT_KINDS.find((one) => prefix !== undefined && PREFIX_BY_KIND[one] === prefix)
  return kind === undefined ? undefined : { kind, id: String(id) }
}
