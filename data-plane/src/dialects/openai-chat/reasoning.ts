/** What a Chat Completions client says about thinking, in this wire's own words and in those that other vendors put into it. */
import type { ReasoningPart } from "../../canonical/part.ts"
import type { ReasoningAsk, ReasoningWish } from "../../canonical/reasoning.ts"
import { readBudget, readEffort } from "../read-reasoning.ts"
import { invalid, isAbsent, isObject, readBoolean, type WireObject } from "../read-wire.ts"

/** The explicit Google form wins, then `thinking`, then `reasoning` and `reasoning_effort`, then `thinking_budget`. */
export function decodeReasoning(body: WireObject): ReasoningAsk | undefined {
  const google = googleConfig(body)
  const wishes = [
    google === undefined ? undefined : googleWish(google),
    thinkingWish(body),
    reasoningWish(body),
    readEffort(body["reasoning_effort"], "reasoning_effort"),
    budgetWish(body),
  ]
  const wish = wishes.find((one) => one !== undefined) ?? switchedOn(body)
  return wish === undefined ? undefined : { ...wish, show: !isReasoningHidden(body) }
}

/** A switch says nothing of how much the model is to think: it counts where nobody else says that. */
function switchedOn(body: WireObject): ReasoningWish | undefined {
  const { reasoning, thinking } = body
  const isOn =
    googleConfig(body)?.["include_thoughts"] === true ||
    (isObject(thinking) && !isAbsent(thinking["type"])) ||
    (isObject(reasoning) && reasoning["enabled"] === true) ||
    body["enable_thinking"] === true
  return isOn ? { kind: "auto" } : undefined
}

/** This wire has no field that asks for visible thoughts: they are shown unless the client said no. */
export function isReasoningHidden(body: WireObject): boolean {
  const { reasoning, thinking } = body
  return (
    body["reasoning_effort"] === "none" ||
    (isObject(reasoning) && (reasoning["exclude"] === true || reasoning["enabled"] === false)) ||
    (isObject(thinking) && thinking["type"] === "disabled") ||
    googleConfig(body)?.["include_thoughts"] === false
  )
}

/** The thought of an assistant's message, without its signature: only the map by text can sign it again. */
export function decodeThought(message: WireObject): ReasoningPart | undefined {
  for (const key of ["reasoning_content", "reasoning", "reasoning_text"]) {
    const text = message[key]
    if (typeof text === "string" && text !== "") return { type: "reasoning", text }
  }
  return undefined
}

function googleConfig({ extra_body }: WireObject): WireObject | undefined {
  const google = isObject(extra_body) ? extra_body["google"] : undefined
  const config = isObject(google) ? google["thinking_config"] : undefined
  return isObject(config) ? config : undefined
}

function googleWish(config: WireObject): ReasoningWish | undefined {
  const param = "extra_body.google.thinking_config"
  return (
    readBudget(config["thinking_budget"], `${param}.thinking_budget`) ??
    readEffort(config["thinking_level"], `${param}.thinking_level`)
  )
}

function thinkingWish({ thinking }: WireObject): ReasoningWish | undefined {
  if (!isObject(thinking)) return absentOnly(thinking, "thinking")
  if (thinking["type"] === "disabled") return { kind: "off" }
  return readBudget(thinking["budget_tokens"], "thinking.budget_tokens")
}

function reasoningWish({ reasoning }: WireObject): ReasoningWish | undefined {
  if (!isObject(reasoning)) return absentOnly(reasoning, "reasoning")
  if (reasoning["enabled"] === false) return { kind: "off" }
  return (
    readBudget(reasoning["max_tokens"], "reasoning.max_tokens") ?? readEffort(reasoning["effort"], "reasoning.effort")
  )
}

function budgetWish(body: WireObject): ReasoningWish | undefined {
  if (readBoolean(body, "enable_thinking") === false) return { kind: "off" }
  return readBudget(body["thinking_budget"], "thinking_budget")
}

function absentOnly(value: unknown, param: string): undefined {
  if (!isAbsent(value)) throw invalid(param, "must be an object")
}
