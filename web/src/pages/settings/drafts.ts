/** What was changed on the page and not saved yet, over the settings as they were read. Pure. */
import type { SettingName, SettingsStateFragment } from "#generated/web/graphql.ts"
import type { FieldChange } from "../../components/diff-view.tsx"
import { readNumber } from "../../lib/read-number.ts"

export type Setting = SettingsStateFragment["entries"][number]

export interface Draft {
  /** As the environment would hold it; null: back to the environment, or to the default. */
  readonly text: string | null
  /** What was in force when it was begun: another value by now is somebody else's. */
  readonly base: string | null
}

export type Drafts = ReadonlyMap<SettingName, Draft>

/** What is in force where nothing is set here. */
export const unsetValue = (setting: Setting): string | null => setting.environmentValue ?? setting.defaultValue

/** What would be in force. An empty text is none: then nothing is set here. */
export function draftedValue(setting: Setting, draft: Draft | undefined): string | null {
  if (draft === undefined) return setting.value
  return textOf(setting, draft.text) ?? unsetValue(setting)
}

/** As it is sent: lists without empty entries. Null: nothing is left. */
function textOf({ form }: Setting, text: string | null): string | null {
  if (text === null) return null
  const entries = text.split(",").map((entry) => entry.trim())
  const clean = form.kind === "LIST" ? entries.filter((entry) => entry !== "").join(",") : text.trim()
  return clean === "" ? null : clean
}

/** Begins, goes on with, or ends a draft: what is as it was is none. */
export function withDraft(drafts: Drafts, setting: Setting, text: string | null): Drafts {
  const base = drafts.get(setting.name)?.base ?? setting.value
  const next = new Map(drafts)
  const isReset = text === null && setting.origin === "SET"
  if (text === setting.value || (text === null && !isReset)) next.delete(setting.name)
  else next.set(setting.name, { text, base })
  return next
}

/** Those that somebody else has changed since they were begun. */
export function conflictsOf(settings: readonly Setting[], drafts: Drafts): Setting[] {
  return settings.filter(({ name, value }) => {
    const draft = drafts.get(name)
    return draft !== undefined && draft.base !== value
  })
}

/** Without those that came true meanwhile. */
export function stillWanted(settings: readonly Setting[], drafts: Drafts): Drafts {
  const wanted = settings.flatMap((setting) => {
    const draft = drafts.get(setting.name)
    if (draft === undefined) return []
    const isSo = draft.text === null ? setting.origin !== "SET" : draft.text === setting.value
    return isSo ? [] : [[setting.name, draft] as const]
  })
  return new Map(wanted)
}

/** What is in force beside what would be. */
export function changesOf(settings: readonly Setting[], drafts: Drafts): FieldChange[] {
  return settings.flatMap((setting) => {
    const draft = drafts.get(setting.name)
    return draft === undefined
      ? []
      : [{ field: setting.name, before: setting.value, after: draftedValue(setting, draft) }]
  })
}

interface Update {
  readonly set: readonly { readonly name: SettingName; readonly value: string }[]
  readonly unset: readonly SettingName[]
}

export function updateOf(settings: readonly Setting[], drafts: Drafts): Update {
  const all = settings.flatMap((setting) => {
    const draft = drafts.get(setting.name)
    return draft === undefined ? [] : [{ name: setting.name, value: textOf(setting, draft.text) }]
  })
  return {
    set: all.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }])),
    unset: all.filter(({ value }) => value === null).map(({ name }) => name),
  }
}

/** Numbers are looked at here already; everything else is said by the control plane. */
export function numberProblem({ form }: Setting, draft: Draft | undefined) {
  if (form.kind !== "INTEGER" || draft === undefined || draft.text === null) return undefined
  const read = readNumber(draft.text, boundsOf(form))
  return "problem" in read ? read.problem : undefined
}

export function boundsOf({ minimum, maximum }: Pick<Setting["form"], "minimum" | "maximum">) {
  return { low: minimum ?? 0, high: maximum ?? Number.MAX_SAFE_INTEGER, isWhole: true }
}

const UNITS = { MS: "milliseconds", HOURS: "hours", DAYS: "days", MIB: "mebibytes" } as const

export type Unit = (typeof UNITS)[keyof typeof UNITS]

/** The unit that a name ends with, as ours do. */
export function unitOf(name: SettingName): Unit | undefined {
  const [, end = ""] = /_(MS|HOURS|DAYS|MIB)$/.exec(name) ?? []
  return UNITS[end as keyof typeof UNITS] // one of the expression's own, or none
}
