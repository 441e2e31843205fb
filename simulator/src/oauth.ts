/**
 * The simulated authorization server: a consent page one can click, the token endpoint with its error bodies, userinfo
 * and revocation. Source: upstream-protocol 2.
 */
import { createHash } from "node:crypto"
import type { SimulatedAccount } from "./accounts.ts"
import { hexOf } from "./random.ts"
import type { Refusal } from "./refusals.ts"
import type { World } from "./world.ts"

/** What an authorization code stands for until it is exchanged. */
export interface AuthorizationGrant {
  readonly email: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  readonly challenge: string | undefined
  readonly offline: boolean
  /** The owner saw the consent page. */
  readonly consent: boolean
  readonly expiresAt: number
}

/** Scopes the server knows; one of them at least must be asked for. */
const scopePrefix = "https://www.googleapis.com/auth/"
const codeLifetime = 10 * 60_000

/** Judges the query of the authorization page: the fault to show, or undefined. */
export function authorizationFault(world: World, query: URLSearchParams): string | undefined {
  const clientId = query.get("client_id")
  if (!clientId) return "Error 400: invalid_request. Missing required parameter: client_id"
  if (secretOf(world, clientId) === undefined) return "Error 401: invalid_client. The OAuth client was not found."
  if (!query.get("redirect_uri")) return "Error 400: invalid_request. Missing required parameter: redirect_uri"
  if (!isRedirectAllowed(world, query.get("redirect_uri") ?? "")) return "Error 400: redirect_uri_mismatch"
  if (query.get("response_type") !== "code") return "Error 400: unsupported_response_type"
  const scopes = (query.get("scope") ?? "").split(" ").filter(Boolean)
  if (scopes.length === 0) return "Error 400: invalid_request. Missing required parameter: scope"
  const unknown = scopes.find(
    (scope) => !scope.startsWith(scopePrefix) && !["openid", "email", "profile"].includes(scope),
  )
  if (unknown !== undefined) return `Error 400: invalid_scope. Some requested scopes were invalid: ${unknown}`
  if (query.has("code_challenge_method") && query.get("code_challenge_method") !== "S256") {
    return "Error 400: invalid_request. Only S256 is accepted here"
  }
  if (query.get("code_challenge_method") === "S256" && !/^[\w-]{43}$/.test(query.get("code_challenge") ?? "")) {
    return "Error 400: invalid_request. Bad code_challenge"
  }
  const access = query.get("access_type")
  return access !== null && access !== "offline" && access !== "online"
    ? "Error 400: invalid_request. Bad access_type"
    : undefined
}

/** Whether the owner has to agree on a page of its own: when the client asks for it, or never got the account's consent. */
export function needsConsent(account: SimulatedAccount, query: URLSearchParams): boolean {
  return !account.consented || (query.get("prompt") ?? "").split(" ").includes("consent")
}

/** The address the browser is sent to once the owner agreed to `scopes`. */
export function grantCode(
  world: World,
  query: URLSearchParams,
  account: SimulatedAccount,
  scopes: readonly string[],
): string {
  const { email } = account
  const scope = scopes.join(" ")
  const code = `sim-code-${hexOf(24, world.options.seed, "code", world.next())}`
  const redirectUri = query.get("redirect_uri") ?? ""
  world.grants.set(code, {
    email,
    clientId: query.get("client_id") ?? "",
    redirectUri,
    scope,
    challenge: query.get("code_challenge") ?? undefined,
    offline: query.get("access_type") === "offline",
    consent: needsConsent(account, query),
    expiresAt: world.now() + codeLifetime,
  })
  return redirectTo(redirectUri, { code, scope, state: query.get("state") })
}

/** The address the browser is sent to when the owner says no. */
export function denyCode(query: URLSearchParams): string {
  return redirectTo(query.get("redirect_uri") ?? "", { error: "access_denied", state: query.get("state") })
}

function redirectTo(address: string, parameters: Readonly<Record<string, string | null>>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value)
  return url.href
}

function isRedirectAllowed(world: World, address: string): boolean {
  if (world.options.redirectUris.includes(address)) return true
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)
}

/** Answers `POST /token`. */
export function exchangeToken(world: World, form: URLSearchParams): Refusal {
  const clientFault = judgeClient(world, form)
  if (clientFault) return clientFault
  switch (form.get("grant_type")) {
    case "authorization_code":
      return redeemCode(world, form)
    case "refresh_token":
      return refresh(world, form)
    case null:
      return oauthError(400, "invalid_request", "Required parameter is missing: grant_type")
    default:
      return oauthError(400, "unsupported_grant_type", `Invalid grant_type: ${form.get("grant_type")}`)
  }
}

