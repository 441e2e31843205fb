import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, Sampling } from "../../canonical/request.ts"
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
  readNumber,
  readString,
  readStrings,
  type WireObject,
} from "../read-wire.ts"
import type { CompletionsExtra } from "./extra.ts"
import { COMPLETIONS_TREE } from "./wire.ts"

/** Session headers of agents that speak OpenAI's wires, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-session-id", "x-session-affinity", "session-id"] as const

/** Of one request; each is a call of its own upstream. */
const MAX_CHOICES = 10

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const body = readBody(wire)
  const model = readString(body, "model")
  if (model === undefined || model === "") throw invalid("model", "name the model to ask")
  refuseUnsupported(body)
  const prompt = readPrompt(body["prompt"])
  const choices = decodeChoices(body)
  const conversation = decodeConversation(body, headers)
  const extra: CompletionsExtra = {
    includeUsage: asksForUsage(body),
    echo: readBoolean(body, "echo") === true ? prompt : "",
  }
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: [],
    turns: [{ role: "user", parts: [{ type: "text", text: prompt }] }],
    sampling: decodeSampling(body),
    ...(choices === undefined ? {} : { choices }),
    ...(conversation === undefined ? {} : { conversation }),
    extra: { "openai-completions": { ...extra } },
  }
  return { value, dropped: droppedPaths(body, COMPLETIONS_TREE) }
}

function readPrompt(prompt: unknown): string {
  const [first, ...more] = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt] // elements are read below
  if (typeof first === "number" || Array.isArray(first)) {
    throw invalid("prompt", "token ids mean nothing to the models here; send the text")
  }
  if (more.length > 0) throw unsupported("prompt", "one prompt a request; send the others in requests of their own")
  if (typeof first !== "string" || first === "") throw invalid("prompt", "a text is required")
  return first
}

function refuseUnsupported(body: WireObject): void {
  const suffix = readString(body, "suffix")
  if (suffix !== undefined && suffix !== "") {
    throw unsupported("suffix", "no model here fills in the middle; say in the prompt what comes after")
  }
}

/** Undefined for one. */
function decodeChoices(body: WireObject): number | undefined {
  const choices = readInteger(body, "n", 1)
  if (choices !== undefined && choices > MAX_CHOICES) throw invalid("n", `must be at most ${MAX_CHOICES}`)
  return choices === 1 ? undefined : choices
}

function unsupported(param: string, sentence: string): GatewayError {
  return new GatewayError("unsupported_parameter", `${param}: ${sentence}.`, { param })
}

function decodeSampling(body: WireObject): Sampling {
  const maxOutputTokens = readInteger(body, "max_tokens", 1)
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
  const user = readString(body, "user")
  return user === "" ? undefined : user
}

function asksForUsage({ stream_options: options }: WireObject): boolean {
  if (!isAbsent(options) && !isObject(options)) throw invalid("stream_options", "must be an object")
  return isObject(options) && options["include_usage"] === true
}
