import type { OAuthClientState } from "../../accounts/oauth/clients.ts"
import type { OAuthProgress as Progress } from "../../accounts/oauth/progress.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"
import { OnboardingStep } from "./enums.ts"

const OAuthClientOrigin = builder.enumType("OAuthClientOrigin", {
  description: "Where the client in force comes from.",
  values: {
    NONE: { description: "There is none: nobody can sign in." },
    ENVIRONMENT: { description: "GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET of this start." },
    SET: { description: "Set with updateOAuthClient; outranks the environment." },
  } as const,
})

export const OAuthClient = builder.objectRef<OAuthClientState>("OAuthClient").implement({
  description: "Write-only: neither its id nor its secret is ever told, only what tells one client from another.",
  fields: (t) => ({
    isSet: t.boolean({ description: "Whether there is one.", resolve: ({ origin }) => origin !== "NONE" }),
    origin: t.expose("origin", { type: OAuthClientOrigin, description: "Where the one in force comes from." }),
    fingerprint: t.string({
      nullable: true,
      description: "The first 16 hex digits of the sha256 of its id, as in Account.oauthClient.",
      resolve: ({ fingerprint }) => fingerprint,
    }),
    environmentFingerprint: t.string({
      nullable: true,
      description: "Of the environment's, which is in force again when the one that was set is taken away.",
      resolve: ({ environmentFingerprint }) => environmentFingerprint,
    }),
    changedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was set here; null: it was not.",
      resolve: ({ changedAt }) => changedAt,
    }),
  }),
})

const OAuthPhase = builder.enumType("OAuthPhase", {
  description: "Where a sign-in stands.",
  values: {
    WAITING: { description: "For the account's owner, who has to agree at the provider." },
    WORKING: { description: "At a step." },
    DONE: { description: "The account is ready." },
    FAILED: { description: "It ended without an account that is ready." },
  } as const,
})

export const OAuthProgress = builder.objectRef<Progress>("OAuthProgress").implement({
  description: "How far a sign-in came.",
  fields: (t) => ({
    phase: t.expose("phase", { type: OAuthPhase, description: "Whether it waits, works, or is over." }),
    step: t.field({
      type: OnboardingStep,
      nullable: true,
      description: "The step that it is at, or at which it failed.",
      resolve: ({ step }) => step,
    }),
    code: t.string({
      nullable: true,
      description: "Of a failure of the sign-in itself, for programs, e.g. `access_denied`.",
      resolve: ({ code }) => code,
    }),
    message: t.string({
      nullable: true,
      description: "What failed, or what it waits for.",
      resolve: ({ message }) => message,
    }),
    providerMessage: t.string({
      nullable: true,
      description: "The provider's own words, redacted, about a failure of the sign-in itself.",
      resolve: ({ providerMessage }) => providerMessage,
    }),
    hint: t.string({ nullable: true, description: "What to do about it.", resolve: ({ hint }) => hint }),
    account: t.field({
      type: Account,
      nullable: true,
      description: "The account that it is about; null: not known yet.",
      resolve: ({ account }) => account,
    }),
    isKnownAccount: t.exposeBoolean("isKnownAccount", {
      description: "The account was here before: it has the new credential, and keeps its settings.",
    }),
    otherEmail: t.string({
      nullable: true,
      description: "Of the failure `other_account`: the address of the account that was signed in to.",
      resolve: ({ otherEmail }) => otherEmail,
    }),
  }),
})
