/**
 * Adding an account by signing in to it: a state and a PKCE verifier that count once and only for the session that asked, then the
 * code that comes back, by the callback or pasted, becomes a credential. The rest is the onboarding, as for every account.
 */
import type { AccountKind } from "#generated/sqlite/enums.ts"
import type { AccountModel, OAuthFlowModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import type { Audit } from "../../audit/audit.ts"
import type { Auth } from "../../auth/auth.ts"
import { includesScope, type Principal } from "../../auth/principal.ts"
import type { Clock } from "../../clock.ts"
import { InvalidInputError, RefusedError } from "../../failure.ts"
import type { Accounts } from "../accounts.ts"
import { authorizationUrl, NEEDED_SCOPE } from "./authorization-url.ts"
import { type Callback, readPasted } from "./callback-input.ts"
import type { OAuthClients } from "./clients.ts"
import type { FlowFailure, FlowStore } from "./flow-store.ts"
import { NO_CLIENT, type OAuthTokens, type TokenAnswer } from "./tokens.ts"
import { OAUTH_FAILURES, type OAuthFailureCode } from "./words.ts"

export interface StartOAuthInput {
  readonly kind: AccountKind
  readonly acknowledgedTerms: boolean
  readonly accountId?: string | null | undefined
}

export interface CompleteOAuthInput {
  readonly callback: string
  readonly state?: string | null | undefined
}

export interface StartedOAuth {
  readonly authorizationUrl: string
  readonly state: string
  readonly expiresAt: Date
}

/** The account of a sign-in that ended well. */
export interface SignedIn {
  readonly account: AccountModel
  /** It was here before: it has the new credential, and keeps its settings. */
  readonly isKnown: boolean
}

/** How a callback ended. */
export type SignInResult = SignedIn | FlowFailure

export interface OAuthSignIn {
  start(input: StartOAuthInput, principal: Principal): Promise<StartedOAuth>
  /** Ends a sign-in by what a person pasted, within the time of a GraphQL request. Throws what the result's union has. */
  complete(input: CompleteOAuthInput, principal: Principal): Promise<SignedIn>
  /** Ends a sign-in by the callback; `principal` is who the browser says it is, undefined where it does not. */
  callback(callback: Callback, principal: Principal | undefined): Promise<SignInResult>
}

export interface OAuthSignInOptions {
  readonly authUrl: string
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "isByPrincipal">
  readonly flows: FlowStore
  readonly clients: OAuthClients
  readonly tokens: OAuthTokens
  readonly accounts: Pick<Accounts, "addSignedIn" | "find" | "owns">
  readonly auth: Pick<Auth, "scopeOf">
  /** Where the control plane listens, on this machine. */
  readonly port: () => number
}

interface Patience {
  readonly exchangeMs: number
  readonly emailMs: number
}

/** Both together stay below the limit of a GraphQL request. */
const PATIENCE_OF_A_REQUEST: Patience = { exchangeMs: 3_200, emailMs: 1_200 }
const PATIENCE_OF_A_PAGE: Patience = { exchangeMs: 10_000, emailMs: 5_000 }

export const CALLBACK_PATH = "/oauth/callback"

const failed = (code: OAuthFailureCode, message?: string): FlowFailure => ({ code, message })

function refusedError({ code, message, otherEmail }: FlowFailure): RefusedError {
  const { what, hint } = OAUTH_FAILURES[code].en
  const said = message === undefined ? "" : ` The provider said: ${message}`
  const who = otherEmail === undefined ? "" : ` It was signed in to as ${otherEmail}.`
  return new RefusedError(code, `${what}${who}${said} ${hint}`)
}

export function createOAuthSignIn(options: OAuthSignInOptions): OAuthSignIn {
  const { authUrl, clock, log, audit, flows, clients, tokens, accounts, auth, port } = options

  /** Why this one may not end it now; undefined when it may. */
  async function refusalOf(
    row: OAuthFlowModel | null,
    principal: Principal | undefined,
  ): Promise<FlowFailure | undefined> {
    if (row === null) return failed("unknown_state")
    if (principal !== undefined && principal.id !== row.principalId) return failed("other_session")
    if (row.endedAt !== null) return failed("state_used")
    if (row.expiresAt.getTime() <= clock.now()) return failed("state_expired")
    const scope = await auth.scopeOf(row.principalId)
    if (scope === undefined) return failed("session_ended")
    // The browser brings no cookie, and what it may not any more, or in an installation that is only shown, is not asked elsewhere.
    return includesScope(scope, "OPERATE") ? undefined : failed("forbidden")
  }

  /** A failure of the exchange that is final; undefined when it may be tried again. */
  function finalFailure(answer: Exclude<TokenAnswer, { type: "tokens" }>): FlowFailure | undefined {
    if (answer.type === "invalid-grant") return failed("code_refused", answer.message)
    return answer.type === "configuration" ? failed("oauth_client", answer.message) : undefined
  }

  async function exchange(row: OAuthFlowModel, code: Secret<string>, patience: Patience): Promise<SignInResult> {
    const end = async (failure: FlowFailure): Promise<FlowFailure> => {
      await flows.end(row, failure)
      return failure
    }
    const verifier = flows.verifierOf(row)
    const client = await clients.of(row.oauthClient)
    if (verifier === undefined || client === undefined) return end(failed("oauth_client", NO_CLIENT))
    const answer = await tokens.exchange(client, { code, verifier, redirectUri: row.redirectUri }, patience.exchangeMs)
    if (answer.type !== "tokens") {
      const final = finalFailure(answer)
      if (final !== undefined) return end(final)
      const failure = failed("provider_unreachable", answer.message)
      await flows.release(row, failure)
      return failure
    }
    if (answer.scopes?.includes(NEEDED_SCOPE) === false) return end(failed("scope_missing"))
    const { refreshToken } = answer
    if (refreshToken === undefined) return end(failed("no_refresh_token"))
    await flows.step(row, "ACCOUNT_INFO")
    const email = await tokens.readEmail(answer.accessToken, patience.emailMs)
    const refusal = await refusalOfAccount(row, email)
    if (refusal !== undefined) return end(refusal)
    const forAccountId = row.forAccountId ?? undefined
    const account = await accounts.addSignedIn({ kind: row.kind, client, refreshToken, answer, email, forAccountId })
    await flows.end(row, { accountId: account.id })
    return { account, isKnown: account.createdAt < row.createdAt }
  }

  /** Of a sign-in that is for one account. What came is thrown away and not revoked: that would end the other account's credentials, too. */
  async function refusalOfAccount(row: OAuthFlowModel, email: string | undefined): Promise<FlowFailure | undefined> {
    if (row.forAccountId === null) return undefined
    if (email === undefined) return failed("account_not_told")
    const owner = await accounts.owns(row.forAccountId, email)
    if (owner === "gone") return failed("account_removed")
    return owner === "other" ? { ...failed("other_account"), otherEmail: email } : undefined
  }

  /** By a fault of ours. The code may be used up by now, so nobody is left to wait for it. */
  async function brokenOff(row: OAuthFlowModel, error: unknown): Promise<FlowFailure> {
    log.error("oauth.broke-off", { reason: error instanceof Error ? error.message : String(error) })
    const failure = failed("internal")
    await flows.end(row, failure)
    return failure
  }

  async function finish(
    callback: Callback,
    row: OAuthFlowModel | null,
    principal: Principal | undefined,
    patience: Patience,
  ): Promise<SignInResult> {
    const refusal = await refusalOf(row, principal)
    if (refusal !== undefined || row === null) return refusal ?? failed("unknown_state")
    // The provider's page sends the browser without its cookie; only who began it could have come so far.
    if (principal === undefined) await audit.isByPrincipal(row.principalId)
    const { answer } = callback
    // What holds no answer of the provider's does not use it up.
    if (answer.type === "none") return failed("no_code")
    if (!(await flows.claim(row, answer.type === "code" ? "EXCHANGE" : null))) return failed("in_progress")
    if (answer.type === "code") return exchange(row, answer.code, patience).catch((error) => brokenOff(row, error))
    const failure = answer.type === "denied" ? failed("access_denied") : failed("provider_error", answer.message)
    await flows.end(row, failure)
    return failure
  }

  async function ended(result: Promise<SignInResult>, way: "callback" | "pasted"): Promise<SignInResult> {
    const outcome = await result
    if ("account" in outcome) log.info("oauth.signed-in", { account: outcome.account.id, way })
    // Anybody can send a state that is none, without end: the audit, which counts alike ones together, is where that is told.
    else if (outcome.code !== "unknown_state" || way === "pasted") {
      log.warn("oauth.not-signed-in", { code: outcome.code, reason: outcome.message, way })
    }
    return outcome
  }

  /** Of a code without its state there must be no doubt which sign-in it belongs to. */
  async function rowOf(state: string | undefined, principal: Principal): Promise<OAuthFlowModel | null> {
    if (state !== undefined) return flows.find(state)
    const open = await flows.open(principal.id)
    if (open.length === 1) return open[0] ?? null
    throw new InvalidInputError(
      "required",
      open.length === 0
        ? "No sign-in is under way in this session; start one first."
        : "Several sign-ins are under way: give the whole address, or the state of the one that is meant.",
      ["input", "state"],
    )
  }

  return {
    start: async ({ kind, acknowledgedTerms, accountId }, principal) => {
      if (kind !== "ANTIGRAVITY") {
        throw new RefusedError("kind_not_supported", `Accounts of the kind ${kind} are not added by a sign-in.`)
      }
      if (!acknowledgedTerms) {
        throw new InvalidInputError(
          "terms_not_acknowledged",
          "Read the terms notice and acknowledge it to add this account.",
          ["input", "acknowledgedTerms"],
        )
      }
      const account = accountId ? await accounts.find(accountId) : undefined
      if (account === null || (account !== undefined && account.kind !== kind)) {
        throw new InvalidInputError("not_found", "There is no such account of this kind.", ["input", "accountId"])
      }
      const client = await clients.current()
      if (client === undefined) throw new RefusedError("oauth_client_missing", NO_CLIENT)
      // The end may come at another control plane, or when another client is in force.
      await clients.keep(client)
      const redirectUri = `http://127.0.0.1:${port()}${CALLBACK_PATH}`
      const begun = await flows.begin({
        kind,
        principalId: principal.id,
        redirectUri,
        oauthClient: client.fingerprint,
        forAccountId: account?.id ?? null,
      })
      const { state, verifier, expiresAt } = begun
      const email = account?.email ?? undefined
      const address = authorizationUrl({ authUrl, client, redirectUri, state, verifier, email })
      return { authorizationUrl: address, state, expiresAt }
    },
    complete: async ({ callback, state }, principal) => {
      const pasted = readPasted(callback)
      const given = state?.trim() || undefined
      if (pasted.state !== undefined && given !== undefined && pasted.state !== given) {
        throw new InvalidInputError("state_mismatch", "This address belongs to another sign-in than the state.", [
          "input",
          "state",
        ])
      }
      if (pasted.answer.type === "none") {
        const { what, hint } = OAUTH_FAILURES.no_code.en
        throw new InvalidInputError("no_code", `${what} ${hint}`, ["input", "callback"])
      }
      const row = await rowOf(pasted.state ?? given, principal)
      const result = await ended(finish(pasted, row, principal, PATIENCE_OF_A_REQUEST), "pasted")
      if ("account" in result) return result
      throw refusedError(result)
    },
    callback: async (callback, principal) => {
      const row = callback.state === undefined ? null : await flows.find(callback.state)
      return ended(finish(callback, row, principal, PATIENCE_OF_A_PAGE), "callback")
    },
  }
}
