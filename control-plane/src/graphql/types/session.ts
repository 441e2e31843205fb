import type { SessionRow } from "../../auth/sessions.ts"
import { builder } from "../builder.ts"
import { Administrator } from "./administrator.ts"

export const Session = builder.objectRef<SessionRow>("Session").implement({
  description: "One signed-in browser.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For endSession." }),
    administrator: t.field({ type: Administrator, description: "Who is signed in.", resolve: ({ user }) => user }),
    isCurrent: t.boolean({
      description: "The one that asks.",
      resolve: ({ id }, _args, { principal }) => principal?.id === id,
    }),
    address: t.exposeString("address", { nullable: true, description: "Where it was signed in from." }),
    userAgent: t.exposeString("userAgent", { nullable: true, description: "What the browser called itself then." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was signed in." }),
    lastSeenAt: t.expose("lastSeenAt", { type: "DateTime", description: "To the minute." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "However busy it is." }),
  }),
})
