import * as enums from "#generated/sqlite/enums.ts"
import { CLIENT_DIALECTS, type ClientDialectName } from "#shared/client-dialect.ts"
import { builder } from "../builder.ts"

export const AccountKind = builder.enumType(enums.AccountKind, { name: "AccountKind" })
export const AccountState = builder.enumType(enums.AccountState, { name: "AccountState" })
export const AdminScope = builder.enumType(enums.AdminScope, { name: "AdminScope" })
/** `openai-chat` is `OPENAI_CHAT`. */
const dialectNames = Object.fromEntries(
  CLIENT_DIALECTS.map((value) => [value.toUpperCase().replaceAll("-", "_"), { value }]),
) as Record<string, { value: ClientDialectName }> // every entry was just made so
export const Dialect = builder.enumType("Dialect", {
  description: "The APIs that clients speak.",
  values: dialectNames,
})
export const ApiKeyOrigin = builder.enumType(enums.Origin, { name: "ApiKeyOrigin" })
export const RequestOutcome = builder.enumType(enums.RequestOutcome, { name: "RequestOutcome" })
export const ViewerOrigin = builder.enumType("ViewerOrigin", { values: ["SESSION", "TOKEN"] as const })
