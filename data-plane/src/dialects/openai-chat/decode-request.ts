import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, ImageWish } from "../../canonical/request.ts"
import { createFindings } from "../content-blocks.ts"
import type { RequestHeaders } from "../dialect.ts"
import { droppedPaths, mergeDropped } from "../field-table.ts"
import { readImageResolution, readImageSize } from "../image-wish.ts"
import { readChoices, readConversation, readModelRequest, readSampling } from "../openai-request.ts"
import {
  invalid,
  isAbsent,
  isObject,
  readBoolean,
  readList,
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

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const { body, model } = readModelRequest(wire)
  refuseUnsupported(body)
  const findings = createFindings()
  const messages = readList(body, "messages", "a list with at least one message is required")
  const turns = decodeMessages(messages, findings)
  const tools = decodeTools(body, findings.dropped)
  const dropped = mergeDropped(droppedPaths(body, CHAT_TREE).filter(isLoss(body)), findings.dropped)
  if (turns.turns.length === 0 && turns.system.length === 0) throw nothingLeft(dropped)
  const reasoning = decodeReasoning(body)
  const conversation = readConversation(body, headers, ["prompt_cache_key", "user"])
  const choices = readChoices(body)
  const image = decodeImageWish(body["image_config"])
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: turns.system,
    turns: turns.turns,
    sampling: readSampling(body, ["max_completion_tokens", "max_tokens"]),
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
