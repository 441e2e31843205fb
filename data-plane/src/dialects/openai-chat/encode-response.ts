import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part, ToolCallPart } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext } from "../dialect.ts"
import { freeformInput } from "../freeform-tools.ts"
import { completionHead } from "../openai-completion-head.ts"
import { encodeUsage, sumUsage, type CompletionUsage } from "../openai-usage.ts"
import { annotationsOf } from "./annotations.ts"
import { chatExtra, type ChatExtra } from "./extra.ts"
import { finishReason, refusalText } from "./finish-reason.ts"
import type { ChatChoice, ChatCompletion, ChatFunctionCall, ChatImage, ChatToolCall } from "./wire.ts"

export function encodeResponse(response: ChatResponse, context: AnswerContext): ChatCompletion {
  return encodeChoices([response], context)
}

/** Several answers to one request. Each was a call of its own with the whole prompt, and so usage adds up. */
export function encodeChoices(responses: readonly ChatResponse[], context: AnswerContext): ChatCompletion {
  const extra = chatExtra(context.request)
  return {
    ...completionHead("chatcmpl-", "chat.completion", context),
    ...(extra.echoServiceTier ? { service_tier: "default" } : {}),
    choices: responses.map((response, index) => encodeChoice(response, index, extra)),
    usage: sumUsage(responses.map((response) => usageOf(response, context))),
  }
}

function encodeChoice(
  { parts, grounding, finishReason: reason }: ChatResponse,
  index: number,
  extra: ChatExtra,
): ChatChoice {
  const content = joined(parts, "text")
  const reasoning = joined(parts, "reasoning")
  const calls = parts.filter((part) => part.type === "tool-call")
  const images = parts
    .filter((part) => part.type === "media")
    .map(({ mediaType, data }, position) => encodeImage(mediaType, data, position))
  const annotations = grounding === undefined ? [] : annotationsOf(grounding, content.length)
  return {
    index,
    message: {
      role: "assistant",
      content: content === "" && calls.length > 0 ? null : content,
      refusal: refusalText(reason) ?? null,
      ...(reasoning === "" || extra.reasoningHidden ? {} : { reasoning_content: reasoning }),
      ...encodeCalls(calls, extra),
      ...(annotations.length === 0 ? {} : { annotations }),
      ...(images.length === 0 ? {} : { images }),
    },
    logprobs: null,
    finish_reason: finishReason(reason, extra.legacyFunctions),
  }
}

function usageOf({ parts, usage }: ChatResponse, context: AnswerContext): CompletionUsage {
  const calls = parts.filter((part) => part.type === "tool-call")
  const written = joined(parts, "text") + joined(parts, "reasoning") + calls.map(callText).join("")
  return encodeUsage(usage, {
    inputTokens: context.estimatedInputTokens,
    outputTokens: estimateTokens(written),
  })
}

/** As clients of image models know it; OpenAI's own answers have no images. */
export function encodeImage(mediaType: string, data: string, index: number): ChatImage {
  return { type: "image_url", image_url: { url: `data:${mediaType};base64,${data}` }, index }
}

/** The old form holds one call: the first. The model asks again for what it then still needs. */
function encodeCalls(
  calls: readonly ToolCallPart[],
  { legacyFunctions, freeformTools }: ChatExtra,
): { tool_calls?: readonly ChatToolCall[]; function_call?: ChatFunctionCall } {
  const [first] = calls
  if (first === undefined) return {}
  if (legacyFunctions) return { function_call: encodeFunction(first) }
  return {
    tool_calls: calls.map((call) => ({
      id: call.id,
      ...(freeformTools.has(call.name)
        ? { type: "custom", custom: { name: call.name, input: freeformInput(JSON.stringify(call.arguments)) } }
        : { type: "function", function: encodeFunction(call) }),
      ...callSignature(call.signature),
    })),
  }
}

function encodeFunction(call: ToolCallPart): ChatFunctionCall {
  return { name: call.name, arguments: JSON.stringify(call.arguments) }
}

function callText(call: ToolCallPart): string {
  return call.name + JSON.stringify(call.arguments)
}

function joined(parts: readonly Part[], type: "text" | "reasoning"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("")
}
