/** What an effort is in tokens of thinking, the same for every dialect and family; a model's own range clamps it afterwards. */
import { REASONING_LEVELS, type ReasoningLevel } from "./reasoning-wish.ts"

/** Tokens; `maximum` is what the model can think at most. */
export type EffortBudget = number | "maximum"

export interface EffortTable extends Readonly<Record<ReasoningLevel, EffortBudget>> {
  /** As much as the model finds right, for models that cannot be told so. */
  readonly auto: number
}

export const EFFORT_TABLE: EffortTable = {
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: "maximum",
  auto: 8192,
}

/** A budget of more tokens than this is a slip. */
export const MAX_EFFORT_TOKENS = 1_000_000

/** What an entry may be called. */
export const EFFORT_NAMES = [...REASONING_LEVELS, "auto"] as const

/** `low=2000,max=maximum`; what is not named stays as it is built in. Undefined: not of that form. */
export function parseEffortTable(text: string): EffortTable | undefined {
  const table: Record<string, EffortBudget> = { ...EFFORT_TABLE }
  for (const entry of text.split(",")) {
    const [, name = "", value = ""] = /^\s*([a-z]+)\s*=\s*(\d{1,7}|maximum)\s*$/.exec(entry) ?? []
    const budget = value === "maximum" ? value : Number(value)
    if (!isEffortName(name) || !isEffortBudget(name, budget)) return undefined
    table[name] = budget
  }
  return table as unknown as EffortTable // every name was there from the beginning, and auto is checked to be a number
}

/** `maximum` is no answer to auto: that is for models that do not choose by themselves. */
export function isEffortBudget(name: string, budget: unknown): budget is EffortBudget {
  if (budget === "maximum") return name !== "auto"
  return typeof budget === "number" && Number.isSafeInteger(budget) && budget >= 1 && budget <= MAX_EFFORT_TOKENS
}

function isEffortName(name: string): boolean {
  return EFFORT_NAMES.some((known) => known === name)
}

/** As `parseEffortTable` reads it. */
export function writeEffortTable(table: EffortTable): string {
  return EFFORT_NAMES.map((name) => `${name}=${table[name]}`).join(",")
}
