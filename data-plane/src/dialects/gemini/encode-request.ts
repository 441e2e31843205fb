import { GatewayError } from "../../canonical/error.ts"
import { ADDED, PLACEHOLDER_TEXT, PREFILL_HINT } from "../../canonical/gateway-text.ts"
import type { ChatRequest, Sampling } from "../../canonical/request.ts"
import type { EncodedRequest, TargetModel } from "../dialect.ts"
import { modelFamily, type ModelFamily } from "../model-family.ts"
import { encodeContents, isSendable, type ContentsTarget, type MutableContent } from "./encode-contents.ts"
import { encodeTools } from "./encode-tools.ts"
import type { GeminiContent, GeminiGenerationConfig, GeminiPart } from "./wire.ts"

/** More is a 400 upstream. */
const MAX_STOP_SEQUENCES = 5
const MAX_SEED = 2 ** 31 - 1

/**
 * The inner `request` of a Gemini call. Key order is fixed. Throws `invalid_request` when nothing is left to send.
 * `dropped` holds canonical paths (`sampling.topP`) and marks of added text.
 */
export function encodeRequest(request: ChatRequest, target: TargetModel): EncodedRequest {
  const family = modelFamily(target.id)
  const dropped: string[] = []
  const tools = encodeTools(request, family, dropped)
  const { system, contents } = encodeConversation(request, { modelId: target.id, family, tools }, dropped)
  const generationConfig = encodeGenerationConfig(request.sampling, target, family, dropped)
  const value: Record<string, unknown> = {}
  if (system.length > 0) value["systemInstruction"] = { role: "user", parts: system }
  if (tools.declarations.length > 0) value["tools"] = [{ functionDeclarations: tools.declarations }]
  if (tools.callingConfig !== undefined) value["toolConfig"] = { functionCallingConfig: tools.callingConfig }
  if (Object.keys(generationConfig).length > 0) value["generationConfig"] = generationConfig
  value["contents"] = contents
  return { value, dropped, declaredTools: tools.declared }
}

interface Conversation {
  readonly system: readonly GeminiPart[]
  readonly contents: readonly GeminiContent[]
}

function encodeConversation(request: ChatRequest, target: ContentsTarget, dropped: string[]): Conversation {
  const { family } = target
  const system = request.system.filter((part) => isSendable(part.text, family)).map(({ text }) => ({ text }))
  const contents = encodeContents(request.turns, target, dropped)
  if (contents.length === 0) {
    if (system.length === 0)
      throw new GatewayError("invalid_request", "The request holds nothing to answer.", { param: "messages" })
    return { system: [], contents: [{ role: "user", parts: system }] }
  }
  if (family === "claude") movePrefill(contents, dropped)
  if (contents[0]?.role === "model") {
    contents.unshift({ role: "user", parts: [{ text: PLACEHOLDER_TEXT }] })
    dropped.push(ADDED.placeholderTurn)
  }
  return { system, contents }
}

/**
 * Claude behind this wire must be asked by a user: an answer begun by the client goes into the last user turn with a hint. A turn
 * with calls is never last: their results follow.
 */
function movePrefill(contents: MutableContent[], dropped: string[]): void {
  const last = contents.at(-1)
  if (last?.role !== "model") return
  contents.pop()
  const begun = last.parts.map((part) => ("text" in part && part.thought !== true ? part.text : "")).join("")
  const hint = { text: `${PREFILL_HINT}\n${begun}` }
  const user = contents.at(-1)
  if (user === undefined) contents.push({ role: "user", parts: [hint] })
  else user.parts.push(hint)
  dropped.push(ADDED.prefillHint)
}

function encodeGenerationConfig(
  sampling: Sampling,
  target: TargetModel,
  family: ModelFamily,
  dropped: string[],
): GeminiGenerationConfig {
  const config: GeminiGenerationConfig = {}
  if (sampling.maxOutputTokens !== undefined) {
    config.maxOutputTokens = Math.min(sampling.maxOutputTokens, target.catalogue?.maxOutputTokens ?? Infinity)
  }
  const { temperature, topP, topK, seed } = sampling
  if (temperature !== undefined) config.temperature = clamp(temperature, 0, family === "claude" ? 1 : 2)
  if (topP !== undefined) {
    if (family === "claude" && temperature !== undefined) dropped.push("sampling.topP")
    else config.topP = clamp(topP, 0, 1)
  }
  if (topK !== undefined && topK > 0) config.topK = topK
  if (seed !== undefined) {
    if (family === "gemini" && Math.abs(seed) <= MAX_SEED) config.seed = seed
    else dropped.push("sampling.seed")
  }
  const stop = (sampling.stop ?? []).filter((sequence) => sequence !== "")
  if (stop.length > 0) config.stopSequences = stop.slice(0, MAX_STOP_SEQUENCES)
  for (let index = MAX_STOP_SEQUENCES; index < stop.length; index += 1) dropped.push(`sampling.stop[${index}]`)
  // Without it Claude thinks by its own default, and its thoughts are paid for though nobody asked.
  if (family === "claude") config.thinkingConfig = { includeThoughts: false, thinkingBudget: 0 }
  return config
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
