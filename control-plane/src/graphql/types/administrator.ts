import type { AdminUserModel } from "#generated/sqlite/models.ts"
import { roleOf } from "../../auth/principal.ts"
import { builder } from "../builder.ts"
import { AdministratorRole } from "./enums.ts"

export const Administrator = builder.objectRef<AdminUserModel>("Administrator").implement({
  description: "A person who may sign in to the panel.",
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name", { description: "In small letters; signing in takes either." }),
    role: t.field({ type: AdministratorRole, resolve: ({ scope }) => roleOf(scope) }),
    isEnabled: t.boolean({ resolve: ({ disabledAt }) => disabledAt === null }),
    isYou: t.boolean({ resolve: ({ id }, _args, { principal }) => principal?.administratorId === id }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    passwordSetAt: t.expose("passwordSetAt", {
      type: "DateTime",
      nullable: true,
      description: "Null: before this was kept.",
    }),
    lastSignInAt: t.expose("lastSignInAt", { type: "DateTime", nullable: true }),
  }),
})
