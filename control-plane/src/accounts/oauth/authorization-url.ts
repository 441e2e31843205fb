import { createHash } from "node:crypto"
import type { Secret } from "#shared/secret.ts"
import type { OAuthClient } from "./clients.ts"

const PREFIX = "https://www.googleapis.com/auth/"

/** Without this one the upstream refuses every call. */
export const NEEDED_SCOPE = `${PREFIX}cloud-platform`

/** What the upstream's own clients ask for, and what it expects of a token. */
const SCOPES = [
  NEEDED_SCOPE,
  ...["userinfo.email", "userinfo.profile", "cclog", "experimentsandconfigs"].map((name) => PREFIX + name),
]

export interface Authorization {
  readonly authUrl: string
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly state: string
  readonly verifier: Secret<string>
  /** The address that the provider's page should begin with; undefined: the owner chooses. */
  readonly email: string | undefined
}

/** Where the owner of an account signs in and agrees. `prompt=consent` is what makes the provider give a refresh token again. */
export function authorizationUrl({ authUrl, client, redirectUri, state, verifier, email }: Authorization): string {
  const url = new URL(authUrl)
  const parameters = {
    response_type: "code",
    client_id: client.clientId.reveal(),
    redirect_uri: redirectUri,
    scope: SCOPES.join(" "),
    access_type: "offline",
    prompt: "consent",
    state,
    code_challenge: createHash("sha256").update(verifier.reveal()).digest("base64url"),
    code_challenge_method: "S256",
    ...(email === undefined ? {} : { login_hint: email }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
