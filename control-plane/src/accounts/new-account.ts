/** The rows of an account that is added, and of a credential that is given to one. Pure but for chance; the callers write them. */
import type { AccountKind } from "#generated/sqlite/enums.ts"
import type { Secret } from "#shared/secret.ts"
import { newId } from "../new-id.ts"
import { renewalDueAt, type Credentials } from "./credentials.ts"
import type { TokenAnswer } from "./oauth/tokens.ts"
import { startOnboarding } from "./onboard.ts"

/** What is known of the account when it is added; undefined is what was not said. */
export interface AccountWishes {
  readonly kind: AccountKind
  readonly label: string | undefined
  /** Named by the operator: it is not looked for. */
  readonly projectId: string | undefined
  readonly weight: number | undefined
  readonly priority: number | undefined
  readonly tags: readonly string[] | undefined
  readonly enabled?: boolean | undefined
  readonly maxConcurrent?: number | undefined
  readonly reserve?: number | undefined
  readonly disabledModels?: readonly string[] | undefined
}

/** What a credential is made of. */
export interface NewCredential {
  /** Of the OAuth client that it came from; null: not known yet. */
  readonly oauthClient: string | null
  readonly refreshToken: Secret<string>
  /** Undefined: the provider was not asked, or could not be. */
  readonly answer: (TokenAnswer & { readonly type: "tokens" }) | undefined
}

export function newAccountRow(wishes: AccountWishes, email: string | undefined, now: number) {
  const id = newId("acc")
  const at = new Date(now)
  const { enabled, maxConcurrent, reserve, disabledModels } = wishes
  return {
    id,
    kind: wishes.kind,
    // Not the address: labels reach logs and answers, addresses only where an operator put them.
    label: wishes.label ?? `antigravity ${id.slice(-4)}`,
    email: email ?? null,
    projectId: wishes.projectId ?? null,
    projectIsGiven: wishes.projectId !== undefined,
    weight: wishes.weight ?? 1,
    priority: wishes.priority ?? 0,
    tags: [...(wishes.tags ?? [])],
    termsAcknowledgedAt: at,
    createdAt: at,
    ...(enabled === undefined ? {} : { enabled }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(reserve === undefined ? {} : { reserve }),
    ...(disabledModels === undefined ? {} : { disabledModels: [...disabledModels] }),
    ...startOnboarding(now),
  }
}

export function credentialData(
  credentials: Credentials,
  accountId: string,
  { oauthClient, refreshToken, answer }: NewCredential,
  now: number,
) {
  const base = {
    oauthClient,
    sealedRefreshToken: credentials.sealRefreshToken(accountId, answer?.refreshToken ?? refreshToken),
    givenFingerprint: credentials.fingerprint(refreshToken),
    renewalFailures: 0,
    invalidGrantAt: null,
  }
  if (answer === undefined) return { ...base, renewalDueAt: null, sealedAccessToken: null, accessTokenExpiresAt: null }
  const expiresAt = now + answer.expiresInMs
  return {
    ...base,
    sealedAccessToken: credentials.sealAccessToken(accountId, answer.accessToken),
    accessTokenIssuedAt: new Date(now),
    accessTokenExpiresAt: new Date(expiresAt),
    renewalDueAt: new Date(renewalDueAt(now, expiresAt, Math.random())),
  }
}