/** Of a client that is known. */
function secretOf({ options }: World, clientId: string): string | undefined {
  if (clientId === options.clientId) return options.clientSecret
  return Object.hasOwn(options.otherClients, clientId) ? options.otherClients[clientId] : undefined
}

function judgeClient(world: World, form: URLSearchParams): Refusal | undefined {
  const id = form.get("client_id")
  if (id === null) return oauthError(400, "invalid_request", "Could not determine client ID from request.")
  const secret = secretOf(world, id)
  if (secret === undefined) return oauthError(401, "invalid_client", "The OAuth client was not found.")
  if (form.get("client_secret") === null) return oauthError(400, "invalid_request", "client_secret is missing.")
  return form.get("client_secret") === secret ? undefined : oauthError(401, "invalid_client", "Unauthorized")
}

function redeemCode(world: World, form: URLSearchParams): Refusal {
  const code = form.get("code")
  if (code === null) return oauthError(400, "invalid_request", "Missing required parameter: code")
  const grant = world.grants.get(code)
  world.grants.delete(code)
  if (!grant || grant.expiresAt <= world.now()) return oauthError(400, "invalid_grant", "Malformed auth code.")
  if (grant.clientId !== form.get("client_id")) return oauthError(400, "invalid_grant", "Bad Request")
  if (grant.redirectUri !== form.get("redirect_uri")) return oauthError(400, "redirect_uri_mismatch", "Bad Request")
  if (grant.challenge !== undefined) {
    const verifier = form.get("code_verifier")
    if (verifier === null) return oauthError(400, "invalid_grant", "Missing code verifier.")
    const hash = createHash("sha256").update(verifier).digest("base64url")
    if (hash !== grant.challenge) return oauthError(400, "invalid_grant", "Invalid code verifier.")
  }
  const account = world.accounts.of(grant.email)
  if (!account) return oauthError(400, "invalid_grant", "Account has been deleted")
  const gives = grant.offline && grant.consent && !account.withholdsRefreshToken
  account.consented ||= gives
  if (gives) account.refreshTokenClient = grant.clientId
  if (account.state === "revoked") account.state = "ok"
  return tokenAnswer(world, account, grant.scope, gives ? account.refreshToken : undefined)
}

function refresh(world: World, form: URLSearchParams): Refusal {
  const token = form.get("refresh_token")
  if (token === null) return oauthError(400, "invalid_request", "Missing required parameter: refresh_token")
  const account = world.accounts.byRefreshToken(token)
  if (!account || account.state === "revoked") {
    return oauthError(400, "invalid_grant", "Token has been expired or revoked.")
  }
  if ((account.refreshTokenClient ?? form.get("client_id")) !== form.get("client_id")) {
    return oauthError(401, "unauthorized_client", "Unauthorized")
  }
  if (account.rotatesRefreshToken) world.accounts.rotate(account)
  return tokenAnswer(world, account, defaultScope, account.rotatesRefreshToken ? account.refreshToken : undefined)
}

const defaultScope = ["cloud-platform", "userinfo.email", "userinfo.profile", "cclog", "experimentsandconfigs"]
  .map((name) => scopePrefix + name)
  .join(" ")

function tokenAnswer(
  world: World,
  account: SimulatedAccount,
  scope: string,
  refreshToken: string | undefined,
): Refusal {
  const seconds = world.options.tokenLifetime
  return {
    status: 200,
    body: {
      access_token: world.accounts.mintAccessToken(account, world.now(), seconds),
      expires_in: seconds,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      scope,
      token_type: "Bearer",
    },
  }
}

/** Answers `POST /revoke`: a refresh or access token; the account must be authorized anew. */
export function revokeToken(world: World, token: string | null): Refusal {
  const account =
    token === null
      ? undefined
      : (world.accounts.byRefreshToken(token) ?? world.accounts.ownerOf(token, world.now())?.account)
  if (!account) return oauthError(400, "invalid_token", "Token expired or revoked")
  account.state = "revoked"
  account.consented = false
  return { status: 200, body: {} }
}

/** Answers `GET /oauth2/v2/userinfo` for the owner of the token. */
export function userinfo(account: SimulatedAccount, seed: string): Refusal {
  return {
    status: 200,
    body: {
      id: BigInt(`0x${hexOf(16, seed, "user", account.email)}`)
        .toString()
        .padStart(21, "1"),
      email: account.email,
      verified_email: true,
      name: account.name,
      picture: "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
    },
  }
}

function oauthError(status: number, error: string, description: string): Refusal {
  return { status, body: { error, error_description: description } }
}
