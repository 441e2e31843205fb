import type { AdminUserModel } from "#generated/sqlite/models.ts"
import type { WithPassword } from "../../auth/administrators.ts"
import { given } from "../../input-checks.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal, lastingPrincipal } from "../fresh.ts"
import { Administrator } from "../types/administrator.ts"
import { AdministratorRole } from "../types/enums.ts"

const NEEDS_PASSWORD = "A session needs its password again (reauthentication_required)."
const GENERATED = "The password that was generated, shown this once; null where one was given."

const CreateAdministratorInput = builder.inputType("CreateAdministratorInput", {
  description: "The person who may sign in.",
  fields: (t) => ({
    name: t.string({ required: true, description: "To sign in with; no other has it." }),
    role: t.field({ type: AdministratorRole, required: true, description: "What this one may do." }),
    password: t.string({ description: "At least 12 uncommon characters. Left out: one is generated." }),
  }),
})

const UpdateAdministratorInput = builder.inputType("UpdateAdministratorInput", {
  description: "What is left out stays as it is.",
  fields: (t) => ({
    name: t.string({ description: "To sign in with; no other has it." }),
    role: t.field({ type: AdministratorRole, description: "Another role ends the sessions of this administrator." }),
    enabled: t.boolean({
      description: "False: nobody signs in as this one, whose sessions end and whose tokens rest.",
    }),
  }),
})

const CreateAdministratorSuccess = builder.objectRef<WithPassword>("CreateAdministratorSuccess").implement({
  description: "The administrator can sign in.",
  fields: (t) => ({
    administrator: t.expose("row", { type: Administrator, description: "The one that was made." }),
    password: t.exposeString("password", { nullable: true, description: GENERATED }),
  }),
})

const UpdateAdministratorSuccess = builder
  .objectRef<{ readonly row: AdminUserModel }>("UpdateAdministratorSuccess")
  .implement({
    description: "What was given is in force.",
    fields: (t) => ({ administrator: t.expose("row", { type: Administrator, description: "As it is now." }) }),
  })

const ResetPasswordSuccess = builder.objectRef<WithPassword>("ResetPasswordSuccess").implement({
  description: "The new password is in force.",
  fields: (t) => ({
    administrator: t.expose("row", { type: Administrator, description: "Whose password it is." }),
    password: t.exposeString("password", { nullable: true, description: GENERATED }),
  }),
})

const RemoveAdministratorSuccess = builder
  .objectRef<{ readonly administratorId: string }>("RemoveAdministratorSuccess")
  .implement({
    description: "The administrator is gone.",
    fields: (t) => ({ administratorId: t.exposeID("administratorId", { description: "The one that was removed." }) }),
  })

/** Managing who may sign in. */
export function addAdministratorMutations(): void {
  builder.mutationFields((t) => ({
    createAdministrator: t.field({
      type: CreateAdministratorSuccess,
      description: `Lets another person sign in. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateAdministratorInput, required: true, description: "Name and role." }) },
      resolve: (_root, { input: { name, role, password } }, context) => {
        lastingPrincipal(context)
        return context.services.auth.administrators.create({ name, role, password: password ?? undefined })
      },
    }),
    updateAdministrator: t.field({
      type: UpdateAdministratorSuccess,
      description: `Changes what is given; the last owner stays one. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "Who is changed." }),
        input: t.arg({ type: UpdateAdministratorInput, required: true, description: "What becomes another." }),
      },
      resolve: async (_root, { id, input }, context) => {
        lastingPrincipal(context)
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
        id: t.arg.id({ required: true, description: "Whose password it is." }),
        password: t.arg.string({ description: "At least 12 uncommon characters. Left out: one is generated." }),
      },
      resolve: (_root, { id, password }, context) => {
        lastingPrincipal(context)
        return context.services.auth.administrators.resetPassword(id, password ?? undefined)
      },
    }),
    removeAdministrator: t.field({
      type: RemoveAdministratorSuccess,
      description: `Removes an administrator with their sessions and admin tokens; never the last owner. ${NEEDS_PASSWORD}`,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "Who is removed." }) },
      resolve: async (_root, { id }, context) => {
        freshPrincipal(context)
        await context.services.auth.administrators.remove(id)
        return { administratorId: id }
      },
    }),
  }))
}
