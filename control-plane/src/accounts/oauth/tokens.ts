/** The token endpoint: what it can answer, sorted by what has to be done. Sources: OAuth 2 section 5.2 and Google's own wordings. */
import { requestJson } from "#shared/outbound/request-json.ts"
import { redactPrivate } from "#shared/redact.ts"
import { Secret } from "#shared/secret.ts"
import type { Config } from "../../config.ts"
import { field, textField } from "../../json.ts"
import type { Outbound } from "../../outbound.ts"
import type { OAuthClient } from "./clients.ts"

export type TokenAnswer =
  | {
      readonly type: "tokens"
      readonly accessToken: Secret<string>
      readonly expiresInMs: number
      /** A new one that replaces the one that was sent; of a code: the one to keep. */
      readonly refreshToken: Secret<string> | undefined
      /** Undefined: the endpoint did not say. */
      readonly scopes: readonly string[] | undefined
    }
  /** The refresh token is revoked, expired or of a deleted account, the code used or too old; `message` is the provider's own. */
  | { readonly type: "invalid-grant"; readonly message: string }
  /** The OAuth client is missing or refused: no account's fault. One sentence with the way out. */
  | { readonly type: "configuration"; readonly message: string }
  /** Network, 429, 5xx: worth another try. */
  | { readonly type: "passing"; readonly message: string }

const DEFAULT_LIFETIME_S = 3_600

/** What somebody hears who wants to sign in, or to renew a token, without a client. */
export const NO_CLIENT =
  "No OAuth client is configured: give one in the panel (Settings, or with the account), or set GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET in the environment. Which clients the upstream accepts: docs/guides/oauth.md."

/** What an authorization code is exchanged with; all of it as in the request that began the sign-in. */
export interface CodeGrant {
  readonly code: Secret<string>
  readonly verifier: Secret<string>
  readonly redirectUri: string
}

/** None of them throws for what the network or the endpoint does. A client that is undefined is a configuration fault. */
export interface OAuthTokens {
  /** Exchanges a refresh token. */
  refresh(client: OAuthClient | undefined, refreshToken: Secret<string>, timeoutMs: number): Promise<TokenAnswer>
  /** Exchanges an authorization code. */
  exchange(client: OAuthClient | undefined, grant: CodeGrant, timeoutMs: number): Promise<TokenAnswer>
  /** Revokes a token at the provider; whether it said yes. */
  revoke(refreshToken: Secret<string>, timeoutMs: number): Promise<boolean>
  /** The e-mail address behind an access token; undefined when it cannot be read now. */
  readEmail(accessToken: Secret<string>, timeoutMs: number): Promise<string | undefined>
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Google's revocation endpoint stands beside its token endpoint. */
function revocationUrl(tokenUrl: string): string {
  return new URL("revoke", tokenUrl).href
}

function readTokens(json: unknown): TokenAnswer {
  const accessToken = textField(json, "access_token")
  if (accessToken === undefined) return { type: "passing", message: "The token endpoint answered without a token." }
  const lifetime = Number(field(json, "expires_in"))
  const refreshToken = textField(json, "refresh_token")
  return {
    type: "tokens",
    accessToken: new Secret(accessToken),
    expiresInMs: (Number.isFinite(lifetime) && lifetime > 0 ? lifetime : DEFAULT_LIFETIME_S) * 1_000,
    refreshToken: refreshToken === undefined ? undefined : new Secret(refreshToken),
    scopes: textField(json, "scope")?.split(" "),
  }
}

/** The provider's own words; nothing of what was sent is repeated, even where the provider repeats it. */
function wordsOf(status: number, json: unknown, sent: readonly Secret<string>[]): string {
  const error = textField(json, "error")
  const description = textField(json, "error_description")
  let words = description === undefined ? (error ?? `HTTP ${status}`) : `${description} (${error ?? status})`
  for (const secret of sent) words = words.replaceAll(secret.reveal(), "[redacted]")
  return redactPrivate(words).slice(0, 300)
}

function readRefusal(status: number, json: unknown, sent: readonly Secret<string>[]): TokenAnswer {
  const error = textField(json, "error")
  const words = wordsOf(status, json, sent)
  switch (error) {
    case "invalid_grant":
      return { type: "invalid-grant", message: words }
    case "invalid_client":
    case "unauthorized_client":
      return {
        type: "configuration",
        message: `The provider refuses our OAuth client: ${words}. Check its id and secret (GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET, or updateOAuthClient), and that the refresh token was made with this client.`,
      }
    case "redirect_uri_mismatch":
      return {
        type: "configuration",
        message: `The provider does not let our OAuth client come back to this machine: ${words}. It has to be of the kind for desktop apps, which may use any loopback port.`,
      }
    default:
      return { type: "passing", message: `The token endpoint answered ${status}: ${words}` }
  }
}

export function createOAuthTokens(
  config: Pick<Config["oauth"], "tokenUrl" | "userinfoUrl">,
  outbound: Outbound,
): OAuthTokens {
  async function ask(
    client: OAuthClient | undefined,
    form: Readonly<Record<string, string>>,
    secrets: readonly Secret<string>[],
    timeoutMs: number,
  ): Promise<TokenAnswer> {
    if (client === undefined) return { type: "configuration", message: NO_CLIENT }
    const { clientId, clientSecret } = client
    const halves = { client_id: clientId.reveal(), client_secret: clientSecret.reveal() }
    const body = new URLSearchParams({ ...form, ...halves })
    const url = config.tokenUrl
    try {
      const answer = await requestJson({ method: "POST", url, body, timeoutMs, maxBytes: 65_536, ...outbound })
      return answer.status === 200
        ? readTokens(answer.json)
        : readRefusal(answer.status, answer.json, [...secrets, clientSecret, clientId])
    } catch (error) {
      return { type: "passing", message: `The token endpoint cannot be reached: ${describe(error)}` }
    }
  }

  return {
    refresh: (client, refreshToken, timeoutMs) => {
      const form = { grant_type: "refresh_token", refresh_token: refreshToken.reveal() }
      return ask(client, form, [refreshToken], timeoutMs)
    },
    exchange: (client, { code, verifier, redirectUri }, timeoutMs) => {
      const form = {
        grant_type: "authorization_code",
        code: code.reveal(),
        code_verifier: verifier.reveal(),
        redirect_uri: redirectUri,
      }
      return ask(client, form, [code, verifier], timeoutMs)
    },
    revoke: async (refreshToken, timeoutMs) => {
      const body = new URLSearchParams({ token: refreshToken.reveal() })
      const url = revocationUrl(config.tokenUrl)
      const answer = await requestJson({ method: "POST", url, body, timeoutMs, ...outbound }).catch(() => undefined)
      return answer?.status === 200
    },
    readEmail: async (accessToken, timeoutMs) => {
      const headers = { authorization: `Bearer ${accessToken.reveal()}` }
      const url = config.userinfoUrl
      const answer = await requestJson({ method: "GET", url, headers, timeoutMs, ...outbound }).catch(() => undefined)
      const email = answer?.status === 200 ? textField(answer.json, "email") : undefined
      return email?.toLowerCase()
    },
  }
}
