/**
 * Renews access tokens: one call at a time per account, the new tokens durable before anybody uses them. A passing failure backs
 * off and never disables; only the provider's own word about the refresh token does, and ahead of expiry it has to say it twice.
 */
import type { CredentialModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { renewalDueAt, type Credentials } from "./credentials.ts"
import type { OAuthClient, OAuthClients } from "./oauth/clients.ts"
import type { OAuthTokens, TokenAnswer } from "./oauth/tokens.ts"
import { needsLogin, writeState } from "./states.ts"

export type RenewalResult =
  | { readonly type: "renewed" }
  | { readonly type: "needs-login" }
  /** Tried again later by itself; the sentence says why it did not work now. */
  | { readonly type: "waiting"; readonly message: string; readonly because: Exclude<TokenAnswer["type"], "tokens"> }
  /** The account, or its refresh token, is no longer there. */
  | { readonly type: "gone" }

/** ahead: the old token still works. refused: the upstream refused it. onboarding: there is none yet. */
export type RenewalCause = "ahead" | "refused" | "onboarding"

export interface RenewalsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "record">
  readonly credentials: Credentials
  readonly clients: Pick<OAuthClients, "of" | "keep">
  readonly tokens: Pick<OAuthTokens, "refresh">
  /** A credential or state changed: the snapshot has to be built anew, listeners told. */
  readonly onChange: (accountId: string) => void
  /** In [0, 1). */
  readonly random?: () => number
}

interface Running {
  readonly cause: RenewalCause
  readonly result: Promise<RenewalResult>
}

export interface Renewals {
  renew(accountId: string, cause: RenewalCause): Promise<RenewalResult>
}

/** Waits after the first, second and every further passing failure. */
export const BACK_OFF_MS = [5_000, 15_000, 60_000] as const
/** An `invalid_grant` ahead of expiry is asked once more after this long. */
export const CONFIRM_MS = 60_000
const TOKEN_TIMEOUT_MS = 10_000

