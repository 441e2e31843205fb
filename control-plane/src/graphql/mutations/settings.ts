import type { SettingsState } from "../../settings/settings.ts"
import { NEEDS_PASSWORD } from "../../settings/table.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal } from "../fresh.ts"
import { SettingName, Settings } from "../types/settings.ts"

const SetSettingInput = builder.inputType("SetSettingInput", {
  description: "A setting and its new value.",
  fields: (t) => ({
    name: t.field({
      type: SettingName,
      required: true,
      description: "The setting's, which is its environment variable's.",
    }),
    value: t.string({ required: true, description: "As the environment variable would hold it." }),
  }),
})

const UpdateSettingsInput = builder.inputType("UpdateSettingsInput", {
  description: "Taken as a whole or not at all.",
  fields: (t) => ({
    set: t.field({ type: [SetSettingInput], description: "Each at most once, and not in `unset` as well." }),
    unset: t.field({ type: [SettingName], description: "Back to the environment, or to the default." }),
    revision: t.string({ description: "Refuse the update when the settings are no longer these." }),
  }),
})

const UpdateSettingsSuccess = builder.objectRef<SettingsState>("UpdateSettingsSuccess").implement({
  description: "What was given is in force.",
  fields: (t) => ({
    settings: t.field({ type: Settings, description: "As they are now.", resolve: (state) => state }),
  }),
})

/** Changing what is in force, without a restart. */
export function addSettingsMutations(): void {
  builder.mutationFields((t) => ({
    updateSettings: t.field({
      type: UpdateSettingsSuccess,
      description:
        "All or nothing; the answer comes when the connected data planes have what changed. To set ANTIGRAVITY_BASE_URLS a session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        input: t.arg({ type: UpdateSettingsInput, required: true, description: "What is set and what goes back." }),
      },
      resolve: (_root, { input }, context) => {
        const set = input.set ?? []
        if (set.some(({ name }) => NEEDS_PASSWORD.has(name))) freshPrincipal(context)
        return context.services.settings.update({
          set,
          unset: input.unset ?? [],
          revision: input.revision ?? undefined,
        })
      },
    }),
  }))
}
