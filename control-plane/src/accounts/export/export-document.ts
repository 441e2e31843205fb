/** Our own document of accounts: what is written by an export is what an import reads. Pure. */
import type { AccountKind } from "#generated/sqlite/enums.ts"

export const EXPORT_FORMAT = "lagrange-accounts"
export const EXPORT_VERSION = 1

/** An account as it is written; what is left out was never said. */
export interface ExportedAccount {
  readonly kind: AccountKind
  readonly email?: string
  readonly label: string
  readonly refreshToken: string
  /** The fingerprint of the OAuth client that the refresh token works with. */
  readonly oauthClient?: string
  /** Only one that the operator named. */
  readonly projectId?: string
  readonly enabled: boolean
  readonly weight: number
  readonly priority: number
  readonly maxConcurrent?: number
  readonly reserve?: number
  readonly disabledModels?: readonly string[]
  readonly tags: readonly string[]
}

export interface ExportedAccounts {
  readonly exportedAt: string
  readonly accounts: readonly ExportedAccount[]
  /** Those that the refresh tokens came from: elsewhere they work with no other. */
  readonly oauthClients: readonly { readonly clientId: string; readonly clientSecret: string }[]
}

export function exportDocument(content: ExportedAccounts): string {
  return JSON.stringify({ format: EXPORT_FORMAT, version: EXPORT_VERSION, ...content }, undefined, 2)
}

export function sealedExportDocument(exportedAt: string, sealed: object): string {
  return JSON.stringify({ format: EXPORT_FORMAT, version: EXPORT_VERSION, exportedAt, sealed }, undefined, 2)
}
