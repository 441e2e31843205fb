/**
 * Some agents send a Responses body to the path of Chat Completions and wait for a chat's answer. It is read as what it is and
 * answered as what was asked for. Beside the dialects, because it is the one place that needs two of them.
 */
import type { ChatRequest, Decoded } from "../canonical/request.ts"
import type { CallAddress, ClientSide, RequestHeaders } from "./dialect.ts"
import { openaiChatClient } from "./openai-chat/index.ts"
import { openaiResponsesClient } from "./openai-responses/index.ts"
import { isAbsent, isObject, readBody } from "./read-wire.ts"

export const openaiChatWithInput: ClientSide = { ...openaiChatClient, decodeRequest }

function decodeRequest(wire: unknown, headers: RequestHeaders, address?: CallAddress): Decoded<ChatRequest> {
  const body = readBody(wire)
  if (isAbsent(body["input"]) || !isAbsent(body["messages"])) {
    return openaiChatClient.decodeRequest(wire, headers, address)
  }
  const { value, dropped } = openaiResponsesClient.decodeRequest(wire, headers, address)
  return { value: { ...value, extra: { "openai-chat": { ...answerExtra(wire, headers) } } }, dropped }
}

/** What a chat's answer needs to know, from the fields that both wires have. */
function answerExtra(wire: unknown, headers: RequestHeaders): ChatRequest["extra"]["openai-chat"] {
  const { model, tools, stream_options: options, service_tier: tier } = readBody(wire)
  const said = { model: model ?? "-", messages: [{ role: "user", content: "-" }], tools, stream_options: options }
  const { value } = openaiChatClient.decodeRequest({ ...said, service_tier: tier }, headers)
  return isObject(value.extra["openai-chat"]) ? value.extra["openai-chat"] : {}
}
