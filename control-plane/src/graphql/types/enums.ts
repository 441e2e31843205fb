import * as enums from "#generated/sqlite/enums.ts"
import { builder } from "../builder.ts"

export const AccountKind = builder.enumType(enums.AccountKind, { name: "AccountKind" })
export const AccountState = builder.enumType(enums.AccountState, { name: "AccountState" })
export const AdminScope = builder.enumType(enums.AdminScope, { name: "AdminScope" })
export const ApiKeyOrigin = builder.enumType(enums.Origin, { name: "ApiKeyOrigin" })
export const RequestOutcome = builder.enumType(enums.RequestOutcome, { name: "RequestOutcome" })
export const ViewerOrigin = builder.enumType("ViewerOrigin", { values: ["SESSION", "TOKEN"] as const })
