/** By what accounts are sorted, ascending; what is not known comes last. Pure. */
import type { QuotaBucket } from "#generated/web/graphql.ts"
import { accountStateOrder } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"

type Compare = (one: Account, other: Account) => number

export const quotaBuckets = ["GEMINI", "THIRD_PARTY", "IMAGE"] as const satisfies readonly QuotaBucket[]

/** The part that is left in the tightest window; nobody knows it: more than all. */
const leastLeft = (account: Account, bucket: QuotaBucket): number =>
  Math.min(2, ...account.quota.filter((reading) => reading.bucket === bucket).map(({ remaining }) => remaining))

const byQuota =
  (bucket: QuotaBucket): Compare =>
  (one, other) =>
    leastLeft(one, bucket) - leastLeft(other, bucket)

export const accountOrders = {
  label: (one, other) => one.label.localeCompare(other.label),
  state: (one, other) => accountStateOrder(one.state) - accountStateOrder(other.state),
  GEMINI: byQuota("GEMINI"),
  THIRD_PARTY: byQuota("THIRD_PARTY"),
  IMAGE: byQuota("IMAGE"),
  priority: (one, other) => one.priority - other.priority,
  requests: (one, other) => one.requestCount - other.requestCount,
  inFlight: (one, other) => one.inFlight - other.inFlight,
  lastUsed: (one, other) => (one.lastUsedAt ?? "").localeCompare(other.lastUsedAt ?? ""),
  added: (one, other) => one.createdAt.localeCompare(other.createdAt),
} as const satisfies Record<string, Compare>

export type AccountOrder = keyof typeof accountOrders

export const accountOrderNames = Object.keys(accountOrders) as AccountOrder[] // the record's own keys
