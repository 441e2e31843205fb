/**
 * One change for all accounts that fit a filter. All of them or none: it is one transaction, and it is not begun when the filter fits
 * other accounts than the operator saw.
 */
import type { AccountModel, AccountWhereInput } from "#generated/sqlite/models.ts"
import type { Audit, AuditEntry } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import { lockRows } from "../database/lock-rows.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { checkTags, given, refuseField } from "../input-checks.ts"
import { texts } from "../json.ts"
import type { ShownStates } from "./shown-state.ts"
import { checkModelSwitches } from "./account-fields.ts"
import { accountsWhere } from "./account-filter.ts"
import { accountFields, accountObject } from "./audited.ts"
import { checkScope, chunksOf, fitting, type BulkScope } from "./bulk-scope.ts"
import { checkModel, endRests, releaseEntry } from "./cooldowns.ts"
import type { Credentials } from "./credentials.ts"
import type { OAuthTokens } from "./oauth/tokens.ts"
import { revokeCredentials } from "./revoke.ts"
import { changesOf, type UpdateAccountInput } from "./update-account.ts"

/** As GraphQL delivers it. What is one account's own (its label, its project) is changed one by one. */
export interface UpdateAccountsInput extends Omit<UpdateAccountInput, "label" | "projectId"> {
  readonly addTags?: readonly string[] | null | undefined
  readonly removeTags?: readonly string[] | null | undefined
}

export interface BulkReport {
  /** Accounts that fit. */
  readonly matched: number
  /** Of them, those that are (or in a dry run would be) others afterwards. */
  readonly changed: readonly string[]
}

export interface BulkRemoval {
  readonly matched: number
  readonly removed: readonly string[]
  /** Credentials that the provider revoked; undefined: that was not asked for. */
  readonly revoked: number | undefined
}

export interface BulkRelease {
  readonly matched: number
  /** Rests that ended, of those that are kept here; short ones of a data plane's own end uncounted. */
  readonly ended: number
}

export interface BulkOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Audit
  readonly credentials: Credentials
  readonly tokens: OAuthTokens
  readonly shownStates: ShownStates
  readonly onChange: (accountId: string) => void
  readonly onRemoved: (accountId: string) => void
  readonly takeEffect: () => Promise<unknown>
}

export interface BulkAccounts {
  update(scope: BulkScope, input: UpdateAccountsInput): Promise<BulkReport>
  remove(scope: BulkScope, revoke: boolean): Promise<BulkRemoval>
  /** Ends what rests on them, or what keeps them from one model. */
  release(scope: BulkScope, model: string | undefined): Promise<BulkRelease>
}

/** Each is a call to the provider. */
const MAX_REVOKED = 100

/** What the tags of an account become; undefined: they stay. */
function tagsAfter(
  row: AccountModel,
  add: readonly string[],
  remove: readonly string[],
  all: readonly string[] | undefined,
) {
  const before = texts(row.tags)
  const base = all ?? before
  const after = checkTags([...new Set([...base, ...add])].filter((tag) => !remove.includes(tag))) ?? []
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : [...after]
}

