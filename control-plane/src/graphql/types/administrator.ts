import type { AdminUserModel } from "#generated/sqlite/models.ts"
import { roleOf } from "../../auth/principal.ts"
import { builder } from "../builder.ts"
import { AdministratorRole } from "./enums.ts"

export const Administrator = builder.objectRef<AdminUserModel>("Administrator").implement({
  description: "A person who may sign in to the panel.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For updateAdministrator, resetPassword and removeAdministrator." }),
    name: t.exposeString("name", { description: "In small letters; signing in takes either." }),
    role: t.field({ type: AdministratorRole, description: "What it may do.", resolve: ({ scope }) => roleOf(scope) }),
    enabled: t.boolean({
      description: "False: nobody can sign in as this one, and its admin tokens rest.",
      resolve: ({ disabledAt }) => disabledAt === null,
    }),
    isYou: t.boolean({
      description: "Who asks is this one.",
      resolve: ({ id }, _args, { principal }) => principal?.administratorId === id,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    passwordSetAt: t.expose("passwordSetAt", {
      type: "DateTime",
      nullable: true,
      description: "Null: before this was kept.",
    }),
    lastSignInAt: t.expose("lastSignInAt", { type: "DateTime", nullable: true, description: "Null: never." }),
  }),
})
