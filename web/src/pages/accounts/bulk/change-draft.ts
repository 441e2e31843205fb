/** What the form for many accounts holds, and the change that comes of it. Pure. */
import type { UpdateAccountsInput } from "#generated/web/graphql.ts"
import { type NumberBounds, type NumberProblem, readNumber } from "../../../lib/read-number.ts"

/** As typed; an empty field leaves everything as it is. */
export interface ChangeDraft {
  readonly addTags: string
  readonly removeTags: string
  readonly priority: string
  readonly weight: string
  readonly maxConcurrent: string
  /** In percent. */
  readonly reserve: string
}

export const emptyDraft: ChangeDraft = {
  addTags: "",
  removeTags: "",
  priority: "",
  weight: "",
  maxConcurrent: "",
  reserve: "",
}

export const numberBounds = {
  priority: { low: -1_000, high: 1_000, isWhole: true },
  weight: { low: 1, high: 1_000, isWhole: true },
  maxConcurrent: { low: 0, high: 1_000_000, isWhole: true },
  reserve: { low: 0, high: 99, isWhole: false },
} as const satisfies Partial<Record<keyof ChangeDraft, NumberBounds>>

export type NumberName = keyof typeof numberBounds

const words = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，]/)
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  ),
]

/** The change, or what is wrong with which number. Nothing in it: nothing was typed. */
export function changeOf(
  draft: ChangeDraft,
): { readonly input: UpdateAccountsInput } | { readonly problems: Partial<Record<NumberName, NumberProblem>> } {
  const problems: Partial<Record<NumberName, NumberProblem>> = {}
  const numbers: Partial<Record<NumberName, number>> = {}
  const names = Object.keys(numberBounds) as NumberName[] // the record's own keys
  for (const name of names) {
    if (draft[name].trim() === "") continue
    const read = readNumber(draft[name], numberBounds[name])
    if ("problem" in read) problems[name] = read.problem
    else numbers[name] = read.value
  }
  if (Object.keys(problems).length > 0) return { problems }
  const { reserve, ...others } = numbers
  const [addTags, removeTags] = [words(draft.addTags), words(draft.removeTags)]
  return {
    input: {
      ...others,
      ...(reserve === undefined ? {} : { reserve: reserve === 0 ? null : reserve / 100 }),
      ...(addTags.length === 0 ? {} : { addTags }),
      ...(removeTags.length === 0 ? {} : { removeTags }),
    },
  }
}
