/**
 * What an import makes of each row, given the accounts that are there. Pure, so that a dry run and a real one cannot differ. An account
 * is known by its kind and address, else by its refresh token, as it was given or as it is now.
 */
import type { AccountModel } from "#generated/sqlite/models.ts"
import { texts } from "../../json.ts"
import type { ImportedAccount, ImportedRow } from "./imported-row.ts"

/** An account that is there. */
export interface KnownAccount {
  readonly row: AccountModel
  /** Of the refresh tokens that it was given and that it has. */
  readonly fingerprints: readonly string[]
}

/** Settings of a known account that a row says otherwise. */
export interface SettingChanges {
  readonly email?: string
  readonly label?: string
  readonly enabled?: boolean
  readonly weight?: number
  readonly priority?: number
  readonly maxConcurrent?: number
  readonly reserve?: number
  readonly disabledModels?: string[]
  readonly tags?: string[]
  readonly projectId?: string
}

export type RowPlan = {
  readonly from: ImportedRow
  readonly notCarried: readonly string[]
  readonly message?: string
} & (
  | { readonly type: "add"; readonly account: ImportedAccount }
  | {
      readonly type: "update"
      readonly account: ImportedAccount
      readonly row: AccountModel
      readonly changes: SettingChanges
      readonly takesCredential: boolean
    }
  | { readonly type: "unchanged"; readonly row: AccountModel }
  | { readonly type: "duplicate" }
  | { readonly type: "invalid"; readonly message: string }
)

export interface PlanOptions {
  readonly rows: readonly ImportedRow[]
  readonly known: readonly KnownAccount[]
  readonly fingerprintOf: (account: ImportedAccount) => string
  /** Also of accounts that serve with the credential they have. */
  readonly replacesCredentials: boolean
}

const KEPT = "The account serves with the sign-in that it has, which was kept; replaceCredentials: true takes this one."

export function planImport({ rows, known, fingerprintOf, replacesCredentials }: PlanOptions): RowPlan[] {
  const byEmail = new Map(known.flatMap((one) => (one.row.email === null ? [] : [[one.row.email, one] as const])))
  const byFingerprint = new Map(
    known.flatMap((one) => one.fingerprints.map((fingerprint) => [fingerprint, one] as const)),
  )
  /** What the document itself brought, and in which row. */
  const seen = new Map<string, number>()

  return rows.map((from): RowPlan => {
    if (from.type === "invalid") return { type: "invalid", from, notCarried: [], message: from.message }
    const { account, notCarried } = from
    const fingerprint = fingerprintOf(account)
    const names = [`token ${fingerprint}`, ...(account.email === undefined ? [] : [`email ${account.email}`])]
    const found =
      (account.email === undefined ? undefined : byEmail.get(account.email)) ?? byFingerprint.get(fingerprint)
    // Two rows that say different things of one account must not both change it.
    if (found !== undefined) names.push(`account ${found.row.id}`)
    const first = names.map((name) => seen.get(name)).find((row) => row !== undefined)
    if (first !== undefined) {
      return { type: "duplicate", from, notCarried: [], message: `The same account as in row ${first}.` }
    }
    for (const name of names) seen.set(name, from.row)
    if (found === undefined) return { type: "add", from, account, notCarried }
    const isOther = !found.fingerprints.includes(fingerprint)
    const takesCredential = isOther && (replacesCredentials || found.row.state !== "READY")
    const message = isOther && !takesCredential ? { message: KEPT } : {}
    const changes = changesOf(found.row, account)
    if (!takesCredential && Object.keys(changes).length === 0) {
      return { type: "unchanged", from, row: found.row, notCarried, ...message }
    }
    return { type: "update", from, account, row: found.row, changes, takesCredential, notCarried, ...message }
  })
}

/** What is not said stays; what is said already is no change. */
function changesOf(row: AccountModel, account: ImportedAccount): SettingChanges {
  const { label, enabled, weight, priority, maxConcurrent, reserve, projectId } = account
  const changes: Record<string, unknown> = {}
  const say = (name: keyof SettingChanges, value: unknown, present: unknown): void => {
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(present)) changes[name] = value
  }
  // The address that an account has is the provider's word; a document's only fills the gap.
  if (row.email === null) say("email", account.email, null)
  say("label", label, row.label)
  say("enabled", enabled, row.enabled)
  say("weight", weight, row.weight)
  say("priority", priority, row.priority)
  say("maxConcurrent", maxConcurrent, row.maxConcurrent)
  say("reserve", reserve, row.reserve)
  say("disabledModels", account.disabledModels, texts(row.disabledModels))
  say("tags", account.tags, texts(row.tags))
  if (account.projectIsGiven) say("projectId", projectId, row.projectIsGiven ? row.projectId : null)
  return changes
}
