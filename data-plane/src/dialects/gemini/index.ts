/**
 * The Gemini `generateContent` wire, spoken by clients and to upstreams; an answer that goes from one to the other is relayed.
 * Nothing here knows an address, an account or an envelope: those belong to `upstreams/`. Everything is pure and synchronous.
 */
import type { ClientSide, UpstreamSide } from "../dialect.ts"
import { countTokens } from "./count-tokens.ts"
import { decodeRequest } from "./decode-request.ts"
import { decodeStream } from "./decode-stream.ts"
import { encodeError } from "./encode-error.ts"
import { encodeRequest } from "./encode-request.ts"
import { encodeResponse, reasoningShown } from "./encode-response.ts"
import { encodeStream } from "./encode-stream.ts"
import { readModelName } from "./model-name.ts"
import { encodeModel, encodeModelList } from "./models.ts"
import { isOwnEnd } from "./relay-event.ts"
import { relayResponse } from "./relay-response.ts"
import { relayStream } from "./relay-stream.ts"
import { serialise } from "./serialise.ts"

export const geminiUpstream: UpstreamSide = { encodeRequest, serialise, decodeStream }

export const geminiClient: ClientSide = {
  decodeRequest,
  encodeResponse,
  encodeStream,
  relay: { relayStream, relayResponse, isOwnEnd },
  reasoningShown,
  encodeError,
  encodeModelList,
  encodeModel,
  readModelName,
  countTokens,
}
