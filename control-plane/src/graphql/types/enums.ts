import * as enums from "#generated/sqlite/enums.ts"
import { CLIENT_DIALECTS, type ClientDialectName } from "#shared/client-dialect.ts"
import type { Role } from "../../auth/principal.ts"
import { builder } from "../builder.ts"
import { describedValues } from "./described-values.ts"

export const AccountKind = builder.enumType("AccountKind", {
  description: "The providers that an account may be at.",
  values: describedValues({
    ANTIGRAVITY: "Google Antigravity: signed in to with OAuth.",
    GEMINI_API: "The Gemini API, with a key. Not in this version.",
    ANTHROPIC_API: "The Anthropic API, with a key. Not in this version.",
    OPENAI_COMPATIBLE: "An address that speaks OpenAI's API, with a key. Not in this version.",
  } satisfies Record<enums.AccountKind, string>),
})
export const AccountState = builder.enumType("AccountState", {
  description: "Where an account stands between being added and serving.",
  values: describedValues({
    ONBOARDING: "It is being set up, and tried again by itself where that is of use.",
    READY: "It serves; single quotas of it may be used up, as its cooldowns say.",
    COOLING:
      "Nothing of it serves at this moment: the provider refused all of it, or every quota that it serves from is used up. It ends by itself.",
    NEEDS_LOGIN: "Its credential is refused: sign in to it again.",
    NEEDS_VERIFICATION: "The provider wants its owner to verify it.",
    NEEDS_PROJECT: "It has no project that it may use.",
    DISABLED_BY_PROVIDER: "The provider closed it; only an appeal there helps.",
    DISABLED: "An operator switched it off.",
    PAUSED: "It could serve, but the pool protects itself and sends nothing: Query.pool says why.",
  } satisfies Record<enums.AccountState, string>),
})
export const AdminScope = builder.enumType("AdminScope", {
  description: "What somebody may do: READ, OPERATE, ADMIN, each with all of the ones before it.",
  values: describedValues({
    READ: "See everything but other administrators, admin tokens, captured bodies and the audit.",
    OPERATE: "Accounts, keys, routing and alert rules as well.",
    ADMIN:
      "Settings, the OAuth client, nodes, webhooks, administrators, admin tokens, captures, exports and the audit as well.",
  } satisfies Record<enums.AdminScope, string>),
})
export const AdministratorRole = builder.enumType("AdministratorRole", {
  description: "What an administrator may do.",
  values: {
    VIEWER: {
      description:
        "The scope READ: see everything but other administrators, admin tokens, captured bodies and the audit.",
    },
    OPERATOR: { description: "The scope OPERATE: accounts, keys, routing and alert rules as well." },
    OWNER: {
      description:
        "The scope ADMIN: settings, the OAuth client, nodes, webhooks, administrators, admin tokens, captures, exports and the audit as well.",
    },
  } as const satisfies Record<Role, object>,
})
const DIALECTS: Readonly<Record<ClientDialectName, string>> = {
  "openai-chat": "OpenAI's Chat Completions.",
  "openai-responses": "OpenAI's Responses.",
  "openai-completions": "OpenAI's older Completions.",
  "openai-images": "OpenAI's Images.",
  "anthropic-messages": "Anthropic's Messages.",
  gemini: "Google's Gemini API.",
}

/** `openai-chat` is `OPENAI_CHAT`. */
const dialectNames = Object.fromEntries(
  CLIENT_DIALECTS.map((value) => [value.toUpperCase().replaceAll("-", "_"), { value, description: DIALECTS[value] }]),
) as Record<string, { value: ClientDialectName; description: string }> // every entry was just made so
export const Dialect = builder.enumType("Dialect", {
  description: "The APIs that clients speak.",
  values: dialectNames,
})
export const ApiKeyOrigin = builder.enumType("ApiKeyOrigin", {
  description: "Where a key comes from.",
  values: describedValues({
    ENVIRONMENT: "API_KEY or ADMIN_PASSWORD of this start; it is changed there.",
    CREATED: "Made here.",
  } satisfies Record<enums.Origin, string>),
})
export const OnboardingStep = builder.enumType("OnboardingStep", {
  description:
    "The steps from a sign-in to an account that serves, in this order: EXCHANGE, ACCOUNT_INFO, LOAD, ONBOARD, PROJECT, CATALOGUE, QUOTA.",
  values: {
    EXCHANGE: { description: "The code or the refresh token is exchanged for an access token." },
    ACCOUNT_INFO: { description: "Whose account it is." },
    LOAD: { description: "What the provider knows of it: its plan and its project." },
    ONBOARD: { description: "The provider makes a project for it; left out where it has one." },
    PROJECT: { description: "Which project its requests name." },
    CATALOGUE: { description: "Which models it offers." },
    QUOTA: { description: "What is left of its quota. The account serves already." },
  } as const satisfies Record<enums.OnboardingStep, object>,
})
export const RequestOutcome = builder.enumType("RequestOutcome", {
  description: "How a request ended.",
  values: describedValues({
    COMPLETED: "The client got the whole answer.",
    FAILED: "The client got an error in place of an answer.",
    CANCELLED: "The client left before the end.",
    TRUNCATED: "The answer broke off after it had begun.",
  } satisfies Record<enums.RequestOutcome, string>),
})
export const ViewerOrigin = builder.enumType("ViewerOrigin", {
  description: "By what somebody is known.",
  values: describedValues({ SESSION: "The cookie of the panel.", TOKEN: "An admin token." }),
})
