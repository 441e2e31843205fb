/** What the form of an account holds, as it is typed, and the changes that become of it. Pure. */
import type { AccountDetailFragment, UpdateAccountInput } from "#generated/web/graphql.ts"
import { type NumberBounds, type NumberProblem, readNumber } from "../../../lib/read-number.ts"

/** The settings of an account that are its own. */
export type AccountSettings = Pick<
  AccountDetailFragment,
  "enabled" | "label" | "tags" | "weight" | "priority" | "maxConcurrent" | "reserve" | "disabledModels" | "projectId"
>

export const numberFields = ["weight", "priority", "maxConcurrent", "reserve"] as const
export type NumberFieldName = (typeof numberFields)[number]

/** As the control plane takes them; a reserve is typed in percent. */
export const bounds: Readonly<Record<NumberFieldName, NumberBounds>> = {
  weight: { low: 1, high: 1_000, isWhole: true },
  priority: { low: -1_000, high: 1_000, isWhole: true },
  maxConcurrent: { low: 0, high: 1_000_000, isWhole: true },
  reserve: { low: 0, high: 99, isWhole: false },
}

/** Empty takes back what the account has of its own. */
const mayBeEmpty: ReadonlySet<NumberFieldName> = new Set<NumberFieldName>(["maxConcurrent", "reserve"])

export interface SettingsDraft {
  readonly enabled: boolean
  readonly label: string
  readonly tags: string
  readonly numbers: Readonly<Record<NumberFieldName, string>>
  readonly disabledModels: readonly string[]
  readonly projectId: string
}

export type SettingName = keyof AccountSettings

export function draftOf(settings: AccountSettings): SettingsDraft {
  const text = (value: number | null): string => (value === null ? "" : String(value))
  // Percent without the noise of binary fractions: 0.07 is 7.
  const percent = settings.reserve === null ? null : Number((settings.reserve * 100).toFixed(4))
  return {
    enabled: settings.enabled,
    label: settings.label,
    tags: settings.tags.join(", "),
    numbers: {
      weight: text(settings.weight),
      priority: text(settings.priority),
      maxConcurrent: text(settings.maxConcurrent),
      reserve: text(percent),
    },
    disabledModels: settings.disabledModels,
    projectId: settings.projectId ?? "",
  }
}

export type Wrong = Readonly<Partial<Record<NumberFieldName | "label", NumberProblem>>>

type Read =
  | { readonly type: "changes"; readonly input: UpdateAccountInput }
  | { readonly type: "wrong"; readonly fields: Wrong }

/**
 * What the draft says otherwise than `base`, from which it was made: only that is sent, so that what somebody else changed
 * meanwhile stays.
 */
export function readDraft(draft: SettingsDraft, base: AccountSettings): Read {
  const before = draftOf(base)
  const wrong: Partial<Record<NumberFieldName | "label", NumberProblem>> = {}
  const input: { -readonly [Name in keyof UpdateAccountInput]: UpdateAccountInput[Name] } = {}
  if (draft.enabled !== before.enabled) input.enabled = draft.enabled
  if (draft.label.trim() === "") wrong.label = "empty"
  else if (draft.label.trim() !== before.label) input.label = draft.label.trim()
  const tags = tagsOf(draft.tags)
  if (tags.join("\n") !== base.tags.join("\n")) input.tags = tags
  for (const name of numberFields) {
    const typed = draft.numbers[name].trim()
    if (typed === before.numbers[name]) continue
    if (typed === "" && mayBeEmpty.has(name)) {
      input[name] = null
      continue
    }
    const read = readNumber(typed, bounds[name])
    if ("problem" in read) wrong[name] = read.problem
    else input[name] = name === "reserve" ? read.value / 100 : read.value
  }
  if (!isSameSet(draft.disabledModels, base.disabledModels)) input.disabledModels = draft.disabledModels
  const projectId = draft.projectId.trim()
  if (projectId !== "" && projectId !== before.projectId) input.projectId = projectId
  return Object.keys(wrong).length > 0 ? { type: "wrong", fields: wrong } : { type: "changes", input }
}

/** What `now` says otherwise than `base`, and the draft is about to overwrite. */
export function overwritten(draft: SettingsDraft, base: AccountSettings, now: AccountSettings): SettingName[] {
  const read = readDraft(draft, base)
  if (read.type === "wrong") return []
  const names: readonly SettingName[] = Object.keys(read.input) as SettingName[] // what an input holds are settings
  return names.filter((name) => JSON.stringify(base[name]) !== JSON.stringify(now[name]))
}

function tagsOf(text: string): string[] {
  const tags = text.split(/[,，\n]+/).map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ""))]
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((entry) => other.includes(entry))
