import { ENVIRONMENT } from "#shared/environment.ts"
import type { Setting as SettingRow, SettingsState } from "../../settings/settings.ts"
import { SETTING_NAMES } from "../../settings/table.ts"
import { builder } from "../builder.ts"

export const SettingName = builder.enumType("SettingName", {
  description: "A setting bears the name of its environment variable.",
  values: Object.fromEntries(SETTING_NAMES.map((name) => [name, { description: ENVIRONMENT[name].meaning }])) as {
    // the keys of the list above
    [Name in (typeof SETTING_NAMES)[number]]: { description: string }
  },
})

const SettingOrigin = builder.enumType("SettingOrigin", {
  values: {
    DEFAULT: { description: "Built in." },
    ENVIRONMENT: { description: "Given by the environment of this start." },
    SET: { description: "Set here; outranks the others." },
  } as const,
})

const Setting = builder.objectRef<SettingRow>("Setting").implement({
  description: "One value that takes effect without a restart. Values are texts, as the environment would hold them.",
  fields: (t) => ({
    name: t.expose("name", { type: SettingName }),
    value: t.string({ nullable: true, description: "In force.", resolve: ({ value }) => value ?? null }),
    origin: t.expose("origin", { type: SettingOrigin }),
    environmentValue: t.string({ nullable: true, resolve: ({ environmentValue }) => environmentValue ?? null }),
    defaultValue: t.string({ nullable: true, resolve: ({ defaultValue }) => defaultValue ?? null }),
    meaning: t.string({ resolve: ({ name }) => ENVIRONMENT[name].meaning }),
    changedAt: t.field({ type: "DateTime", nullable: true, resolve: ({ changedAt }) => changedAt ?? null }),
  }),
})

export const Settings = builder.objectRef<SettingsState>("Settings").implement({
  fields: (t) => ({
    revision: t.exposeString("revision", {
      description: "Give it back with an update, which is then refused when somebody else was quicker.",
    }),
    entries: t.expose("settings", { type: [Setting] }),
  }),
})
