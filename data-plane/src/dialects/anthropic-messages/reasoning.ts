/** What a Messages client says about thinking. */
import type { ReasoningAsk, ReasoningWish } from "../../canonical/reasoning.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import { readBudget, readEffort } from "../read-reasoning.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** How thoughts are written to this client: as text, as blocks that hold only their signature, or not at all. */
export type ThoughtBlocks = "text" | "omitted" | "none"

/** An effort alone makes the model think, but asks for no blocks. */
export function decodeReasoning(body: WireObject): ReasoningAsk | undefined {
  const wish = thinkingWish(body)
  return wish === undefined ? undefined : { ...wish, show: decodeThoughtBlocks(body) === "text" }
}

export function decodeThoughtBlocks({ thinking }: WireObject): ThoughtBlocks {
  if (!isObject(thinking) || thinking["type"] === "disabled") return "none"
  return thinking["display"] === "omitted" ? "omitted" : "text"
}

/** `none` for a request that came in by another dialect. */
export function thoughtBlocks(request: ChatRequest): ThoughtBlocks {
  const blocks = request.extra["anthropic-messages"]?.["thoughtBlocks"]
  return blocks === "text" || blocks === "omitted" ? blocks : "none"
}

function thinkingWish(body: WireObject): ReasoningWish | undefined {
  const { thinking } = body
  const effort = effortOf(body)
  if (isAbsent(thinking)) return effort
  if (!isObject(thinking)) throw invalid("thinking", "must be an object")
  switch (thinking["type"]) {
    case "disabled":
      return { kind: "off" }
    case "enabled": {
      const budget = readBudget(thinking["budget_tokens"], "thinking.budget_tokens")
      if (budget === undefined) throw invalid("thinking.budget_tokens", "Field required")
      return budget
    }
    case "adaptive":
    case "between_tools":
      return effort ?? { kind: "effort", level: "high" }
    default:
      throw invalid("thinking.type", "must be enabled, adaptive, between_tools or disabled")
  }
}

function effortOf({ output_config }: WireObject): ReasoningWish | undefined {
  return isObject(output_config) ? readEffort(output_config["effort"], "output_config.effort") : undefined
}
