/** What a document of accounts is read to, whatever its format. */
import type { Secret } from "#shared/secret.ts"
import type { OAuthClient } from "../oauth/clients.ts"

/** What people bring their accounts in; the sentence says what it is. */
export const IMPORT_FORMATS = {
  LAGRANGE: "An export of this gateway, plain or opened with its passphrase.",
  ANTIGRAVITY_PROXY: "The export of Antigravity-Proxy.",
  ANTIGRAVITY_MANAGER: "The export of Antigravity-Manager, or its account files.",
  CLI_PROXY_API: "Auth files of CLIProxyAPI.",
  ANTIGRAVITY_CLAUDE_PROXY: "The accounts file of antigravity-claude-proxy, or of opencode-antigravity-auth.",
  TOKEN_LIST: "Refresh tokens, one a line, with or without an address.",
} as const satisfies Record<string, string>

export type ImportFormat = keyof typeof IMPORT_FORMATS

/** An account as a document describes it; undefined is what the document does not say. */
export interface ImportedAccount {
  readonly email: string | undefined
  readonly refreshToken: Secret<string>
  readonly label: string | undefined
  readonly projectId: string | undefined
  /** The operator named it; otherwise it is what another program once found. */
  readonly projectIsGiven: boolean
  readonly enabled: boolean | undefined
  readonly weight: number | undefined
  readonly priority: number | undefined
  readonly maxConcurrent: number | undefined
  readonly reserve: number | undefined
  readonly disabledModels: readonly string[] | undefined
  readonly tags: readonly string[] | undefined
  /** That the refresh token came from. */
  readonly client: OAuthClient | undefined
}

interface RowPlace {
  /** Of the accounts in the document, from 1. */
  readonly row: number
  /** Where it begins, from 1; undefined: the document is one value, and its lines say nothing. */
  readonly line: number | undefined
}

export type ImportedRow =
  | (RowPlace & {
      readonly type: "account"
      readonly account: ImportedAccount
      /** What the document says and cannot be kept, by name; never a value. */
      readonly notCarried: readonly string[]
    })
  /** `email` where it could be read, so that a person finds the row. */
  | (RowPlace & { readonly type: "invalid"; readonly email: string | undefined; readonly message: string })

export interface ImportedDocument {
  readonly formats: readonly ImportFormat[]
  readonly rows: readonly ImportedRow[]
}
