/**
 * Takes accounts over from a document. It asks the provider nothing: what is new is written as accounts whose onboarding is due, and the
 * durable job goes on with them, so that a thousand rows take seconds and a restart loses none. Every row is told what became of it.
 */
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { Audit, AuditEntry } from "../../audit/audit.ts"
import type { Clock } from "../../clock.ts"
import { isUniqueViolation, type Database, type Transaction } from "../../database/open.ts"
import { InvalidInputError, RefusedError } from "../../failure.ts"
import type { Credentials } from "../credentials.ts"
import { openUnderPassphrase } from "../export/passphrase.ts"
import { credentialData, newAccountRow } from "../new-account.ts"
import type { OAuthClients } from "../oauth/clients.ts"
import { NO_CLIENT } from "../oauth/tokens.ts"
import { startOnboarding } from "../onboard.ts"
import type { ImportedAccount, ImportedDocument, ImportFormat } from "./imported-row.ts"
import { planImport, type KnownAccount, type RowPlan } from "./plan.ts"
import { MAX_ROWS, readDocument, sealedPart } from "./read-document.ts"

/** As GraphQL delivers it. */
export interface ImportAccountsInput {
  readonly document: string
  readonly acknowledgedTerms: boolean
  readonly dryRun?: boolean | null | undefined
  readonly passphrase?: string | null | undefined
  readonly replaceCredentials?: boolean | null | undefined
}

export const IMPORT_OUTCOMES = {
  WOULD_ADD: "A dry run: there is no such account yet.",
  WOULD_UPDATE: "A dry run: the account is there, and the row says something else of it.",
  ADDED: "It was added and is being onboarded.",
  UPDATED: "It was there, and took what the row says.",
  UNCHANGED: "It is there, just as the row says.",
  DUPLICATE: "An earlier row of the document is the same account.",
  INVALID: "It cannot be taken; the message says why, and what to do.",
} as const satisfies Record<string, string>

export type ImportOutcome = keyof typeof IMPORT_OUTCOMES

export interface ImportReportRow {
  readonly row: number
  readonly line: number | null
  readonly email: string | null
  readonly outcome: ImportOutcome
  readonly accountId: string | null
  readonly message: string | null
  readonly notCarried: readonly string[]
}

export interface ImportReport {
  readonly formats: readonly ImportFormat[]
  readonly rows: readonly ImportReportRow[]
}

export interface AccountImportOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Audit
  readonly credentials: Credentials
  readonly clients: OAuthClients
  readonly onChange: (accountId: string) => void
  readonly onOnboardingDue: () => void
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

export type AccountImport = (input: ImportAccountsInput) => Promise<ImportReport>

/** Rows of one transaction: others can write in between. */
const BATCH = 100
/** Another import may add the same account at the same moment; then it is there at the next look. */
const TRIES = 3

/** By row of the document: what was written of it, and the account. */
type Written = Map<number, { readonly outcome: "ADDED" | "UPDATED"; readonly accountId: string }>

