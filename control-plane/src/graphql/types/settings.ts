import { ENVIRONMENT, type Variable } from "#shared/environment.ts"
import type { ValueForm } from "#shared/value-form.ts"
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

const SettingFormKind = builder.enumType("SettingFormKind", {
  description: "What kind of text a setting takes.",
  values: {
    INTEGER: { description: "A whole number, from minimum to maximum." },
    SWITCH: { description: "One of the words on and off." },
    CHOICE: { description: "One of the choices." },
    LIST: { description: "A comma list." },
    MAP: {
      description:
        "A comma list of KEY=VALUE: keys are told, values are one of the choices or, with minimum and maximum, a number.",
    },
    TEXT: { description: "A line of text." },
  } as const,
})

const SettingForm = builder.objectRef<ValueForm>("SettingForm").implement({
  description: "What a setting takes, for who makes a form of it. Whether a value is taken is told by updateSettings.",
  fields: (t) => ({
    kind: t.expose("kind", { type: SettingFormKind, description: "Which of the other fields count." }),
    minimum: t.int({ nullable: true, description: "The least number.", resolve: ({ minimum }) => minimum ?? null }),
    maximum: t.int({ nullable: true, description: "The largest number.", resolve: ({ maximum }) => maximum ?? null }),
    choices: t.stringList({
      description: "Words that are taken; in a map those behind a key. Empty: any.",
      resolve: ({ choices = [] }) => [...choices],
    }),
    keys: t.stringList({
      description: "What may be named in a map; empty for the others.",
      resolve: ({ keys = [] }) => [...keys],
    }),
  }),
})

const TEXT: ValueForm = { kind: "TEXT" }

function formOf(name: Name): ValueForm {
  const variable: Variable = ENVIRONMENT[name]
  return variable.parse.form ?? TEXT
}

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
    group: t.string({
      description: "What it belongs to, as the configuration reference is parted.",
      resolve: ({ name }) => ENVIRONMENT[name].group,
    }),
    form: t.field({
      type: SettingForm,
      description: "What it takes, with bounds and choices.",
      resolve: ({ name }) => formOf(name),
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
