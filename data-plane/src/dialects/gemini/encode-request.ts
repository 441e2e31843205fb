import { GatewayError } from "../../canonical/error.ts"
import { ADDED, PLACEHOLDER_TEXT, PREFILL_HINT } from "../../canonical/gateway-text.ts"
import type { ChatRequest, Sampling } from "../../canonical/request.ts"
import type { EncodedRequest, TargetModel } from "../dialect.ts"
import { thinkingConfigFor } from "../../thinking/budget.ts"
import { isImageModel, modelFamily, type ModelFamily } from "../model-family.ts"
import { encodeContents, isSendable, type ContentsTarget, type MutableContent } from "./encode-contents.ts"
import { encodeFormat, encodeSearch } from "./encode-answer-wish.ts"
import { encodeImageConfig, forImageModel, refuseWithoutImage } from "./encode-image.ts"
import { encodeOwn } from "./encode-own.ts"
import { encodeTools } from "./encode-tools.ts"
import type { GeminiContent, GeminiGenerationConfig, GeminiPart } from "./wire.ts"

/** More is a 400 upstream. */
const MAX_STOP_SEQUENCES = 5
const MIN_THINKING_TOP_P = 0.95
const MAX_SEED = 2 ** 31 - 1

/**
 * The inner `request` of a Gemini call. Key order is fixed. Throws `invalid_request` when nothing is left to send.
 * `dropped` holds canonical paths (`sampling.topP`) and marks of added text.
 */
export function encodeRequest(asked: ChatRequest, target: TargetModel): EncodedRequest {
  const family = modelFamily(target.id)
  const isImage = isImageModel(target.id)
  const dropped: string[] = []
  if (!isImage) refuseWithoutImage(asked, target.id)
  const request = isImage ? forImageModel(asked, dropped) : asked
  const generationConfig = encodeGenerationConfig(request, target, family, dropped)
  const isThinking = (generationConfig.thinkingConfig?.thinkingBudget ?? 0) !== 0
  const tools = encodeTools(request, { family, isThinking }, dropped)
  const hasFunctions = tools.declarations.length > 0
  const search = encodeSearch(request, target, { family, hasFunctions }, dropped)
  const format = encodeFormat(request, { family, hasTools: hasFunctions || search !== undefined }, dropped)
  Object.assign(generationConfig, format?.config)
  const imageConfig = encodeImageConfig(request.image)
  if (isImage && imageConfig !== undefined) generationConfig.imageConfig = imageConfig
  else if (imageConfig !== undefined) dropped.push("image")
  const isOwn = family === "gemini" && !isImage
  const own = encodeOwn(request, { isOwn, hasTools: hasFunctions || search !== undefined }, dropped)
  Object.assign(generationConfig, own.config)
  const told = format?.instruction === undefined ? [] : [{ text: format.instruction }]
  const { system, contents } = encodeConversation(request, { modelId: target.id, family, tools }, told, dropped)
  const value: Record<string, unknown> = {}
  if (system.length > 0) value["systemInstruction"] = { role: "user", parts: system }
  if (hasFunctions) value["tools"] = [{ functionDeclarations: tools.declarations }]
  else if (search !== undefined) value["tools"] = [search.tool]
  else if (own.tool !== undefined) value["tools"] = [own.tool]
  if (tools.callingConfig !== undefined) value["toolConfig"] = { functionCallingConfig: tools.callingConfig }
  if (Object.keys(generationConfig).length > 0) value["generationConfig"] = generationConfig
  if (own.safetySettings !== undefined) value["safetySettings"] = own.safetySettings
  value["contents"] = contents
  return {
    value,
    dropped,
    declaredTools: tools.declared,
    ...(tools.schemaReport === undefined ? {} : { schemaReport: tools.schemaReport }),
    ...(search === undefined ? {} : { isSearch: true }),
    ...(search?.purpose === undefined ? {} : { purpose: search.purpose }),
    ...(isImage ? { purpose: "image" } : {}),
    ...(format === undefined ? {} : { json: format.json }),
  }
}