export function createAccountImport(options: AccountImportOptions): AccountImport {
  const { database, clock, log, audit, credentials, clients, onChange, onOnboardingDue, takeEffect } = options

  async function open(input: ImportAccountsInput): Promise<ImportedDocument> {
    const sealed = sealedPart(input.document)
    const passphrase = input.passphrase ?? undefined
    if (sealed === undefined) return readDocument(input.document)
    if (passphrase === undefined) {
      throw new InvalidInputError("required", "This export is sealed: give the passphrase that it was made with.", [
        "input",
        "passphrase",
      ])
    }
    return readDocument(await openUnderPassphrase(passphrase, sealed))
  }

  async function knownAccounts(): Promise<KnownAccount[]> {
    const rows = await database.prisma.account.findMany({
      where: { kind: "ANTIGRAVITY" },
      include: { credential: { select: { accountId: true, sealedRefreshToken: true, givenFingerprint: true } } },
    })
    return rows.map(({ credential, ...row }) => {
      const token = credential === null ? undefined : credentials.openRefreshToken(credential)
      const given = credential?.givenFingerprint ?? undefined
      const fingerprints = [given, token === undefined ? undefined : credentials.fingerprint(token)]
      return { row, fingerprints: fingerprints.flatMap((one) => one ?? []) }
    })
  }

  /** With an OAuth client of its own, or with the one in force, or else none of it could ever sign in. */
  async function refuseWithoutClient(document: ImportedDocument): Promise<void> {
    const needsOne = document.rows.some((row) => row.type === "account" && row.account.client === undefined)
    if (needsOne && (await clients.current()) === undefined) throw new RefusedError("oauth_client_missing", NO_CLIENT)
  }

  const credentialOf = ({ refreshToken, client }: ImportedAccount) => {
    return { oauthClient: client?.fingerprint ?? null, refreshToken, answer: undefined }
  }

  async function add(transaction: Transaction, plans: readonly (RowPlan & { type: "add" })[], written: Written) {
    const now = clock.now()
    const entries: AuditEntry[] = []
    if (plans.length === 0) return entries
    const accounts = plans.map((plan) => {
      const { account } = plan
      const given = account.projectIsGiven ? account.projectId : undefined
      const row = newAccountRow({ ...account, kind: "ANTIGRAVITY", projectId: given }, account.email, now)
      written.set(plan.from.row, { outcome: "ADDED", accountId: row.id })
      const { label, email, weight, priority, tags } = row
      const { enabled = true, refreshToken } = account
      const after = { email, enabled, weight, priority, tags, refreshToken }
      entries.push({ object: { kind: "ACCOUNT", id: row.id, label }, after })
      // What another program found: of use only where the provider names no project. And they stay in the document's order.
      return { ...row, projectId: account.projectId ?? null, createdAt: new Date(now - MAX_ROWS + plan.from.row) }
    })
    await transaction.account.createMany({ data: accounts })
    await transaction.credential.createMany({
      data: plans.map((plan, index) => {
        const accountId = accounts[index]?.id ?? ""
        return { accountId, generation: 1, ...credentialData(credentials, accountId, credentialOf(plan.account), now) }
      }),
    })
    return entries
  }

  async function update(transaction: Transaction, plan: RowPlan & { type: "update" }): Promise<AuditEntry> {
    const { row, account, changes, takesCredential } = plan
    const now = clock.now()
    if (takesCredential) {
      const data = credentialData(credentials, row.id, credentialOf(account), now)
      await transaction.credential.upsert({
        where: { accountId: row.id },
        create: { accountId: row.id, generation: 1, ...data },
        update: { ...data, generation: { increment: 1 }, refreshGeneration: { increment: 1 } },
      })
    }
    const isAsked = takesCredential || changes.projectId !== undefined
    await transaction.account.updateMany({
      where: { id: row.id },
      data: {
        ...changes,
        ...(changes.projectId === undefined ? {} : { projectIsGiven: true }),
        ...(takesCredential ? { termsAcknowledgedAt: new Date(now) } : {}),
        ...(isAsked ? startOnboarding(now) : {}),
      },
    })
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, row[name as keyof AccountModel]])) // columns of its own
    return {
      object: { kind: "ACCOUNT", id: row.id, label: row.label },
      before,
      after: { ...changes, ...(takesCredential ? { refreshToken: account.refreshToken } : {}) },
    }
  }

  async function write(plans: readonly RowPlan[], written: Written): Promise<void> {
    const accounts = plans.flatMap((plan) => (plan.type === "add" || plan.type === "update" ? [plan.account] : []))
    const used = new Map(accounts.flatMap(({ client }) => (client === undefined ? [] : [[client.fingerprint, client]])))
    for (const client of used.values()) await clients.keep(client)
    for (let from = 0; from < plans.length; from += BATCH) {
      const batch = plans.slice(from, from + BATCH)
      const now: Written = new Map()
      await database.prisma.$transaction(async (transaction) => {
        const entries = await add(
          transaction,
          batch.filter((plan) => plan.type === "add"),
          now,
        )
        for (const plan of batch) {
          if (plan.type !== "update") continue
          entries.push(await update(transaction, plan))
          now.set(plan.from.row, { outcome: "UPDATED", accountId: plan.row.id })
        }
        await audit.record(transaction, ...entries)
      })
      for (const [row, done] of now) {
        written.set(row, done)
        onChange(done.accountId)
      }
    }
  }

  async function run(document: ImportedDocument, input: ImportAccountsInput): Promise<ImportReport> {
    const plan = async (): Promise<RowPlan[]> =>
      planImport({
        rows: document.rows,
        known: await knownAccounts(),
        fingerprintOf: ({ refreshToken }) => credentials.fingerprint(refreshToken),
        replacesCredentials: input.replaceCredentials === true,
      })
    if (input.dryRun === true) {
      // Nothing was done, and the audit is to say so.
      audit.refuse("dry_run")
      return { formats: document.formats, rows: (await plan()).map((one) => reportRow(one, undefined)) }
    }
    const written: Written = new Map()
    for (let tries = 1; ; tries += 1) {
      const plans = await plan()
      try {
        await write(plans, written)
        if (written.size === 0) await audit.note({ object: { kind: "ACCOUNT" }, after: { added: 0, updated: 0 } })
        if (plans.some(({ type }) => type === "update")) await takeEffect()
        return { formats: document.formats, rows: plans.map((one) => reportRow(one, written)) }
      } catch (error) {
        if (!isUniqueViolation(error) || tries >= TRIES) throw error
      } finally {
        if (written.size > 0) onOnboardingDue()
      }
    }
  }

  // One at a time: two of the same list find each other's accounts.
  let queue: Promise<unknown> = Promise.resolve()
  return async (input) => {
    if (!input.acknowledgedTerms && input.dryRun !== true) {
      throw new InvalidInputError(
        "terms_not_acknowledged",
        "Read the terms notice and acknowledge it to add these accounts.",
        ["input", "acknowledgedTerms"],
      )
    }
    const document = await open(input)
    await refuseWithoutClient(document)
    const turn = queue.then(() => run(document, input))
    queue = turn.catch(() => undefined)
    const report = await turn
    const count = (outcome: ImportOutcome): number => report.rows.filter((row) => row.outcome === outcome).length
    log.info("accounts.imported", {
      dryRun: input.dryRun === true,
      formats: report.formats.join(","),
      rows: report.rows.length,
      added: count("ADDED"),
      updated: count("UPDATED"),
      invalid: count("INVALID"),
    })
    return report
  }
}

/** `written` is undefined in a dry run. */
function reportRow(plan: RowPlan, written: Written | undefined): ImportReportRow {
  const { from, notCarried, message = null } = plan
  const email = (from.type === "account" ? from.account.email : from.email) ?? null
  const done = written?.get(from.row)
  const accountId = done?.accountId ?? ("row" in plan ? plan.row.id : null)
  return {
    row: from.row,
    line: from.line ?? null,
    email,
    outcome: done?.outcome ?? outcomeOf(plan),
    accountId,
    message,
    notCarried,
  }
}

function outcomeOf({ type }: RowPlan): ImportOutcome {
  switch (type) {
    case "add":
      return "WOULD_ADD"
    case "update":
      return "WOULD_UPDATE"
    case "unchanged":
      return "UNCHANGED"
    case "duplicate":
      return "DUPLICATE"
    case "invalid":
      return "INVALID"
  }
}
