/** The token endpoint: what it can answer, sorted by what has to be done. Sources: OAuth 2 section 5.2 and Google's own wordings. */
import { requestJson } from "#shared/outbound/request-json.ts"
import { Secret } from "#shared/secret.ts"
import type { Config } from "../config.ts"
import { field, textField } from "../json.ts"
import type { Outbound } from "../outbound.ts"

export type TokenAnswer =
  | {
      readonly type: "tokens"
      readonly accessToken: Secret<string>
      readonly expiresInMs: number
      /** A new one that replaces the one that was sent. */
      readonly refreshToken: Secret<string> | undefined
    }
  /** The refresh token is revoked, expired or of a deleted account; `message` is the provider's own. */
  | { readonly type: "invalid-grant"; readonly message: string }
  /** The OAuth client is missing or refused: no account's fault. One sentence with the way out. */
  | { readonly type: "configuration"; readonly message: string }
  /** Network, 429, 5xx: worth another try. */
  | { readonly type: "passing"; readonly message: string }

const DEFAULT_LIFETIME_S = 3_600
const NO_CLIENT =
  "No OAuth client is configured: set GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET of the client the refresh token was made with."

export interface OAuthTokens {
  /** Exchanges a refresh token. Never throws for what the network or the endpoint does. */
  refresh(refreshToken: Secret<string>, timeoutMs: number): Promise<TokenAnswer>
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
  }
}

function readRefusal(status: number, json: unknown): TokenAnswer {
  const error = textField(json, "error")
  const description = textField(json, "error_description")
  const message = description === undefined ? (error ?? `HTTP ${status}`) : `${description} (${error ?? status})`
  if (error === "invalid_grant") return { type: "invalid-grant", message: message.slice(0, 300) }
  if (error === "invalid_client" || error === "unauthorized_client") {
    return {
      type: "configuration",
      message: `The provider refuses our OAuth client (${error}): check GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET, and that the refresh token was made with this client.`,
    }
  }
  return { type: "passing", message: `The token endpoint answered ${status}: ${message.slice(0, 300)}` }
}

export function createOAuthTokens(config: Config["oauth"], outbound: Outbound): OAuthTokens {
  return {
    refresh: async (refreshToken, timeoutMs) => {
      if (config.clientId === undefined || config.clientSecret === undefined)
        return { type: "configuration", message: NO_CLIENT }
      const body = new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: refreshToken.reveal(),
        client_id: config.clientId,
        client_secret: config.clientSecret.reveal(),
      })
      try {
        const answer = await requestJson({
          method: "POST",
          url: config.tokenUrl,
          body,
          timeoutMs,
          maxBytes: 65_536,
          ...outbound,
        })
        return answer.status === 200 ? readTokens(answer.json) : readRefusal(answer.status, answer.json)
      } catch (error) {
        return { type: "passing", message: `The token endpoint cannot be reached: ${describe(error)}` }
      }
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
