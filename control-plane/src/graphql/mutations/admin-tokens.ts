import type { AdminTokenModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal } from "../fresh.ts"
import { AdminToken } from "../types/admin-token.ts"
import { AdminScope } from "../types/enums.ts"

const CreateAdminTokenInput = builder.inputType("CreateAdminTokenInput", {
  description: "The token to make.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What it is for, for people." }),
    scope: t.field({ type: AdminScope, required: true, description: "What it may; no more than who makes it." }),
    expiresAt: t.field({
      type: "DateTime",
      description: "When it ends. Left out: it does not; a token that ends itself has to give one that is no later.",
    }),
  }),
})

const CreateAdminTokenSuccess = builder
  .objectRef<{ readonly adminToken: AdminTokenModel; readonly secret: string }>("CreateAdminTokenSuccess")
  .implement({
    description: "The token is made and works.",
    fields: (t) => ({
      adminToken: t.expose("adminToken", { type: AdminToken, description: "All of it but the secret." }),
      secret: t.exposeString("secret", { description: "Shown this once." }),
    }),
  })

const RemoveAdminTokenSuccess = builder
  .objectRef<{ readonly adminTokenId: string }>("RemoveAdminTokenSuccess")
  .implement({
    description: "The token is refused.",
    fields: (t) => ({ adminTokenId: t.exposeID("adminTokenId", { description: "The one that was removed." }) }),
  })

/** Making and removing admin tokens. */
export function addAdminTokenMutations(): void {
  builder.mutationFields((t) => ({
    createAdminToken: t.field({
      type: CreateAdminTokenSuccess,
      description: "Makes a bearer token of yours. A session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        input: t.arg({
          type: CreateAdminTokenInput,
          required: true,
          description: "What it is for, what it may, and until when.",
        }),
      },
      resolve: async (_root, { input }, context) => {
        const { name, scope, expiresAt } = input
        const given = { name, scope, expiresAt: expiresAt ?? undefined }
        const { row, secret } = await context.services.auth.adminTokens.create(given, freshPrincipal(context))
        return { adminToken: row, secret }
      },
    }),
    removeAdminToken: t.field({
      type: RemoveAdminTokenSuccess,
      description: "Ends an admin token at once, and what it has open.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The token to end." }) },
      resolve: async (_root, { id }, { services }) => {
        await services.auth.adminTokens.remove(id)
        return { adminTokenId: id }
      },
    }),
  }))
}
