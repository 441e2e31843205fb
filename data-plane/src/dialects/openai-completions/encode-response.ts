import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { markdownImage } from "../markdown-image.ts"
import { completionsExtra } from "./extra.ts"
import { FINISH_REASONS } from "./finish-reason.ts"
import { encodeUsage } from "./usage.ts"
import type { Completion } from "./wire.ts"

/** Some clients compare it between answers; it never changes here. */
export const SYSTEM_FINGERPRINT = "fp_gw"

/** Ids differ by dialect in their prefix only. */
export function completionId(exchangeId: string): string {
  return `cmpl-${exchangeId.replace(/^req_/, "")}`
}

export function encodeResponse(response: ChatResponse, context: AnswerContext): Completion {
  const { echo } = completionsExtra(context.request)
  const written = response.parts.map(visibleText).join("")
  const thought = response.parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("")
  return {
    id: completionId(context.exchangeId),
    object: "text_completion",
    created: context.createdAt,
    model: context.model,
    system_fingerprint: SYSTEM_FINGERPRINT,
    choices: [
      {
        text: echo + written,
        index: 0,
        logprobs: null,
        finish_reason: FINISH_REASONS[response.finishReason.unified],
      },
    ],
    usage: encodeUsage(response.usage, {
      inputTokens: context.estimatedInputTokens,
      outputTokens: estimateTokens(written + thought),
    }),
  }
}

function visibleText(part: Part): string {
  if (part.type === "text") return part.text
  return part.type === "media" ? markdownImage(part.mediaType, part.data) : ""
}
