/**
 * OpenAI Chat Completions, spoken by clients. `wire.ts` says what becomes of every request field; each other file is one direction
 * of one thing. Everything is pure and synchronous: ids, times and estimates are passed in.
 */
import type { ClientSide } from "../dialect.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeError } from "../openai-error.ts"
import { encodeChoices, encodeResponse } from "./encode-response.ts"
import { encodeChoicesStream, encodeStream } from "./encode-stream.ts"
import { chatExtra } from "./extra.ts"
import { encodeLimits } from "../openai-limits.ts"
import { encodeModel, encodeModelList } from "../openai-models.ts"

export const openaiChatClient: ClientSide = {
  decodeRequest,
  encodeResponse,
  encodeStream,
  choices: { mayBeFewer: false, encodeResponse: encodeChoices, encodeStream: encodeChoicesStream },
  toolCallIdPrefix: "call_",
  reasoningShown: (request) => !chatExtra(request).reasoningHidden,
  encodeError,
  encodeLimits,
  encodeModelList,
  encodeModel,
}
