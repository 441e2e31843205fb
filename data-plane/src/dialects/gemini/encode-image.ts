/** What image models take of a request: the conversation, and how the image is to look. */
import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, ImageWish } from "../../canonical/request.ts"
import type { GeminiImageConfig } from "./wire.ts"

/**
 * The request without what an image model refuses; `dropped` gets what it had of that. System text alone stays: it is then what
 * there is to draw.
 */
export function forImageModel(request: ChatRequest, dropped: string[]): ChatRequest {
  const { tools = [], toolChoice: _toolChoice, responseFormat, webSearch, system, ...rest } = request
  if (tools.length > 0) dropped.push("tools")
  if (responseFormat !== undefined) dropped.push("responseFormat")
  if (webSearch !== undefined) dropped.push("webSearch")
  const isAlone = rest.turns.length === 0
  if (system.length > 0 && !isAlone) dropped.push("system")
  return { ...rest, system: isAlone ? system : [] }
}

/** Before an upstream call, whose answer could only be words. */
export function refuseWithoutImage({ image }: ChatRequest, modelId: string): void {
  if (image?.isRequired !== true) return
  const message = `model: ${modelId} does not draw; name an image model, or none.`
  throw new GatewayError("invalid_request", message, { param: "model" })
}

/** Undefined: the model's own shape and size. */
export function encodeImageConfig(image: ImageWish | undefined): GeminiImageConfig | undefined {
  if (image?.aspectRatio === undefined && image?.size === undefined) return undefined
  const { aspectRatio, size } = image
  return {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(size === undefined ? {} : { imageSize: size }),
  }
}
