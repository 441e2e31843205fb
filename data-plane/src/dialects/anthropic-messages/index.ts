/**
 * Anthropic Messages, spoken by clients. `wire.ts` says what becomes of every request field; each other file is one direction of
 * one thing. Everything is pure and synchronous: ids, times and estimates are passed in.
 */
import type { ClientSide } from "../dialect.ts"
import { countTokens } from "./count-tokens.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeError } from "./encode-error.ts"
import { encodeLimits } from "./encode-limits.ts"
import { encodeResponse } from "./encode-response.ts"
import { encodeStream } from "./encode-stream.ts"
import { encodeModel, encodeModelList } from "./models.ts"
import { thoughtBlocks } from "./reasoning.ts"

export const anthropicMessagesClient: ClientSide = {
  decodeRequest,
  encodeResponse,
  encodeStream,
  toolCallIdPrefix: "toolu_",
  reasoningShown: (request) => thoughtBlocks(request) === "text",
  encodeError,
  encodeLimits,
  encodeModelList,
  encodeModel,
  countTokens,
}
