import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext } from "../dialect.ts"
import { encodeCompaction } from "./compaction.ts"
import { responsesExtra } from "./extra.ts"
import { ResponsesOutput } from "./output.ts"
import type { CompactedResponse, ResponseObject } from "./wire.ts"

/** The response that a stream of the same parts ends with. */
export function encodeResponse(response: ChatResponse, context: AnswerContext): ResponseObject | CompactedResponse {
  if (responsesExtra(context.request).compaction?.form === "whole") return encodeCompaction(response, context)
  const ended: ResponseObject[] = []
  const listener = { event() {}, delta() {}, end: (_type: string, whole: ResponseObject) => void ended.push(whole) }
  const output = new ResponsesOutput(listener, context)
  for (const part of partsOf(response)) output.part(part)
  const [whole] = ended
  if (whole === undefined) throw output.missing ?? new Error("an answer without its end")
  return whole
}

/** As a stream would have brought it, with the sources before the text. */
function* partsOf({ parts, grounding, usage, finishReason }: ChatResponse): Iterable<StreamPart> {
  yield { type: "usage", usage }
  if (grounding !== undefined) yield { type: "grounding", grounding }
  for (const [block, part] of parts.entries()) yield* blockOf(part, block)
  yield { type: "response-end", finishReason }
}

function* blockOf(part: Part, block: number): Iterable<StreamPart> {
  switch (part.type) {
    case "text":
      yield { type: "text-start", block }
      yield { type: "text-delta", block, text: part.text }
      yield { type: "text-end", block }
      return
    case "reasoning":
      yield { type: "reasoning-start", block }
      if (part.text !== "") yield { type: "reasoning-delta", block, text: part.text }
      yield { type: "reasoning-end", block, ...signed(part.signature) }
      return
    case "tool-call":
      yield { type: "tool-input-start", block, id: part.id, name: part.name }
      yield { type: "tool-input-delta", block, json: JSON.stringify(part.arguments) }
      yield { type: "tool-input-end", block, ...signed(part.signature) }
      return
    case "media":
      yield { type: "media", block, mediaType: part.mediaType, data: part.data }
      return
    default:
      // No model answers with these.
      return
  }
}

function signed(signature: string | undefined): { signature?: string } {
  return signature === undefined ? {} : { signature }
}
