/**
 * Revoking credentials at their provider, before accounts are removed. It cannot be taken back and is in no transaction of ours: the audit
 * has it before the provider is asked, and where that cannot be written the provider is not asked.
 */
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { Audit, AuditEntry } from "../audit/audit.ts"
import type { Database } from "../database/open.ts"
import { forEachLimited } from "../jobs/job.ts"
import { accountObject } from "./audited.ts"
import type { Credentials } from "./credentials.ts"
import type { OAuthTokens } from "./oauth/tokens.ts"

export interface RevokeOptions {
  readonly database: Database
  readonly audit: Pick<Audit, "record">
  readonly credentials: Credentials
  readonly tokens: Pick<OAuthTokens, "revoke">
}

const AT_ONCE = 8
const TIMEOUT_MS = 3_500

/** The ids of those whose credential the provider revoked. */
export async function revokeCredentials(
  { database, audit, credentials, tokens }: RevokeOptions,
  accounts: readonly AccountModel[],
): Promise<ReadonlySet<string>> {
  const rows = await database.prisma.credential.findMany({ where: { accountId: { in: accounts.map(({ id }) => id) } } })
  const secrets = new Map(rows.map((row) => [row.accountId, credentials.openRefreshToken(row)] as const))
  const entries = accounts.flatMap((account): AuditEntry[] => {
    const refreshToken = secrets.get(account.id)
    if (refreshToken === undefined) return []
    return [{ action: "revokeCredential", object: accountObject(account), before: { refreshToken } }]
  })
  await database.prisma.$transaction((transaction) => audit.record(transaction, ...entries))
  const revoked = new Set<string>()
  await forEachLimited([...secrets], AT_ONCE, async ([id, refreshToken]) => {
    if (refreshToken !== undefined && (await tokens.revoke(refreshToken, TIMEOUT_MS))) revoked.add(id)
  })
  return revoked
}
