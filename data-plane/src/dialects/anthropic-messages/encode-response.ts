import { estimateTokens } from "#shared/token-estimate.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { STOP_REASONS, stopDetails } from "./finish-reason.ts"
import { encodeUsage } from "./usage.ts"
import type { Message } from "./wire.ts"

/** Ids differ by dialect in their prefix only. */
export function messageId(exchangeId: string): string {
  return `msg_${exchangeId.replace(/^req_/, "")}`
}

/** Thoughts are left out: without a signature they could not come back, and nobody asked for them. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): Message {
  const texts = response.parts.filter((part) => part.type === "text")
  const written = response.parts.map((part) => part.text).join("")
  return {
    id: messageId(context.exchangeId),
    type: "message",
    role: "assistant",
    model: context.model,
    content: texts.map((part) => ({ type: "text", text: part.text, citations: null })),
    stop_reason: STOP_REASONS[response.finishReason.unified],
    stop_sequence: null,
    stop_details: stopDetails(response.finishReason),
    container: null,
    diagnostics: null,
    usage: encodeUsage(response.usage, {
      inputTokens: context.estimatedInputTokens,
      outputTokens: estimateTokens(written),
    }),
  }
}
