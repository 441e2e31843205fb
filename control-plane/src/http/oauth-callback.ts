/** `GET /oauth/callback`: where the provider sends the browser of the account's owner. Nothing of its address is logged. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { readCallback } from "../accounts/oauth/callback-input.ts"
import { CALLBACK_POLICY, callbackPage, languageOf } from "../accounts/oauth/callback-page.ts"
import { CALLBACK_PATH, type OAuthSignIn } from "../accounts/oauth/sign-in.ts"
import { actorOf } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { Auth } from "../auth/auth.ts"
import { RefusedError } from "../failure.ts"
import { newId } from "../new-id.ts"
import { answerJson } from "./answer.ts"
import type { ReadClient } from "./client.ts"

export interface OAuthCallback {
  /** True when the path is the callback's and the request is taken care of. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
}

export function createOAuthCallback(
  auth: Pick<Auth, "authenticate">,
  signIn: Pick<OAuthSignIn, "callback">,
  readClient: ReadClient,
  audit: Pick<Audit, "attempt">,
): OAuthCallback {
  return {
    handle: async (request, response, url) => {
      if (url.pathname !== CALLBACK_PATH) return false
      // Not HEAD either: something that only looks must not use the code up.
      if (request.method !== "GET") {
        response.setHeader("allow", "GET")
        answerJson(response, 405, { error: "This path takes GET only." })
        return true
      }
      // The cookie is SameSite=Strict, so a browser that comes from the provider does not send it; one that does is held to it.
      const asker = { address: readClient(request).address, requestId: newId("ask") }
      const principal = await auth.authenticate(request, asker).catch((error: unknown) => {
        // A token among too many wrong ones says of the browser as little as a wrong one.
        if (error instanceof RefusedError) return undefined
        throw error
      })
      const attempt = { actor: actorOf(principal), action: "completeOAuth", ...asker }
      const result = await audit.attempt(
        attempt,
        () => signIn.callback(readCallback(url.searchParams), principal),
        (ended) => ("account" in ended ? undefined : ended.code),
      )
      const { status, html } = callbackPage(result, languageOf(request.headers["accept-language"]))
      response.writeHead(status, {
        "content-type": "text/html; charset=utf-8",
        "content-length": Buffer.byteLength(html),
        "content-security-policy": CALLBACK_POLICY,
        "cache-control": "no-store",
      })
      response.end(html)
      return true
    },
  }
}
