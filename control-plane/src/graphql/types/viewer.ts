import type { Principal } from "../../auth/principal.ts"
import { builder } from "../builder.ts"
import { AdminScope, ViewerOrigin } from "./enums.ts"

export const Viewer = builder.objectRef<Principal>("Viewer").implement({
  description: "Who asks.",
  fields: (t) => ({
    name: t.exposeString("name"),
    scope: t.expose("scope", { type: AdminScope }),
    authenticatedBy: t.expose("origin", {
      type: ViewerOrigin,
      description: "SESSION: signed in to the panel. TOKEN: an admin token.",
    }),
  }),
})
