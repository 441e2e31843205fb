/** What routing rules can ask of a request, but for what its name adds. Pure; docs/reference/routing.md defines each trait. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { thinks, type OwnTraits } from "#shared/named-traits.ts"
import { traitMask, type RequestTrait } from "#shared/request-trait.ts"
import type { MediaPart, Part, RemoteMediaPart } from "../canonical/part.ts"
import type { ChatRequest } from "../canonical/request.ts"

export function traitsOf(request: ChatRequest, dialect: ClientDialectName): OwnTraits {
  const { tools = [], toolChoice, webSearch, image, responseFormat, stream } = request
  const media = mediaIn(request)
  const has: Readonly<Record<RequestTrait, boolean>> = {
    "image-output": image?.isRequired === true,
    "image-input": media.hasImage,
    "file-input": media.hasFile,
    tools: tools.length > 0 && toolChoice?.type !== "none",
    "web-search": webSearch !== undefined,
    thinking: thinks(request.reasoning),
    "structured-output": responseFormat !== undefined,
    stream,
    background: isSideCall(request, dialect),
  }
  // Each key is a trait, as the type of `has` says.
  const traits = traitMask((Object.keys(has) as RequestTrait[]).filter((trait) => has[trait])) // keys of a record of traits
  return { traits, saysThinking: request.reasoning !== undefined }
}

/**
 * What agents ask for themselves beside the work: a title, a topic, a summary. Claude Code sends such calls to the small model that it
 * knows as Haiku, and asks for a title as JSON with nothing else in it; gemini-cli sends them, unlike its own turns, not as a stream.
 */
function isSideCall({ model, stream, turns, responseFormat }: ChatRequest, dialect: ClientDialectName): boolean {
  const isOne =
    dialect === "anthropic-messages"
      ? model.includes("haiku") || asksForTitle(responseFormat)
      : dialect === "gemini" && !stream && model.includes("flash-lite")
  if (!isOne) return false
  return !turns.some(({ parts }) => parts.some(({ type }) => type === "tool-call" || type === "tool-result"))
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
