import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { MediaPart, Part } from "../../canonical/part.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { encodeGrounding } from "./encode-grounding.ts"
import { geminiExtra } from "./extra.ts"
import { encodeFinishReason } from "./finish-reason.ts"
import { encodeUsage } from "./usage.ts"

/** Thoughts are flagged, so that nobody takes them for the answer; they are left out where the client says that it wants none. */
export function reasoningShown(request: ChatRequest): boolean {
  return request.reasoning?.show !== false && geminiExtra(request).hidesThoughts !== true
}

export function encodeResponse(response: ChatResponse, context: AnswerContext): unknown {
  const { finishReason, grounding } = response
  const isShown = reasoningShown(context.request)
  const parts = response.parts.filter((part) => isShown || part.type !== "reasoning").flatMap(encodePart)
  const text = response.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
  const candidate = {
    index: 0,
    content: { role: "model", parts },
    finishReason: encodeFinishReason(finishReason),
    ...(finishReason.message === undefined ? {} : { finishMessage: finishReason.message }),
    ...(grounding === undefined ? {} : { groundingMetadata: encodeGrounding(grounding, text) }),
  }
  const outputTokens = wholeTokens(response.parts.reduce((sum, part) => sum + outputWeight(part), 0))
  return {
    candidates: [candidate],
    usageMetadata: encodeUsage(response.usage, { inputTokens: context.estimatedInputTokens, outputTokens }),
    ...answerNames(context),
  }
}

/** The same in every event of one answer. */
export function answerNames({ model, exchangeId }: AnswerContext): {
  readonly modelVersion: string
  readonly responseId: string
} {
  return { modelVersion: model, responseId: exchangeId }
}

function encodePart(part: Part): readonly object[] {
  switch (part.type) {
    case "text":
      return part.text === "" && part.signature === undefined ? [] : [{ text: part.text, ...signed(part.signature) }]
    case "reasoning":
      return [{ text: part.text, thought: true, ...signed(part.signature) }]
    case "tool-call":
      return [encodeCall(part.upstreamId, part.name, part.arguments, part.signature)]
    case "media":
      return [encodeMedia(part)]
    case "sealed-text":
    case "tool-result":
    case "remote-media":
      return []
    default:
      return never(part)
  }
}

/** The id is the upstream's own or none: clients of this wire give back what they got. */
export function encodeCall(
  upstreamId: string | undefined,
  name: string,
  args: Readonly<Record<string, unknown>>,
  signature: string | undefined,
): object {
  return { functionCall: { ...(upstreamId === undefined ? {} : { id: upstreamId }), name, args }, ...signed(signature) }
}

export function encodeMedia({ mediaType, data, signature }: Omit<MediaPart, "type">): object {
  return { inlineData: { mimeType: mediaType, data }, ...signed(signature) }
}

/** As it is: this wire carries signatures itself. */
export function signed(signature: string | undefined): { readonly thoughtSignature?: string } {
  return signature === undefined ? {} : { thoughtSignature: signature }
}

function outputWeight(part: Part): number {
  if (part.type === "text" || part.type === "reasoning") return tokenWeight(part.text)
  return part.type === "tool-call" ? tokenWeight(part.name) + tokenWeight(JSON.stringify(part.arguments)) : 0
}
