import { checkName } from "../../input-checks.ts"
import type { AdminTokenRow } from "../../auth/auth.ts"
import { builder, expectedFailures } from "../builder.ts"
import { AdminToken } from "../types/admin-token.ts"
import { AdminScope } from "../types/enums.ts"

const CreateAdminTokenInput = builder.inputType("CreateAdminTokenInput", {
  fields: (t) => ({ name: t.string({ required: true }), scope: t.field({ type: AdminScope, required: true }) }),
})

const CreateAdminTokenSuccess = builder
  .objectRef<{ readonly adminToken: AdminTokenRow; readonly secret: string }>("CreateAdminTokenSuccess")
  .implement({
    fields: (t) => ({
      adminToken: t.expose("adminToken", { type: AdminToken }),
      secret: t.exposeString("secret", { description: "Shown this once." }),
    }),
  })

const RemoveAdminTokenSuccess = builder
  .objectRef<{ readonly adminTokenId: string }>("RemoveAdminTokenSuccess")
  .implement({ fields: (t) => ({ adminTokenId: t.exposeID("adminTokenId") }) })

/** Making and removing admin tokens. */
export function addAdminTokenMutations(): void {
  builder.mutationFields((t) => ({
    createAdminToken: t.field({
      type: CreateAdminTokenSuccess,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateAdminTokenInput, required: true }) },
      resolve: async (_root, { input }, { services }) => {
        const name = checkName(input.name, ["input", "name"])
        const { row, secret } = await services.auth.createAdminToken({ name, scope: input.scope })
        return { adminToken: row, secret }
      },
    }),
    removeAdminToken: t.field({
      type: RemoveAdminTokenSuccess,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => {
        await services.auth.removeAdminToken(id)
        return { adminTokenId: id }
      },
    }),
  }))
}
