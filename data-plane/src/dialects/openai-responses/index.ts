/**
 * OpenAI Responses, spoken by clients. `wire.ts` says what becomes of every request field; each other file is one direction of one
 * thing. Nothing is stored between two requests. Everything is pure and synchronous: ids, times and estimates are passed in.
 */
import type { ClientSide } from "../dialect.ts"
import { encodeLimits } from "../openai-limits.ts"
import { encodeModel, encodeModelList } from "../openai-models.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeError } from "./encode-error.ts"
import { encodeResponse } from "./encode-response.ts"
import { encodeStream } from "./encode-stream.ts"
import { responsesExtra } from "./extra.ts"

export const openaiResponsesClient: ClientSide = {
  decodeRequest,
  encodeResponse,
  encodeStream,
  toolCallIdPrefix: "call_",
  reasoningShown: (request) => request.reasoning?.show === true && responsesExtra(request).compaction === undefined,
  encodeError,
  encodeLimits,
  encodeModelList,
  encodeModel,
}
