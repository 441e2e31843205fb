import { roleOf, type Principal } from "../../auth/principal.ts"
import { builder } from "../builder.ts"
import { Administrator } from "./administrator.ts"
import { AdministratorRole, AdminScope, ViewerOrigin } from "./enums.ts"

const date = (time: number | undefined): Date | null => (time === undefined ? null : new Date(time))

export const Viewer = builder.objectRef<Principal>("Viewer").implement({
  description: "Who asks.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The administrator's, or the token's." }),
    scope: t.expose("scope", { type: AdminScope, description: "What you may." }),
    role: t.field({
      type: AdministratorRole,
      description: "The role that has just this scope.",
      resolve: ({ scope }) => roleOf(scope),
    }),
    authenticatedBy: t.expose("origin", {
      type: ViewerOrigin,
      description: "SESSION: signed in to the panel. TOKEN: an admin token.",
    }),
    administrator: t.field({
      type: Administrator,
      nullable: true,
      description: "Who is signed in, or whose token it is. Null: ADMIN_TOKEN, and what was made with it.",
      resolve: ({ administratorId }, _args, { loadAdministrator }) =>
        administratorId === undefined ? null : loadAdministrator(administratorId),
    }),
    freshUntil: t.field({
      type: "DateTime",
      nullable: true,
      description:
        "Of a session: until when its password counts as just given, as some mutations need it (reauthenticate). Null: it is a token, which never needs it.",
      resolve: ({ freshUntil }) => date(freshUntil),
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When this token ends. Null: never, or it is a session.",
      resolve: ({ expiresAt }) => date(expiresAt),
    }),
  }),
})
