import { estimateTokens } from "#shared/token-estimate.ts"
import type { Part, ToolCallPart } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import { callSignature } from "../call-signature.ts"
import type { AnswerContext } from "../dialect.ts"
import { freeformInput } from "../freeform-tools.ts"
import { annotationsOf } from "./annotations.ts"
import { chatExtra, type ChatExtra } from "./extra.ts"
import { finishReason, refusalText } from "./finish-reason.ts"
import { encodeUsage } from "./usage.ts"
import type { ChatCompletion, ChatFunctionCall, ChatImage, ChatToolCall } from "./wire.ts"

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
  const calls = response.parts.filter((part) => part.type === "tool-call")
  const images = response.parts
    .filter((part) => part.type === "media")
    .map(({ mediaType, data }, index) => encodeImage(mediaType, data, index))
  const annotations = response.grounding === undefined ? [] : annotationsOf(response.grounding)
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
          content: content === "" && calls.length > 0 ? null : content,
          refusal: refusalText(response.finishReason) ?? null,
          ...(reasoning === "" || extra.reasoningHidden ? {} : { reasoning_content: reasoning }),
          ...encodeCalls(calls, extra),
          ...(annotations.length === 0 ? {} : { annotations }),
          ...(images.length === 0 ? {} : { images }),
        },
        logprobs: null,
        finish_reason: finishReason(response.finishReason, extra.legacyFunctions),
      },
    ],
    usage: encodeUsage(response.usage, {
      inputTokens: context.estimatedInputTokens,
      outputTokens: estimateTokens(content + reasoning + calls.map(callText).join("")),
    }),
  }
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
      ...(freeformTools.includes(call.name)
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
