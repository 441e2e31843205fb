import { estimateTokens } from "#shared/token-estimate.ts"
import { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { MediaPart } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { imagesExtra } from "./extra.ts"
import type { ImageData, ImagesResponse, ImagesUsage } from "./wire.ts"

/** What upstreams count for an image of the usual size, where they do not say. */
const TOKENS_PER_IMAGE = 1290

export function encodeResponse(response: ChatResponse, context: AnswerContext): ImagesResponse {
  return encodeChoices([response], context)
}

/** All images that came. Throws the first answer's reason when none did. */
export function encodeChoices(responses: readonly ChatResponse[], context: AnswerContext): ImagesResponse {
  const images = responses.flatMap(imagesOf)
  const [first] = images
  if (first === undefined) throw noImage(responses[0])
  return {
    created: context.createdAt,
    data: images.map((image) => encodeImage(image, context)),
    output_format: formatOf(first.mediaType),
    usage: responses.map((response) => usageOf(response, context)).reduce(sumUsage),
  }
}

export function imagesOf({ parts }: Pick<ChatResponse, "parts">): readonly MediaPart[] {
  return parts.filter((part) => part.type === "media")
}

/** Nothing is stored here, so an address holds the image itself. */
export function encodeImage({ mediaType, data }: MediaPart, context: AnswerContext): ImageData {
  return imagesExtra(context.request).asUrl ? { url: `data:${mediaType};base64,${data}` } : { b64_json: data }
}

export function formatOf(mediaType: string): string {
  return mediaType.slice("image/".length)
}

/** The upstream's own words where it said any: a refusal, or a text in the image's place. */
export function noImage(response: Pick<ChatResponse, "parts" | "finishReason"> | undefined): GatewayError {
  if (response?.finishReason.unified === "refusal") return refused(response.finishReason)
  const text = (response?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("")
  return new GatewayError("image_generation_failed", text.trim() || "The model answered without an image.")
}

function refused({ raw, message }: FinishReason): GatewayError {
  const why = raw === undefined ? "" : ` (${raw})`
  return new GatewayError("content_policy_violation", message ?? `The upstream's safety rules refused the image${why}.`)
}

export function usageOf({ parts, usage }: Pick<ChatResponse, "parts" | "usage">, context: AnswerContext): ImagesUsage {
  const written = parts.map((part) => (part.type === "text" ? part.text : "")).join("")
  const input = usage.inputTokens ?? context.estimatedInputTokens
  const output = usage.outputTokens ?? estimateTokens(written) + imagesOf({ parts }).length * TOKENS_PER_IMAGE
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    // The upstream does not tell them apart.
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
  }
}

function sumUsage(one: ImagesUsage, other: ImagesUsage): ImagesUsage {
  const input = one.input_tokens + other.input_tokens
  const output = one.output_tokens + other.output_tokens
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { text_tokens: input, image_tokens: 0 },
  }
}
