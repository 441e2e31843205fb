import { tokenWeight } from "#shared/token-estimate.ts"
import { never } from "#shared/never.ts"
import { mediaTokens } from "./media-tokens.ts"
import type { Part } from "./part.ts"
import type { ChatRequest } from "./request.ts"

/** What roles and separators cost beside a turn's text. */
const TOKENS_PER_TURN = 4

/**
 * A guess at the prompt's tokens, for wires that must name a number before the upstream does and for clients that ask for one. At
 * least 1.
 */
export function estimateInputTokens(request: ChatRequest): number {
  let weight = 0
  for (const part of request.system) weight += tokenWeight(part.text)
  for (const tool of request.tools ?? []) weight += tokenWeight(JSON.stringify(tool))
  if (request.responseFormat?.type === "json-schema") weight += tokenWeight(schemaText(request.responseFormat.schema))
  for (const turn of request.turns) {
    weight += TOKENS_PER_TURN
    for (const part of turn.parts) weight += partWeight(part)
  }
  return Math.max(1, Math.ceil(weight))
}

function schemaText(schema: unknown): string {
  return schema === undefined ? "" : JSON.stringify(schema)
}

function partWeight(part: Part): number {
  switch (part.type) {
    case "text":
    case "reasoning":
      return tokenWeight(part.text)
    case "tool-call":
      return tokenWeight(part.name) + tokenWeight(JSON.stringify(part.arguments))
    case "tool-result":
      return TOKENS_PER_TURN + part.content.reduce((sum, inner) => sum + partWeight(inner), 0)
    case "media":
    case "remote-media":
      return mediaTokens(part)
    case "sealed-text":
      return tokenWeight(part.carrier)
    default:
      return never(part)
  }
}
