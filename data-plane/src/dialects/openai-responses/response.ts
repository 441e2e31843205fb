/** The response object, which begins and ends every answer. */
import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { responsesExtra } from "./extra.ts"
import { encodeUsage } from "./usage.ts"
import type { OutputItem, ResponseObject, ResponseUsage } from "./wire.ts"

/** Ids differ in their prefix, and items of one answer by their place in it. */
export function idSuffix({ exchangeId }: AnswerContext, index?: number): string {
  const id = exchangeId.replace(/^req_/, "")
  return index === undefined ? id : `${id}_${index}`
}

export type ResponseState = Partial<
  Pick<ResponseObject, "error" | "incomplete_details" | "usage" | "output"> & { readonly output: readonly OutputItem[] }
>

export function responseObject(
  status: ResponseObject["status"],
  state: ResponseState,
  context: AnswerContext,
): ResponseObject {
  const { echo } = responsesExtra(context.request)
  return {
    id: `resp_${idSuffix(context)}`,
    object: "response",
    created_at: context.createdAt,
    status,
    // No clock here: that it is complete is said by the status.
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: context.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: {},
    background: false,
    service_tier: "default",
    ...echo,
    ...state,
  }
}

export function usageOf(response: ChatResponse, context: AnswerContext): ResponseUsage {
  return encodeUsage(response.usage, {
    inputTokens: context.estimatedInputTokens,
    outputTokens: estimateTokens(outputTextOf(response.parts)),
  })
}

export function outputTextOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("")
}
