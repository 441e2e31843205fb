import { tokenWeight } from "#shared/token-estimate.ts"
import type { ChatRequest } from "./request.ts"

/** What roles and separators cost beside a turn's text. */
const TOKENS_PER_TURN = 4

/** A guess at the prompt's tokens, for wires that must name a number before the upstream does. At least 1. */
export function estimateInputTokens(request: ChatRequest): number {
  let weight = 0
  for (const part of request.system) weight += tokenWeight(part.text)
  for (const turn of request.turns) {
    weight += TOKENS_PER_TURN
    for (const part of turn.parts) weight += tokenWeight(part.text)
  }
  return Math.max(1, Math.ceil(weight))
}
