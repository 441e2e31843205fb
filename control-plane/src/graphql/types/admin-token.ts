import type { AdminTokenRow } from "../../auth/auth.ts"
import { builder } from "../builder.ts"
import { AdminScope } from "./enums.ts"

export const AdminToken = builder.objectRef<AdminTokenRow>("AdminToken").implement({
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name"),
    scope: t.expose("scope", { type: AdminScope }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    lastUsedAt: t.expose("lastUsedAt", { type: "DateTime", nullable: true }),
  }),
})
