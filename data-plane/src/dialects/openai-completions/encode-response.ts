import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { markdownImage } from "../markdown-image.ts"
import { completionHead } from "../openai-completion-head.ts"
import { encodeUsage, sumUsage, type CompletionUsage } from "../openai-usage.ts"
import { completionsExtra } from "./extra.ts"
import { FINISH_REASONS } from "./finish-reason.ts"
import type { Completion } from "./wire.ts"

export function encodeResponse(response: ChatResponse, context: AnswerContext): Completion {
  return encodeChoices([response], context)
}

/** Several answers to one request. */
export function encodeChoices(responses: readonly ChatResponse[], context: AnswerContext): Completion {
  const { echo } = completionsExtra(context.request)
  return {
    ...completionHead("cmpl-", "text_completion", context),
    choices: responses.map(({ parts, finishReason }, index) => ({
      text: echo + parts.map(visibleText).join(""),
      index,
      logprobs: null,
      finish_reason: FINISH_REASONS[finishReason.unified],
    })),
    usage: sumUsage(responses.map((response) => usageOf(response, context))),
  }
}

function visibleText(part: Part): string {
  if (part.type === "text") return part.text
  return part.type === "media" ? markdownImage(part.mediaType, part.data) : ""
}

/** Thoughts are not shown, and paid for. */
function usageOf({ parts, usage }: ChatResponse, context: AnswerContext): CompletionUsage {
  const written = parts.map((part) => (part.type === "text" || part.type === "reasoning" ? part.text : ""))
  return encodeUsage(usage, {
    inputTokens: context.estimatedInputTokens,
    outputTokens: estimateTokens(written.join("")),
  })
}
