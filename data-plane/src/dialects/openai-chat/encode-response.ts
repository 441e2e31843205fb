import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { chatExtra } from "./extra.ts"
import { FINISH_REASONS, refusalText } from "./finish-reason.ts"
import { encodeUsage } from "./usage.ts"
import type { ChatCompletion } from "./wire.ts"

/** Some clients compare it between answers; it never changes here. */
export const SYSTEM_FINGERPRINT = "fp_gw"

/** Ids differ by dialect in their prefix only. */
export function completionId(exchangeId: string): string {
  return `chatcmpl-${exchangeId.replace(/^req_/, "")}`
}

export function encodeResponse(response: ChatResponse, context: AnswerContext): ChatCompletion {
  const extra = chatExtra(context.request)
  const content = joined(response.parts, "text")
  const reasoning = joined(response.parts, "reasoning")
  return {
    id: completionId(context.exchangeId),
    object: "chat.completion",
    created: context.createdAt,
    model: context.model,
    system_fingerprint: SYSTEM_FINGERPRINT,
    ...(extra.echoServiceTier ? { service_tier: "default" } : {}),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content,
          refusal: refusalText(response.finishReason) ?? null,
          ...(reasoning === "" || extra.reasoningHidden ? {} : { reasoning_content: reasoning }),
        },
        logprobs: null,
        finish_reason: FINISH_REASONS[response.finishReason.unified],
      },
    ],
    usage: encodeUsage(response.usage, {
      inputTokens: context.estimatedInputTokens,
      outputTokens: estimateTokens(content + reasoning),
    }),
  }
}

function joined(parts: readonly Part[], type: Part["type"]): string {
  return parts
    .filter((part) => part.type === type)
    .map((part) => part.text)
    .join("")
}