export function createRenewals(options: RenewalsOptions): Renewals {
  const { database, clock, log, credentials, clients, tokens, onChange, random = Math.random } = options
  const { credential } = database.prisma
  const running = new Map<string, Running>()

  /** False when the refresh token was replaced meanwhile: what was learned is about the old one. */
  async function writeTokens(
    row: CredentialModel,
    client: OAuthClient | undefined,
    answer: TokenAnswer & { type: "tokens" },
  ): Promise<boolean> {
    // It worked, so this is the client that the refresh token came from.
    const isLearned = row.oauthClient === null && client !== undefined
    if (isLearned) await clients.keep(client)
    const issuedAt = clock.now()
    const expiresAt = issuedAt + answer.expiresInMs
    const rotated = answer.refreshToken
    const { count } = await credential.updateMany({
      where: { accountId: row.accountId, refreshGeneration: row.refreshGeneration },
      data: {
        sealedAccessToken: credentials.sealAccessToken(row.accountId, answer.accessToken),
        accessTokenIssuedAt: new Date(issuedAt),
        accessTokenExpiresAt: new Date(expiresAt),
        generation: { increment: 1 },
        renewalDueAt: new Date(renewalDueAt(issuedAt, expiresAt, random())),
        renewalFailures: 0,
        invalidGrantAt: null,
        ...(isLearned ? { oauthClient: client.fingerprint } : {}),
        ...(rotated === undefined
          ? {}
          : {
              sealedRefreshToken: credentials.sealRefreshToken(row.accountId, rotated),
              refreshGeneration: { increment: 1 },
            }),
      },
    })
    return count === 1
  }

  async function writeBackOff(
    row: CredentialModel,
    answer: TokenAnswer & { type: "passing" | "configuration" },
  ): Promise<void> {
    const wait = answer.type === "configuration" ? BACK_OFF_MS[2] : (BACK_OFF_MS[row.renewalFailures] ?? BACK_OFF_MS[2])
    await credential.updateMany({
      where: { accountId: row.accountId, refreshGeneration: row.refreshGeneration },
      data: { renewalFailures: { increment: 1 }, renewalDueAt: new Date(clock.now() + wait) },
    })
    const fields = { account: row.accountId, retryMs: wait, reason: answer.message }
    if (answer.type === "configuration") log.error("token.client-refused", fields)
    else log.warn("token.renewal-failed", fields)
  }

  async function judgeInvalidGrant(row: CredentialModel, message: string, cause: RenewalCause): Promise<RenewalResult> {
    const now = clock.now()
    const isSecond = row.invalidGrantAt !== null && now - row.invalidGrantAt.getTime() >= CONFIRM_MS
    if (cause === "ahead" && !isSecond) {
      // The first word may be a hiccup of the provider's; the old token still works, so asking again costs nothing.
      const due = row.invalidGrantAt === null ? now + CONFIRM_MS : row.invalidGrantAt.getTime() + CONFIRM_MS
      await credential.updateMany({
        where: { accountId: row.accountId, refreshGeneration: row.refreshGeneration },
        data: { invalidGrantAt: row.invalidGrantAt ?? new Date(now), renewalDueAt: new Date(due) },
      })
      log.warn("token.invalid-grant", {
        account: row.accountId,
        reason: message,
        confirmAt: new Date(due).toISOString(),
      })
      return { type: "waiting", message, because: "invalid-grant" }
    }
    await credential.updateMany({
      where: { accountId: row.accountId, refreshGeneration: row.refreshGeneration },
      data: { renewalDueAt: null, invalidGrantAt: new Date(now) },
    })
    await writeState(options, row.accountId, needsLogin(message))
    await database.prisma.account.updateMany({ where: { id: row.accountId }, data: { onboardingPending: false } })
    log.error("account.needs-login", { account: row.accountId, reason: message })
    onChange(row.accountId)
    return { type: "needs-login" }
  }

  async function attempt(accountId: string, cause: RenewalCause, triesLeft: number): Promise<RenewalResult> {
    const row = await credential.findUnique({ where: { accountId } })
    const refreshToken = row === null ? undefined : credentials.openRefreshToken(row)
    if (row === null || refreshToken === undefined) return { type: "gone" }
    const client = await clients.of(row.oauthClient)
    const answer = await tokens.refresh(client, refreshToken, TOKEN_TIMEOUT_MS)
    if (answer.type === "tokens") {
      if (!(await writeTokens(row, client, answer)))
        return triesLeft > 0 ? attempt(accountId, cause, triesLeft - 1) : { type: "gone" }
      onChange(accountId)
      return { type: "renewed" }
    }
    if (answer.type === "invalid-grant") {
      const current = await credential.findUnique({ where: { accountId } })
      if (current === null) return { type: "gone" }
      // Another writer replaced the token while we asked about the old one.
      if (current.refreshGeneration !== row.refreshGeneration && triesLeft > 0)
        return attempt(accountId, cause, triesLeft - 1)
      return judgeInvalidGrant(current, answer.message, cause)
    }
    await writeBackOff(row, answer)
    return { type: "waiting", message: answer.message, because: answer.type }
  }

  async function join(current: Running, accountId: string, cause: RenewalCause): Promise<RenewalResult> {
    const result = await current.result
    const isToBeConfirmed = result.type === "waiting" && result.because === "invalid-grant"
    // Ahead of expiry a second word can wait a minute; whose token is refused already has requests that wait for it now.
    return isToBeConfirmed && cause === "refused" && current.cause === "ahead" ? renew(accountId, cause) : result
  }

  function renew(accountId: string, cause: RenewalCause): Promise<RenewalResult> {
    const current = running.get(accountId)
    if (current !== undefined) return join(current, accountId, cause)
    const result = attempt(accountId, cause, 1).finally(() => running.delete(accountId))
    running.set(accountId, { cause, result })
    return result
  }

  return { renew }
}
