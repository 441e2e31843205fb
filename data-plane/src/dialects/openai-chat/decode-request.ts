import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, ImageWish, Sampling } from "../../canonical/request.ts"
import { createFindings } from "../content-blocks.ts"
import type { RequestHeaders } from "../dialect.ts"
import { droppedPaths, mergeDropped } from "../field-table.ts"
import { readImageResolution, readImageSize } from "../image-wish.ts"
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
import { decodeAnswerWish } from "./decode-answer-wish.ts"
import { decodeMessages } from "./decode-messages.ts"
import { decodeTools, freeformNames, usesLegacyFunctions } from "./decode-tools.ts"
import type { ChatExtra } from "./extra.ts"
import { decodeReasoning, isReasoningHidden } from "./reasoning.ts"
import { CHAT_TREE } from "./wire.ts"

/** Session headers of agents that speak this dialect, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-session-id", "x-session-affinity", "session-id"] as const

/** Of one request; each is a call of its own upstream. */
const MAX_CHOICES = 10

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const body = readBody(wire)
  const model = readString(body, "model")
  if (model === undefined || model === "") throw invalid("model", "name the model to ask")
  refuseUnsupported(body)
  const findings = createFindings()
  const messages = readList(body, "messages", "a list with at least one message is required")
  const turns = decodeMessages(messages, findings)
  const tools = decodeTools(body, findings.dropped)
  const dropped = mergeDropped(droppedPaths(body, CHAT_TREE).filter(isLoss(body)), findings.dropped)
  if (turns.turns.length === 0 && turns.system.length === 0) throw nothingLeft(dropped)
  const reasoning = decodeReasoning(body)
  const conversation = decodeConversation(body, headers)
  const choices = decodeChoices(body)
  const image = decodeImageWish(body["image_config"])
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: turns.system,
    turns: turns.turns,
    sampling: decodeSampling(body),
    ...tools,
    ...decodeAnswerWish(body),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(image === undefined ? {} : { image }),
    ...(choices === undefined ? {} : { choices }),
    ...(conversation === undefined ? {} : { conversation }),
    extra: { "openai-chat": { ...decodeExtra(body) } },
  }
  return { value, dropped: [...dropped, ...turns.added] }
}

/** Calls side by side are what the upstream does anyway; only the wish for none is lost. */
function isLoss(body: WireObject): (path: string) => boolean {
  return (path) => path !== "parallel_tool_calls" || body["parallel_tool_calls"] !== true
}

function refuseUnsupported(body: WireObject): void {
  if (readStrings(body, "modalities")?.includes("audio") === true) {
    throw new GatewayError("unsupported_parameter", "modalities: audio output is not available through this gateway.", {
      param: "modalities",
    })
  }
}

/** Undefined for one. */
function decodeChoices(body: WireObject): number | undefined {
  const choices = readInteger(body, "n", 1)
  if (choices !== undefined && choices > MAX_CHOICES) throw invalid("n", `must be at most ${MAX_CHOICES}`)
  return choices === 1 ? undefined : choices
}

function decodeImageWish(wire: unknown): ImageWish | undefined {
  if (isAbsent(wire)) return undefined
  if (!isObject(wire)) throw invalid("image_config", "must be an object")
  const ratio = readString(wire, "aspect_ratio")
  const resolution = readString(wire, "image_size")
  const shape = ratio === undefined ? {} : readImageSize(ratio)
  if (shape === undefined) throw invalid("image_config.aspect_ratio", "must be a ratio such as 16:9")
  const size = resolution === undefined ? undefined : readImageResolution(resolution)
  if (resolution !== undefined && size === undefined) throw invalid("image_config.image_size", "must be 1K, 2K or 4K")
  return { ...shape, ...(size === undefined ? {} : { size }) }
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
  return {
    includeUsage: isObject(options) && options["include_usage"] === true,
    reasoningHidden: isReasoningHidden(body),
    echoServiceTier: !isAbsent(body["service_tier"]),
    legacyFunctions: usesLegacyFunctions(body),
    freeformTools: freeformNames(body),
  }
}

function nothingLeft(dropped: readonly string[]): GatewayError {
  const lost = dropped.filter((path) => path.startsWith("messages"))
  const why = lost.length === 0 ? "" : ` What they hold is not carried yet: ${lost.slice(0, 5).join(", ")}.`
  return invalid("messages", `no message holds anything that can be sent.${why}`)
}
