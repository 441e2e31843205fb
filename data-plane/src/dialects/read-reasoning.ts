/** Checked reading of what clients say about thinking: numbers and words that several wires share. */
import { REASONING_LEVELS, type ReasoningLevel, type ReasoningWish } from "../canonical/reasoning.ts"
import { invalid, isAbsent } from "./read-wire.ts"

/** A number of tokens: 0 is off, below 0 is auto. `param` names the field in an error. */
export function readBudget(value: unknown, param: string): ReasoningWish | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw invalid(param, "must be a whole number of tokens")
  if (value < 0) return { kind: "auto" }
  return value === 0 ? { kind: "off" } : { kind: "budget", tokens: value }
}

/** A level in any case, `none`, or `auto`; an empty word says nothing. */
export function readEffort(value: unknown, param: string): ReasoningWish | undefined {
  if (isAbsent(value) || value === "") return undefined
  const word = typeof value === "string" ? value.toLowerCase() : ""
  if (word === "none") return { kind: "off" }
  if (word === "auto") return { kind: "auto" }
  if (!isLevel(word)) throw invalid(param, `must be one of none, ${REASONING_LEVELS.join(", ")}`)
  return { kind: "effort", level: word }
}

function isLevel(word: string): word is ReasoningLevel {
  return (REASONING_LEVELS as readonly string[]).includes(word) // widened to ask it of any word
}
