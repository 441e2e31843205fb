/** Writes accounts with their credentials into our own document, for a backup or another gateway: what it holds opens every account. */
import type { AccountModel, CredentialModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { Audit } from "../../audit/audit.ts"
import { requireFresh } from "../../auth/fresh.ts"
import type { Principal } from "../../auth/principal.ts"
import type { Clock } from "../../clock.ts"
import type { Database } from "../../database/open.ts"
import { InvalidInputError } from "../../failure.ts"
import { texts } from "../../json.ts"
import { accountsWhere, type AccountFilter } from "../account-filter.ts"
import type { Credentials } from "../credentials.ts"
import { MAX_ROWS } from "../import/read-document.ts"
import type { OAuthClients } from "../oauth/clients.ts"
import type { ShownStates } from "../shown-state.ts"
import { exportDocument, sealedExportDocument, type ExportedAccount } from "./export-document.ts"
import { checkPassphrase, sealUnderPassphrase } from "./passphrase.ts"

/** As GraphQL delivers it. */
export interface ExportAccountsInput {
  readonly filter?: AccountFilter | null | undefined
  readonly passphrase?: string | null | undefined
  readonly plain?: boolean | null | undefined
}

export interface ExportedDocument {
  readonly document: string
  readonly count: number
  /** Accounts that hold no credential, by label. */
  readonly leftOut: readonly string[]
}

export interface AccountExportOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Audit
  readonly credentials: Credentials
  readonly clients: OAuthClients
  readonly shownStates: ShownStates
}

export type AccountExport = (input: ExportAccountsInput, principal: Principal) => Promise<ExportedDocument>

type Row = AccountModel & { readonly credential: CredentialModel | null }

/** Throws `InvalidInputError` and `RefusedError`. */
function checkInput(input: ExportAccountsInput, principal: Principal, now: number): string | undefined {
  // Under a passphrase too: a thief of a session would choose it.
  requireFresh(principal, now)
  const passphrase = input.passphrase ?? undefined
  const isPlain = input.plain === true
  if (isPlain && passphrase !== undefined) {
    throw new InvalidInputError("not_used", "An export is plain or has a passphrase, not both.", [
      "input",
      "passphrase",
    ])
  }
  if (!isPlain && passphrase === undefined) {
    throw new InvalidInputError(
      "required",
      "Give a passphrase, which the import then asks for, or say plain: true to get every credential in the clear.",
      ["input", "passphrase"],
    )
  }
  if (passphrase !== undefined) checkPassphrase(passphrase)
  return passphrase
}

export function createAccountExport(options: AccountExportOptions): AccountExport {
  const { database, clock, log, audit, credentials, clients } = options

  function exported(row: Row): ExportedAccount | undefined {
    const refreshToken = row.credential === null ? undefined : credentials.openRefreshToken(row.credential)
    if (refreshToken === undefined) return undefined
    const disabledModels = texts(row.disabledModels)
    return {
      kind: row.kind,
      ...(row.email === null ? {} : { email: row.email }),
      label: row.label,
      refreshToken: refreshToken.reveal(),
      ...(row.credential?.oauthClient ? { oauthClient: row.credential.oauthClient } : {}),
      ...(row.projectIsGiven && row.projectId !== null ? { projectId: row.projectId } : {}),
      enabled: row.enabled,
      weight: row.weight,
      priority: row.priority,
      ...(row.maxConcurrent === null ? {} : { maxConcurrent: row.maxConcurrent }),
      ...(row.reserve === null ? {} : { reserve: row.reserve }),
      ...(disabledModels.length === 0 ? {} : { disabledModels }),
      tags: texts(row.tags),
    }
  }

  async function clientsOf(accounts: readonly ExportedAccount[]) {
    const fingerprints = new Set(accounts.flatMap(({ oauthClient }) => oauthClient ?? []))
    const found = await Promise.all([...fingerprints].map((fingerprint) => clients.of(fingerprint)))
    return found.flatMap((client) =>
      client === undefined ? [] : [{ clientId: client.clientId.reveal(), clientSecret: client.clientSecret.reveal() }],
    )
  }

  return async (input, principal) => {
    const passphrase = checkInput(input, principal, clock.now())
    const rows = await database.prisma.account.findMany({
      where: await accountsWhere(options, input.filter),
      include: { credential: true },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    })
    const accounts = rows.flatMap((row) => exported(row) ?? [])
    if (accounts.length === 0) {
      throw new InvalidInputError("no_accounts", "No account that holds a credential fits the filter.", [
        "input",
        "filter",
      ])
    }
    if (accounts.length > MAX_ROWS) {
      throw new InvalidInputError(
        "too_many",
        `An import takes at most ${MAX_ROWS} accounts, and ${accounts.length} fit: export them in parts, by a filter.`,
        ["input", "filter"],
      )
    }
    const leftOut = rows.filter((row) => !row.credential?.sealedRefreshToken).map(({ label }) => label)
    const exportedAt = new Date(clock.now()).toISOString()
    const content = { exportedAt, accounts, oauthClients: await clientsOf(accounts) }
    const plain = exportDocument(content)
    const document =
      passphrase === undefined ? plain : sealedExportDocument(exportedAt, await sealUnderPassphrase(passphrase, plain))
    // Told before it is given out.
    const form = passphrase === undefined ? "plain" : "under a passphrase"
    await audit.note({ object: { kind: "ACCOUNT" }, after: { accounts: accounts.length, form } })
    log.warn("accounts.exported", { accounts: accounts.length, form })
    return { document, count: accounts.length, leftOut }
  }
}
