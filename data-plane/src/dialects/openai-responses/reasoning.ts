/** What a Responses client says about thinking, and how thoughts of earlier answers come back. */
import type { ReasoningPart } from "../../canonical/part.ts"
import type { ReasoningAsk } from "../../canonical/reasoning.ts"
import { readEffort } from "../read-reasoning.ts"
import { invalid, isAbsent, isObject, readString, type WireObject } from "../read-wire.ts"

/** Undefined: the model does as it does. A wish to see thoughts without an effort leaves the effort to the model. */
export function decodeReasoning(body: WireObject): ReasoningAsk | undefined {
  const { reasoning } = body
  if (isAbsent(reasoning)) return undefined
  if (!isObject(reasoning)) throw invalid("reasoning", "must be an object")
  const show = isSummaryAsked(reasoning)
  const wish = readEffort(reasoning["effort"], "reasoning.effort")
  if (wish !== undefined) return { ...wish, show: show && wish.kind !== "off" }
  return show ? { kind: "auto", show } : undefined
}

/** `auto`, `concise` and `detailed` alike: the upstream summarises by itself. */
function isSummaryAsked({ summary, generate_summary: older }: WireObject): boolean {
  const word = isAbsent(summary) ? older : summary
  return !isAbsent(word) && word !== "none"
}

/** Client gets back what it sent: the sealed carrier where it asked for one, which it always does when nothing is stored. */
export function sealsReasoning(body: WireObject): boolean {
  const { include, store } = body
  return store === false || (Array.isArray(include) && include.includes("reasoning.encrypted_content"))
}

/** An item `reasoning`; its signature is opened, or the thought left out, where signatures are known. */
export function decodeThought(item: WireObject): ReasoningPart {
  const text = textOf(item["summary"]) || textOf(item["content"])
  const signature = readString(item, "encrypted_content")
  return { type: "reasoning", text, ...(signature === undefined || signature === "" ? {} : { signature }) }
}

/** Our answers have one part, so that joining loses nothing. */
function textOf(parts: unknown): string {
  if (!Array.isArray(parts)) return ""
  return parts.map((part: unknown) => (isObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("")
}
