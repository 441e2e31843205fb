/** Sealed credentials of accounts: the only code that opens them, and it gives them out wrapped in `Secret`. */
import type { CredentialModel } from "#generated/sqlite/models.ts"
import { Secret } from "#shared/secret.ts"
import type { Place, Vault } from "../vault.ts"

const place = (accountId: string, name: "sealedRefreshToken" | "sealedAccessToken"): Place => {
  return { table: "Credential", row: accountId, field: name }
}

export interface Credentials {
  sealRefreshToken(accountId: string, token: Secret<string>): string
  sealAccessToken(accountId: string, token: Secret<string>): string
  openRefreshToken(row: Pick<CredentialModel, "accountId" | "sealedRefreshToken">): Secret<string> | undefined
  openAccessToken(row: Pick<CredentialModel, "accountId" | "sealedAccessToken">): Secret<string> | undefined
  /** What a refresh token is known by; the same for the same token, whichever account holds it. */
  fingerprint(refreshToken: Secret<string>): string
}

export function createCredentials(vault: Vault): Credentials {
  const openAt = (accountId: string, name: "sealedRefreshToken" | "sealedAccessToken", sealed: string | null) =>
    sealed === null ? undefined : new Secret(vault.open(place(accountId, name), sealed))
  return {
    sealRefreshToken: (accountId, token) => vault.seal(place(accountId, "sealedRefreshToken"), token.reveal()),
    sealAccessToken: (accountId, token) => vault.seal(place(accountId, "sealedAccessToken"), token.reveal()),
    openRefreshToken: (row) => openAt(row.accountId, "sealedRefreshToken", row.sealedRefreshToken),
    openAccessToken: (row) => openAt(row.accountId, "sealedAccessToken", row.sealedAccessToken),
    fingerprint: (refreshToken) => vault.fingerprint("refresh token", refreshToken.reveal()),
  }
}

/** Tokens are renewed this long before their end, and up to a jitter more, so that not all fall due together. */
export const RENEWAL_SKEW_MS = 300_000
export const RENEWAL_JITTER_MS = 60_000

/** When a token is to be renewed: never earlier than nine tenths of its life. `random` is in [0, 1). */
export function renewalDueAt(issuedAt: number, expiresAt: number, random: number): number {
  const skew = Math.min(RENEWAL_SKEW_MS + random * RENEWAL_JITTER_MS, (expiresAt - issuedAt) / 10)
  return Math.floor(expiresAt - skew)
}
