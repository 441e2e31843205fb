import { ENVIRONMENT } from "#shared/environment.ts"
import type { Setting as SettingRow, SettingsState } from "../../settings/settings.ts"
import { SETTING_NAMES, type SettingName as Name } from "../../settings/table.ts"
import { builder } from "../builder.ts"

const MEANINGS = Object.fromEntries(SETTING_NAMES.map((name) => [name, { description: ENVIRONMENT[name].meaning }]))

export const SettingName = builder.enumType("SettingName", {
  description: "A setting bears the name of its environment variable.",
  values: MEANINGS as Record<Name, { description: string }>, // the names of that very list
})

const SettingOrigin = builder.enumType("SettingOrigin", {
  description: "Where a setting's value comes from.",
  values: {
    DEFAULT: { description: "Built in." },
    ENVIRONMENT: { description: "Given by the environment of this start." },
    SET: { description: "Set here; outranks the others." },
  } as const,
})

const Setting = builder.objectRef<SettingRow>("Setting").implement({
  description: "One value that takes effect without a restart. Values are texts, as the environment would hold them.",
  fields: (t) => ({
    name: t.expose("name", { type: SettingName, description: "Its environment variable's." }),
    value: t.string({ nullable: true, description: "In force.", resolve: ({ value }) => value ?? null }),
    origin: t.expose("origin", { type: SettingOrigin, description: "Where the value in force comes from." }),
    environmentValue: t.string({
      nullable: true,
      description: "What the environment of this start says; null: nothing.",
      resolve: ({ environmentValue }) => environmentValue ?? null,
    }),
    defaultValue: t.string({
      nullable: true,
      description: "Counts where neither we nor the environment say anything; null: then there is none.",
      resolve: ({ defaultValue }) => defaultValue ?? null,
    }),
    meaning: t.string({
      description: "What it does, with its unit, for a person.",
      resolve: ({ name }) => ENVIRONMENT[name].meaning,
    }),
    changedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was set here; null: it is not.",
      resolve: ({ changedAt }) => changedAt ?? null,
    }),
  }),
})

export const Settings = builder.objectRef<SettingsState>("Settings").implement({
  description: "All settings, and a mark of what they are.",
  fields: (t) => ({
    revision: t.exposeString("revision", {
      description: "Give it back with an update, which is then refused when somebody else was quicker.",
    }),
    entries: t.expose("settings", {
      type: [Setting],
      description: "Every setting that takes effect without a restart.",
    }),
  }),
})