export function createBulkAccounts(options: BulkOptions): BulkAccounts {
  const { database, clock, audit, onChange, onRemoved, takeEffect } = options

  /** The changes that one row needs; undefined: it is so already. */
  function changesOfRow(row: AccountModel, input: UpdateAccountsInput): object | undefined {
    const { addTags, removeTags } = input
    const { tags, ...plain } = changesOf(input, clock.now())
    const disabledModels = checkModelSwitches(input)?.(texts(row.disabledModels))
    const entries = Object.entries({ ...plain, ...given("disabledModels", disabledModels) }).filter(
      ([name, value]) => JSON.stringify(row[name as keyof AccountModel] ?? emptyOf(name)) !== JSON.stringify(value), // columns of its own
    )
    const isAboutTags = tags !== undefined || addTags || removeTags
    const after = isAboutTags ? tagsAfter(row, checkTags(addTags) ?? [], removeTags ?? [], tags) : undefined
    if (entries.length === 0 && after === undefined) return undefined
    return { ...Object.fromEntries(entries), ...(after === undefined ? {} : { tags: after }) }
  }

  /** The accounts that fit, and that nobody else changes until the transaction ends. */
  async function held(scope: BulkScope, where: AccountWhereInput, transaction: Transaction): Promise<AccountModel[]> {
    const rows = await fitting(scope, where, transaction)
    if (database.kind === "sqlite" || scope.dryRun === true) return rows
    const ids = rows.map(({ id }) => id)
    await lockRows(transaction, "Account", ids)
    return fitting(scope, { AND: [where, { id: { in: ids } }] }, transaction)
  }

  async function writeAll(transaction: Transaction, changes: ReadonlyMap<string, object>): Promise<void> {
    // Most rows become alike, so that a thousand take a few statements.
    const alike = new Map<string, { readonly data: object; readonly ids: string[] }>()
    for (const [id, data] of changes) {
      const key = JSON.stringify(data)
      const group = alike.get(key) ?? { data, ids: [] }
      group.ids.push(id)
      alike.set(key, group)
    }
    for (const { data, ids } of alike.values()) {
      for (const some of chunksOf(ids)) await transaction.account.updateMany({ where: { id: { in: some } }, data })
    }
  }

  async function update(scope: BulkScope, input: UpdateAccountsInput): Promise<BulkReport> {
    checkScope(scope)
    checkTags(input.removeTags)
    checkModelSwitches(input)
    if (input.tags && (input.addTags || input.removeTags)) {
      refuseField("not_used", "Give the whole list of tags, or what is added and removed, not both.", "tags")
    }
    const changes = new Map<string, object>()
    const where = await accountsWhere(options, scope.filter)
    const matched = await database.prisma.$transaction(async (transaction) => {
      const rows = await held(scope, where, transaction)
      const entries: AuditEntry[] = []
      for (const row of rows) {
        const data = changesOfRow(row, input)
        if (data === undefined) continue
        changes.set(row.id, data)
        const after = accountFields({ ...row, ...data })
        entries.push({ object: accountObject(row), before: accountFields(row), after })
      }
      if (scope.dryRun === true) return rows.length
      await writeAll(transaction, changes)
      await audit.record(transaction, ...(entries.length > 0 ? entries : [{ object: { kind: "ACCOUNT" } } as const]))
      return rows.length
    })
    if (scope.dryRun === true) audit.refuse("dry_run")
    else if (changes.size > 0) {
      for (const id of changes.keys()) onChange(id)
      await takeEffect()
    }
    return { matched, changed: [...changes.keys()] }
  }

  async function remove(scope: BulkScope, revoke: boolean): Promise<BulkRemoval> {
    checkScope(scope)
    const rows = await fitting(scope, await accountsWhere(options, scope.filter), database.prisma)
    if (revoke && rows.length > MAX_REVOKED) {
      throw new InvalidInputError(
        "too_many",
        `At most ${MAX_REVOKED} credentials are revoked at a time: narrow the filter, or remove without revoking.`,
        ["revoke"],
      )
    }
    const ids = rows.map(({ id }) => id)
    if (scope.dryRun === true) {
      audit.refuse("dry_run")
      return { matched: rows.length, removed: ids, revoked: undefined }
    }
    const revoked = revoke ? await revokeCredentials(options, rows) : undefined
    await database.prisma.$transaction(async (transaction) => {
      for (const some of chunksOf(ids)) await transaction.account.deleteMany({ where: { id: { in: some } } })
      const entries = rows.map((row): AuditEntry => {
        const after = revoked === undefined ? {} : { after: { revoked: revoked.has(row.id) } }
        return { object: accountObject(row), before: accountFields(row), ...after }
      })
      await audit.record(transaction, ...(entries.length > 0 ? entries : [{ object: { kind: "ACCOUNT" } } as const]))
    })
    for (const id of ids) onRemoved(id)
    if (ids.length > 0) await takeEffect()
    return { matched: rows.length, removed: ids, revoked: revoked?.size }
  }

  async function release(scope: BulkScope, model: string | undefined): Promise<BulkRelease> {
    checkScope(scope)
    checkModel(model)
    const where = await accountsWhere(options, scope.filter)
    const isDryRun = scope.dryRun === true
    const { rows, ended } = await database.prisma.$transaction(async (transaction) => {
      const found = await fitting(scope, where, transaction)
      const ids = found.map(({ id }) => id)
      const rests = await endRests(transaction, database.kind, { ids, model, at: clock.now(), isDryRun })
      if (!isDryRun) {
        const entries = found.map((row) => releaseEntry(row, model, rests))
        await audit.record(transaction, ...(entries.length > 0 ? entries : [{ object: { kind: "ACCOUNT" } } as const]))
      }
      return { rows: found, ended: rests.length }
    })
    if (isDryRun) audit.refuse("dry_run")
    else if (rows.length > 0) {
      for (const { id } of rows) onChange(id)
      await takeEffect()
    }
    return { matched: rows.length, ended }
  }

  return { update, remove, release }
}

/** What a column without a value is like. */
const emptyOf = (name: string): unknown => (name === "disabledModels" ? [] : null)
