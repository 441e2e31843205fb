import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext } from "../dialect.ts"
import { markdownImage } from "../markdown-image.ts"
import { stopOf } from "./finish-reason.ts"
import { citedBlocks, searchBlocks } from "./search-blocks.ts"
import { placedParts } from "./thinking-blocks.ts"
import { encodeUsage } from "./usage.ts"
import type { ContentBlock, Message } from "./wire.ts"

/** Ids differ by dialect in their prefix only. */
export function messageId(exchangeId: string): string {
  return `msg_${exchangeId.replace(/^req_/, "")}`
}

/** Thoughts and signatures stand where `thinking-blocks.ts` puts them. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): Message {
  return {
    id: messageId(context.exchangeId),
    type: "message",
    role: "assistant",
    model: context.model,
    content: encodeContent(response, context),
    ...stopOf(response.finishReason, response.parts.map(visibleText).join(""), context.request),
    container: null,
    diagnostics: null,
    usage: encodeUsage(
      response.usage,
      {
        inputTokens: context.estimatedInputTokens,
        outputTokens: estimateTokens(response.parts.map(writtenText).join("")),
      },
      response.grounding !== undefined,
    ),
  }
}

function encodeContent({ parts, grounding }: ChatResponse, context: AnswerContext): readonly ContentBlock[] {
  const placed = placedParts(parts, context)
  if (grounding === undefined) return placed.flatMap(encodePart)
  const first = placed.findIndex(({ type }) => type === "text")
  const searchAt = first === -1 ? placed.length : first
  let before = 0
  const rest = placed.slice(searchAt).flatMap((part) => {
    if (part.type !== "text") return encodePart(part)
    const blocks = citedBlocks(part.text, before, grounding)
    before += part.text.length
    return blocks
  })
  return [...placed.slice(0, searchAt).flatMap(encodePart), ...searchBlocks(grounding, context.exchangeId), ...rest]
}

function encodePart(part: ReturnType<typeof placedParts>[number]): readonly ContentBlock[] {
  switch (part.type) {
    case "thinking":
      return [part]
    case "text":
      return [{ type: "text", text: part.text }]
    case "media":
      return [{ type: "text", text: markdownImage(part.mediaType, part.data) }]
    case "tool-call":
      return [
        { type: "tool_use", id: part.id, name: part.name, input: part.arguments, ...callSignature(part.signature) },
      ]
    default:
      return []
  }
}

function writtenText(part: Part): string {
  if (part.type === "tool-call") return part.name + JSON.stringify(part.arguments)
  return part.type === "text" || part.type === "reasoning" ? part.text : ""
}

function visibleText(part: Part): string {
  return part.type === "text" ? part.text : ""
}
