import * as enums from "#generated/sqlite/enums.ts"
import { CLIENT_DIALECTS, type ClientDialectName } from "#shared/client-dialect.ts"
import type { Role } from "../../auth/principal.ts"
import { builder } from "../builder.ts"

export const AccountKind = builder.enumType(enums.AccountKind, { name: "AccountKind" })
export const AccountState = builder.enumType(enums.AccountState, { name: "AccountState" })
export const AdminScope = builder.enumType(enums.AdminScope, { name: "AdminScope" })
export const AdministratorRole = builder.enumType("AdministratorRole", {
  description: "What an administrator may do.",
  values: {
    VIEWER: { description: "The scope READ: see everything but other administrators and admin tokens." },
    OPERATOR: { description: "The scope OPERATE: accounts and keys as well." },
    OWNER: { description: "The scope ADMIN: settings, nodes, administrators and admin tokens as well." },
  } as const satisfies Record<Role, object>,
})
/** `openai-chat` is `OPENAI_CHAT`. */
const dialectNames = Object.fromEntries(
  CLIENT_DIALECTS.map((value) => [value.toUpperCase().replaceAll("-", "_"), { value }]),
) as Record<string, { value: ClientDialectName }> // every entry was just made so
export const Dialect = builder.enumType("Dialect", {
  description: "The APIs that clients speak.",
  values: dialectNames,
})
export const ApiKeyOrigin = builder.enumType(enums.Origin, { name: "ApiKeyOrigin" })
export const OnboardingStep = builder.enumType("OnboardingStep", {
  description: "The steps from a sign-in to an account that serves, in their order.",
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
export const RequestOutcome = builder.enumType(enums.RequestOutcome, { name: "RequestOutcome" })
export const ViewerOrigin = builder.enumType("ViewerOrigin", { values: ["SESSION", "TOKEN"] as const })
