/** What routing rules can ask of a request. Pure; docs/reference/routing.md defines each trait as it is read here. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { ModelResolution } from "#shared/model-name.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { ReasoningWish } from "#shared/reasoning-wish.ts"
import { traitMask, type RequestTrait, type TraitMask } from "#shared/request-trait.ts"
import type { MediaPart, Part, RemoteMediaPart } from "../canonical/part.ts"
import type { ChatRequest } from "../canonical/request.ts"

/** `resolution`: of the name as it is asked for, before any rule. */
export function traitsOf(request: ChatRequest, dialect: ClientDialectName, resolution: ModelResolution): TraitMask {
  const { tools = [], toolChoice, webSearch, image, responseFormat, stream } = request
  const media = mediaIn(request)
  const hasTools = tools.length > 0 && toolChoice?.type !== "none"
  const isThinking = thinks(request.reasoning ?? ("wish" in resolution ? resolution.wish?.reasoning : undefined))
  const draws = image?.isRequired === true || ("model" in resolution && quotaBucket(resolution.model) === "image")
  const has: Readonly<Record<RequestTrait, boolean>> = {
    "image-output": draws,
    "image-input": media.hasImage,
    "file-input": media.hasFile,
    tools: hasTools,
    "web-search": webSearch !== undefined,
    thinking: isThinking,
    "structured-output": responseFormat !== undefined,
    stream,
    background: !hasTools && !isThinking && webSearch === undefined && isSideCall(request, dialect),
  }
  // Each key is a trait, as the type of `has` says.
  return traitMask((Object.keys(has) as RequestTrait[]).filter((trait) => has[trait])) // keys of a record of traits
}

/**
 * What agents ask for themselves beside the work: a title, a topic, a summary. Claude Code sends such calls to the small model that it
 * knows as Haiku, and asks for a title as JSON with nothing else in it; gemini-cli sends them, unlike its own turns, not as a stream.
 */
function isSideCall({ model, stream, turns, responseFormat }: ChatRequest, dialect: ClientDialectName): boolean {
  if (turns.some(({ parts }) => parts.some(({ type }) => type === "tool-call" || type === "tool-result"))) return false
  if (dialect === "anthropic-messages") return model.includes("haiku") || asksForTitle(responseFormat)
  return dialect === "gemini" && !stream && model.includes("flash-lite")
}

function asksForTitle(format: ChatRequest["responseFormat"]): boolean {
  if (format?.type !== "json-schema") return false
  const { schema } = format
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return false
  const { properties } = schema
  if (typeof properties !== "object" || properties === null) return false
  const names = Object.keys(properties)
  return names.length === 1 && names[0] === "title"
}

function thinks(reasoning: ReasoningWish | undefined): boolean {
  return reasoning !== undefined && reasoning.kind !== "off"
}

/** Histories are long: nothing is made of them but the answer. */
function mediaIn({ turns }: ChatRequest): { readonly hasImage: boolean; readonly hasFile: boolean } {
  let hasImage = false
  let hasFile = false
  const see = (part: Part): void => {
    if (part.type === "tool-result") for (const inner of part.content) see(inner)
    if (part.type !== "media" && part.type !== "remote-media") return
    if (isImage(part)) hasImage = true
    else hasFile = true
  }
  for (const { parts } of turns) for (const part of parts) see(part)
  return { hasImage, hasFile }
}

function isImage(part: MediaPart | RemoteMediaPart): boolean {
  if (part.mediaType !== undefined) return part.mediaType.startsWith("image/")
  return part.type === "remote-media" && part.accepts === "image"
}
