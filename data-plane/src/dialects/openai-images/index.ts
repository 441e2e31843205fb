/**
 * OpenAI Images (generations and edits), spoken by clients: a prompt, and images as the answer. `wire.ts` says what becomes of every
 * request field. Everything is pure and synchronous: ids, times and estimates are passed in.
 */
import type { ClientSide } from "../dialect.ts"
import { encodeError } from "../openai-error.ts"
import { encodeLimits } from "../openai-limits.ts"
import { encodeModel, encodeModelList } from "../openai-models.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeChoices, encodeResponse } from "./encode-response.ts"
import { encodeChoicesStream, encodeStream } from "./encode-stream.ts"

export const openaiImagesClient: ClientSide = {
  decodeRequest,
  takesForms: true,
  encodeResponse,
  encodeStream,
  // An image that came is not thrown away because another did not.
  choices: { mayBeFewer: true, encodeResponse: encodeChoices, encodeStream: encodeChoicesStream },
  toolCallIdPrefix: "call_",
  // The wire has no place for them.
  reasoningShown: () => false,
  encodeError,
  encodeLimits,
  encodeModelList,
  encodeModel,
}
