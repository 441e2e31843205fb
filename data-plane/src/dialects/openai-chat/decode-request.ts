import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, Sampling } from "../../canonical/request.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import type { RequestHeaders } from "../dialect.ts"
import { droppedPaths } from "../field-table.ts"
import {
  headerValue,
  invalid,
  isAbsent,
  isObject,
  readBody,
  readBoolean,
  readInteger,
  readList,
  readNumber,
  readString,
  readStrings,
  type WireObject,
} from "../read-wire.ts"
import type { ChatExtra } from "./extra.ts"
import { CHAT_TREE } from "./wire.ts"

/** Session headers of agents that speak this dialect, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-session-id", "x-session-affinity", "session-id"] as const

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const body = readBody(wire)
  const model = readString(body, "model")
  if (model === undefined || model === "") throw invalid("model", "name the model to ask")
  refuseUnsupported(body)
  const turns = decodeMessages(readList(body, "messages", "a list with at least one message is required"))
  const dropped = droppedPaths(body, CHAT_TREE)
  if (turns.turns.length === 0 && turns.system.length === 0) throw nothingLeft(dropped)
  const conversation = decodeConversation(body, headers)
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: turns.system,
    turns: turns.turns,
    sampling: decodeSampling(body),
    ...(conversation === undefined ? {} : { conversation }),
    extra: { "openai-chat": { ...decodeExtra(body) } },
  }
  return { value, dropped: [...dropped, ...turns.added] }
}

function refuseUnsupported(body: WireObject): void {
  const choices = readInteger(body, "n", 1)
  if (choices !== undefined && choices > 1) {
    throw new GatewayError(
      "unsupported_parameter",
      "n: this gateway answers with one choice; send the request again for more.",
      {
        param: "n",
      },
    )
  }
  if (readStrings(body, "modalities")?.includes("audio") === true) {
    throw new GatewayError("unsupported_parameter", "modalities: audio output is not available through this gateway.", {
      param: "modalities",
    })
  }
}

function decodeMessages(messages: readonly unknown[]): TurnList {
  const turns = new TurnList()
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) throw invalid(path, "must be an object with a role")
    switch (message["role"]) {
      case "system":
      case "developer":
        turns.addSystem(decodeContent(message["content"], path))
        break
      case "user":
        turns.addTurn("user", decodeContent(message["content"], path))
        break
      case "assistant":
        turns.addTurn("assistant", decodeAssistant(message, path))
        break
      case "tool":
      case "function":
        turns.addTurn("user", [])
        break
      default:
        throw invalid(`${path}.role`, "must be system, developer, user, assistant or tool")
    }
  }
  return turns
}

function decodeAssistant(message: WireObject, path: string): readonly string[] {
  const content = decodeContent(message["content"], path)
  const { refusal } = message
  return content.length === 0 && typeof refusal === "string" ? [refusal] : content
}

/** The texts of a message; parts of other kinds are listed as dropped by the field table. */
function decodeContent(content: unknown, path: string): readonly string[] {
  if (content === undefined || content === null) return []
  if (typeof content === "string") return [content]
  if (!Array.isArray(content)) throw invalid(`${path}.content`, "must be a string or a list of parts")
  const texts: string[] = []
  for (const [index, part] of content.entries()) {
    if (!isObject(part)) throw invalid(`${path}.content[${index}]`, "must be an object with a type")
    const key = part["type"] === "text" ? "text" : part["type"] === "refusal" ? "refusal" : undefined
    if (key === undefined) continue
    const text = part[key]
    if (typeof text === "string") texts.push(text)
    else if (text !== undefined && text !== null) throw invalid(`${path}.content[${index}].${key}`, "must be a string")
  }
  return texts
}

function decodeSampling(body: WireObject): Sampling {
  const maxOutputTokens = readInteger(body, "max_completion_tokens", 1) ?? readInteger(body, "max_tokens", 1)
  const temperature = readNumber(body, "temperature")
  const topP = readNumber(body, "top_p")
  const topK = readInteger(body, "top_k")
  const seed = readInteger(body, "seed")
  const stop = readStrings(body, "stop")?.filter((sequence) => sequence !== "")
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || topK <= 0 ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  }
}

function decodeConversation(body: WireObject, headers: RequestHeaders): string | undefined {
  for (const name of CONVERSATION_HEADERS) {
    const value = headerValue(headers, name)
    if (value !== undefined) return value
  }
  const named = readString(body, "prompt_cache_key") ?? readString(body, "user")
  return named === "" ? undefined : named
}

function decodeExtra(body: WireObject): ChatExtra {
  const options = body["stream_options"]
  const { reasoning, thinking } = body
  return {
    includeUsage: isObject(options) && options["include_usage"] === true,
    reasoningHidden:
      body["reasoning_effort"] === "none" ||
      (isObject(reasoning) && (reasoning["exclude"] === true || reasoning["enabled"] === false)) ||
      (isObject(thinking) && thinking["type"] === "disabled"),
    echoServiceTier: !isAbsent(body["service_tier"]),
  }
}

function nothingLeft(dropped: readonly string[]): GatewayError {
  const lost = dropped.filter((path) => path.startsWith("messages"))
  const why = lost.length === 0 ? "" : ` What they hold is not carried yet: ${lost.slice(0, 5).join(", ")}.`
  return invalid("messages", `no message holds text that can be sent.${why}`)
}
