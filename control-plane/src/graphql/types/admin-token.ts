import type { AdminTokenModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import { Administrator } from "./administrator.ts"
import { AdminScope } from "./enums.ts"

export const AdminToken = builder.objectRef<AdminTokenModel>("AdminToken").implement({
  description: "A bearer token for programs. Its secret is never shown again.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For removeAdminToken." }),
    name: t.exposeString("name", { description: "What it is for, for people." }),
    scope: t.expose("scope", {
      type: AdminScope,
      description: "What it may at most; never more than its administrator may at the moment.",
    }),
    prefix: t.exposeString("prefix", { nullable: true, description: "Its first and last characters." }),
    administrator: t.field({
      type: Administrator,
      nullable: true,
      description: "Whose it is, and with whom it ends. Null: nobody's, made with ADMIN_TOKEN, and it ends with that.",
      resolve: ({ ownerId }, _args, { loadAdministrator }) => (ownerId === null ? null : loadAdministrator(ownerId)),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", nullable: true, description: "Null: it does not end." }),
    isExpired: t.boolean({
      description:
        "It is over and refused: by its own end, or because ADMIN_TOKEN, with which it was made, is another.",
      resolve: (row, _args, { services }) => services.auth.adminTokens.isOver(row),
    }),
    lastUsedAt: t.expose("lastUsedAt", { type: "DateTime", nullable: true, description: "To the minute." }),
  }),
})
