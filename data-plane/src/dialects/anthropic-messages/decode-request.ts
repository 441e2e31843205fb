import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, Sampling } from "../../canonical/request.ts"
import { createFindings } from "../content-blocks.ts"
import type { RequestHeaders } from "../dialect.ts"
import { droppedPaths, mergeDropped } from "../field-table.ts"
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
import { decodeTools } from "./decode-tools.ts"
import { decodeReasoning, decodeThoughtBlocks } from "./reasoning.ts"
import { MESSAGES_TREE } from "./wire.ts"

/** Session headers of agents that speak this dialect, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-claude-code-session-id", "x-session-id", "x-session-affinity"] as const

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const body = readBody(wire)
  const model = readString(body, "model")
  if (model === undefined || model === "") throw invalid("model", "Field required")
  refuseThreads(body)
  const messages = readList(body, "messages", "at least one message is required")
  const sampling = decodeSampling(body)
  const findings = createFindings()
  const turns = decodeMessages(body["system"], messages, findings)
  const tools = decodeTools(body, findings)
  const dropped = mergeDropped(droppedPaths(body, MESSAGES_TREE).filter(isLoss(body)), findings.dropped)
  if (turns.turns.length === 0 && turns.system.length === 0) throw nothingLeft(dropped)
  const reasoning = decodeReasoning(body)
  const conversation = decodeConversation(body, headers)
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: turns.system,
    turns: turns.turns,
    sampling,
    ...tools,
    ...decodeAnswerWish(body, tools.tools !== undefined),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(conversation === undefined ? {} : { conversation }),
    extra: { "anthropic-messages": { thoughtBlocks: decodeThoughtBlocks(body) } },
  }
  return { value, dropped: [...dropped, ...turns.added] }
}

/** Calls side by side are what the upstream does anyway; only the wish for none is lost. */
function isLoss(body: WireObject): (path: string) => boolean {
  const choice = body["tool_choice"]
  const isFalse = isObject(choice) && choice["disable_parallel_tool_use"] === false
  return (path) => !isFalse || path !== "tool_choice.disable_parallel_tool_use"
}

/** The SDK sends the whole history after this answer; `encode-error.ts` gives it the code it waits for. */
function refuseThreads(body: WireObject): void {
  for (const param of ["thread", "previous_message_id"]) {
    if (isAbsent(body[param])) continue
    throw new GatewayError(
      "unsupported_parameter",
      `${param}: message threads are not kept here; send the whole history.`,
      {
        param,
      },
    )
  }
}

function decodeSampling(body: WireObject): Sampling {
  const maxOutputTokens = readInteger(body, "max_tokens", 1)
  if (maxOutputTokens === undefined) throw invalid("max_tokens", "Field required")
  const temperature = readNumber(body, "temperature")
  const topP = readNumber(body, "top_p")
  const topK = readInteger(body, "top_k")
  const stop = readStrings(body, "stop_sequences")?.filter((sequence) => sequence !== "")
  return {
    maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || topK <= 0 ? {} : { topK }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  }
}

function decodeConversation(body: WireObject, headers: RequestHeaders): string | undefined {
  for (const name of CONVERSATION_HEADERS) {
    const value = headerValue(headers, name)
    if (value !== undefined) return value
  }
  const { metadata } = body
  const userId = isObject(metadata) ? metadata["user_id"] : undefined
  return typeof userId === "string" && userId !== "" ? sessionOf(userId) : undefined
}

/** Claude Code writes a JSON text with `session_id`, older versions `user_…_session_<id>`; both name one session alike. */
function sessionOf(userId: string): string {
  if (userId.startsWith("{")) {
    const session = /"session_id"\s*:\s*"([^"\\]+)"/.exec(userId)?.[1]
    if (session !== undefined) return session
  }
  const mark = userId.lastIndexOf("_session_")
  const session = mark < 0 ? "" : userId.slice(mark + "_session_".length)
  return session === "" ? userId : session
}

function nothingLeft(dropped: readonly string[]): GatewayError {
  const lost = dropped.filter((path) => path.startsWith("messages"))
  const why = lost.length === 0 ? "" : ` What they hold is not carried yet: ${lost.slice(0, 5).join(", ")}.`
  return invalid("messages", `no message holds anything that can be sent.${why}`)
}