interface Conversation {
  readonly system: readonly GeminiPart[]
  readonly contents: readonly GeminiContent[]
}

/** `told`: what the gateway says, after the system text. Alone it is nothing to answer. */
function encodeConversation(
  request: ChatRequest,
  target: ContentsTarget,
  told: readonly GeminiPart[],
  dropped: string[],
): Conversation {
  const { family } = target
  const system = request.system.filter((part) => isSendable(part.text, family)).map(({ text }) => ({ text }))
  const contents = encodeContents(request.turns, target, dropped)
  if (contents.length === 0) {
    if (system.length === 0)
      throw new GatewayError("invalid_request", "The request holds nothing to answer.", { param: "messages" })
    return { system: [], contents: [{ role: "user", parts: [...system, ...told] }] }
  }
  if (family === "claude") movePrefill(contents, dropped)
  if (contents[0]?.role === "model") {
    contents.unshift({ role: "user", parts: [{ text: PLACEHOLDER_TEXT }] })
    dropped.push(ADDED.placeholderTurn)
  }
  return { system: [...system, ...told], contents }
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
  request: ChatRequest,
  target: TargetModel,
  family: ModelFamily,
  dropped: string[],
): GeminiGenerationConfig {
  const config: GeminiGenerationConfig = {}
  const thinking = thinkingConfigFor({
    family,
    model: target,
    asked: request.reasoning,
    maxOutputTokens: request.sampling.maxOutputTokens,
    forcesTool: forcesTool(request),
  })
  dropped.push(...thinking.dropped)
  if (thinking.maxOutputTokens !== undefined) config.maxOutputTokens = thinking.maxOutputTokens
  const sampling =
    family === "claude"
      ? claudeSampling(request.sampling, (thinking.config?.thinkingBudget ?? 0) > 0, dropped)
      : request.sampling
  const { temperature, topP, topK, seed } = sampling
  if (temperature !== undefined) config.temperature = clamp(temperature, 0, family === "claude" ? 1 : 2)
  if (topP !== undefined) config.topP = clamp(topP, 0, 1)
  if (topK !== undefined && topK > 0) config.topK = topK
  if (seed !== undefined) {
    if (family === "gemini" && Math.abs(seed) <= MAX_SEED) config.seed = seed
    else dropped.push("sampling.seed")
  }
  const stop = (sampling.stop ?? []).filter((sequence) => sequence !== "")
  if (stop.length > 0) config.stopSequences = stop.slice(0, MAX_STOP_SEQUENCES)
  for (let index = MAX_STOP_SEQUENCES; index < stop.length; index += 1) dropped.push(`sampling.stop[${index}]`)
  if (thinking.config !== undefined) config.thinkingConfig = thinking.config
  return config
}

/** Whether some tool must be called. */
export function forcesTool({ tools = [], toolChoice }: ChatRequest): boolean {
  if (tools.length === 0 || toolChoice === undefined) return false
  return (
    toolChoice.type === "tool" || (toolChoice.type === "allowed" ? toolChoice.mode : toolChoice.type) === "required"
  )
}

/** While Claude thinks it takes no temperature but 1, no top-k, and no top-p below 0.95; else not both of temperature and top-p. */
function claudeSampling(sampling: Sampling, isThinking: boolean, dropped: string[]): Sampling {
  const { temperature, topP, topK, ...others } = sampling
  const isRefused = {
    temperature: isThinking && temperature !== 1,
    topP: isThinking ? topP !== undefined && topP < MIN_THINKING_TOP_P : temperature !== undefined,
    topK: isThinking,
  }
  const asked = { temperature, topP, topK }
  const kept: Sampling = { ...others }
  for (const name of ["temperature", "topP", "topK"] as const) {
    if (asked[name] === undefined) continue
    if (isRefused[name]) dropped.push(`sampling.${name}`)
    else Object.assign(kept, { [name]: asked[name] })
  }
  return kept
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
