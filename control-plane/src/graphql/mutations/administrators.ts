import type { AdminUserModel } from "#generated/sqlite/models.ts"
import type { WithPassword } from "../../auth/administrators.ts"
import { given } from "../../input-checks.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal } from "../fresh.ts"
import { Administrator } from "../types/administrator.ts"
import { AdministratorRole } from "../types/enums.ts"

const NEEDS_PASSWORD = "A session needs its password again (reauthentication_required)."
const GENERATED = "The password that was generated, shown this once; null where one was given."

const CreateAdministratorInput = builder.inputType("CreateAdministratorInput", {
  fields: (t) => ({
    name: t.string({ required: true }),
    role: t.field({ type: AdministratorRole, required: true }),
    password: t.string({ description: "At least 12 uncommon characters. Left out: one is generated." }),
  }),
})

const UpdateAdministratorInput = builder.inputType("UpdateAdministratorInput", {
  fields: (t) => ({
    name: t.string(),
    role: t.field({ type: AdministratorRole, description: "Another role ends the sessions of this administrator." }),
    enabled: t.boolean({
      description: "False: nobody signs in as this one, whose sessions end and whose tokens rest.",
    }),
  }),
})

const CreateAdministratorSuccess = builder.objectRef<WithPassword>("CreateAdministratorSuccess").implement({
  fields: (t) => ({
    administrator: t.expose("row", { type: Administrator }),
    password: t.exposeString("password", { nullable: true, description: GENERATED }),
  }),
})

const UpdateAdministratorSuccess = builder
  .objectRef<{ readonly row: AdminUserModel }>("UpdateAdministratorSuccess")
  .implement({ fields: (t) => ({ administrator: t.expose("row", { type: Administrator }) }) })

const ResetPasswordSuccess = builder.objectRef<WithPassword>("ResetPasswordSuccess").implement({
  fields: (t) => ({
    administrator: t.expose("row", { type: Administrator }),
    password: t.exposeString("password", { nullable: true, description: GENERATED }),
  }),
})

const RemoveAdministratorSuccess = builder
  .objectRef<{ readonly administratorId: string }>("RemoveAdministratorSuccess")
  .implement({ fields: (t) => ({ administratorId: t.exposeID("administratorId") }) })

/** Managing who may sign in. */
export function addAdministratorMutations(): void {
  builder.mutationFields((t) => ({
    createAdministrator: t.field({
      type: CreateAdministratorSuccess,
      description: `Lets another person sign in. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateAdministratorInput, required: true }) },
      resolve: (_root, { input: { name, role, password } }, context) => {
        freshPrincipal(context)
        return context.services.auth.administrators.create({ name, role, password: password ?? undefined })
      },
    }),
    updateAdministrator: t.field({
      type: UpdateAdministratorSuccess,
      description: `Changes what is given; the last owner stays one. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateAdministratorInput, required: true }) },
      resolve: async (_root, { id, input }, context) => {
        freshPrincipal(context)
        const changes = {
          ...given("name", input.name ?? undefined),
          ...given("role", input.role ?? undefined),
          ...given("enabled", input.enabled ?? undefined),
        }
        return { row: await context.services.auth.administrators.update(id, changes) }
      },
    }),
    resetPassword: t.field({
      type: ResetPasswordSuccess,
      description: `Gives an administrator another password and ends all their sessions. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true }),
        password: t.arg.string({ description: "At least 12 uncommon characters. Left out: one is generated." }),
      },
      resolve: (_root, { id, password }, context) => {
        freshPrincipal(context)
        return context.services.auth.administrators.resetPassword(id, password ?? undefined)
      },
    }),
    removeAdministrator: t.field({
      type: RemoveAdministratorSuccess,
      description: `Removes an administrator with their sessions and admin tokens; never the last owner. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, context) => {
        freshPrincipal(context)
        await context.services.auth.administrators.remove(id)
        return { administratorId: id }
      },
    }),
  }))
}
