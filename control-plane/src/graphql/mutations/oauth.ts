import { checkOAuthClient, type OAuthClientState } from "../../accounts/oauth/clients.ts"
import type { SignedIn, StartedOAuth } from "../../accounts/oauth/sign-in.ts"
import { InvalidInputError } from "../../failure.ts"
import { builder, expectedFailures, refuseScope } from "../builder.ts"
import { Account } from "../types/account.ts"
import { AccountKind } from "../types/enums.ts"
import { OAuthClient } from "../types/oauth.ts"

const StartOAuthInput = builder.inputType("StartOAuthInput", {
  description: "The account to sign in to.",
  fields: (t) => ({
    kind: t.field({ type: AccountKind, required: true, description: "This version takes ANTIGRAVITY." }),
    acknowledgedTerms: t.boolean({ required: true, description: "The operator has read the terms notice." }),
    accountId: t.id({
      description:
        "An account that is to be signed in to again; another account's sign-in is then refused (`other_account`). Left out: whichever comes back is added, or gets the new credential.",
    }),
  }),
})

const CompleteOAuthInput = builder.inputType("CompleteOAuthInput", {
  description: "What the browser brought back.",
  fields: (t) => ({
    callback: t.string({
      required: true,
      description: "The whole address to which the browser was sent, or the code in it alone.",
    }),
    state: t.string({
      description:
        "Of startOAuth. An address holds it; with a bare code it may be left out while one sign-in is under way.",
    }),
  }),
})

const StartOAuthSuccess = builder.objectRef<StartedOAuth>("StartOAuthSuccess").implement({
  description: "A sign-in is under way.",
  fields: (t) => ({
    authorizationUrl: t.exposeString("authorizationUrl", {
      description: "Where the account's owner signs in and agrees. As OAuth needs it, it holds the client's id.",
    }),
    state: t.exposeString("state", { description: "Names this sign-in; it counts once and only for who began it." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "Until when it can be ended." }),
  }),
})

const CompleteOAuthSuccess = builder.objectRef<SignedIn>("CompleteOAuthSuccess").implement({
  description: "The provider's answer was taken.",
  fields: (t) => ({
    account: t.expose("account", { type: Account, description: "The account that was signed in to, ONBOARDING." }),
    isKnownAccount: t.exposeBoolean("isKnown", {
      description: "It was here before: it has the new credential, and keeps its settings.",
    }),
  }),
})

const OAuthClientInput = builder.inputType("OAuthClientInput", {
  description: "An OAuth client of the provider. Neither is ever told again.",
  fields: (t) => ({
    clientId: t.string({ required: true, description: "As the provider gave it." }),
    clientSecret: t.string({ required: true, description: "As the provider gave it." }),
  }),
})

const UpdateOAuthClientInput = builder.inputType("UpdateOAuthClientInput", {
  description: "One of the two.",
  fields: (t) => ({
    set: t.field({ type: OAuthClientInput, description: "The client for new sign-ins." }),
    unset: t.boolean({ description: "Back to the environment's." }),
  }),
})

const UpdateOAuthClientSuccess = builder
  .objectRef<{ readonly oauthClient: OAuthClientState }>("UpdateOAuthClientSuccess")
  .implement({
    description: "New sign-ins use it.",
    fields: (t) => ({
      oauthClient: t.expose("oauthClient", { type: OAuthClient, description: "What is told of the one in force." }),
    }),
  })

/** Signing in to an account, and the OAuth client with which that is done. */
export function addOAuthMutations(): void {
  builder.mutationFields((t) => ({
    startOAuth: t.field({
      type: StartOAuthSuccess,
      description:
        "Begins a sign-in. The browser comes back to this machine's loopback address; where that is another machine, completeOAuth takes the address it was sent to.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        input: t.arg({
          type: StartOAuthInput,
          required: true,
          description: "The kind of account, and that its terms are known.",
        }),
      },
      resolve: (_root, { input }, context) => {
        if (context.principal === undefined) throw refuseScope(context)
        return context.services.oauth.start(input, context.principal)
      },
    }),
    completeOAuth: t.field({
      type: CompleteOAuthSuccess,
      description:
        "Ends a sign-in by hand. The account comes back as ONBOARDING; follow oauthProgress or accountChanged.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        input: t.arg({ type: CompleteOAuthInput, required: true, description: "What the browser brought back." }),
      },
      resolve: (_root, { input }, context) => {
        if (context.principal === undefined) throw refuseScope(context)
        return context.services.oauth.complete(input, context.principal)
      },
    }),
    updateOAuthClient: t.field({
      type: UpdateOAuthClientSuccess,
      description:
        "Sets the OAuth client for new sign-ins, without a restart. Accounts that are there keep the client they came from.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        input: t.arg({
          type: UpdateOAuthClientInput,
          required: true,
          description: "The client, or that the environment's counts again.",
        }),
      },
      resolve: async (_root, { input: { set, unset } }, { services }) => {
        if (Boolean(set) === (unset === true)) {
          throw new InvalidInputError("one_of", "Give either set or unset: true.", ["input"])
        }
        const client = set ? checkOAuthClient(set.clientId, set.clientSecret, ["input", "set"]) : undefined
        return { oauthClient: await services.oauthClients.update(client) }
      },
    }),
  }))
}
