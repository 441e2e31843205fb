import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded, Sampling } from "../../canonical/request.ts"
import type { Part } from "../../canonical/part.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import {
  createFindings,
  decodeDocument,
  decodeImage,
  decodeSearchResult,
  decodeText,
  decodeToolResult,
  decodeToolUse,
  type Findings,
} from "../content-blocks.ts"
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
import { readMarkdownImage } from "../markdown-image.ts"
import { decodeTools } from "./decode-tools.ts"
import { decodeReasoning, decodeThought, decodeThoughtBlocks } from "./reasoning.ts"
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
  const turns = new TurnList()
  const findings = createFindings()
  decodeSystem(body["system"], turns, findings)
  decodeMessages(messages, turns, findings)
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

function decodeSystem(system: unknown, turns: TurnList, findings: Findings): void {
  for (const [, part] of decodeContent(system, "system", findings))
    if (part.type === "text") turns.addSystem([part.text])
}

function decodeMessages(messages: readonly unknown[], turns: TurnList, findings: Findings): void {
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) throw invalid(path, "must be an object with a role")
    const { role } = message
    if (role !== "user" && role !== "assistant" && role !== "system") {
      throw invalid(`${path}.role`, "must be user or assistant")
    }
    const parts = decodeContent(message["content"], `${path}.content`, findings).map(([, part]) => part)
    if (role === "assistant") turns.addTurn(role, parts.map(withImage))
    else if (role === "system") turns.addSystem(parts.flatMap((part) => (part.type === "text" ? [part.text] : [])))
    else turns.addTurn(role, parts)
  }
}

/** An image that an answer of ours held as text. */
function withImage(part: Part): Part {
  return (part.type === "text" ? readMarkdownImage(part.text) : undefined) ?? part
}

/** Paths and parts of a string or a list of blocks; kinds that are not carried are listed as dropped by the field table. */
function decodeContent(content: unknown, path: string, findings: Findings): (readonly [path: string, part: Part])[] {
  if (content === undefined || content === null) return []
  if (typeof content === "string") return [[path, { type: "text", text: content }]]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  return content.flatMap((block: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(block)) throw invalid(at, "must be an object with a type")
    return decodeBlock(block, at, findings).map((part) => [at, part] as const)
  })
}

function decodeBlock(block: WireObject, path: string, findings: Findings): readonly Part[] {
  switch (block["type"]) {
    case "image":
      return [decodeImage(block, path)]
    case "document":
      return decodeDocument(block, path)
    default: {
      const part = decodeSmallBlock(block, path, findings)
      return part === undefined ? [] : [part]
    }
  }
}

/** Blocks that are one part, or none. */
function decodeSmallBlock(block: WireObject, path: string, findings: Findings): Part | undefined {
  switch (block["type"]) {
    case "text":
      return decodeText(block["text"], `${path}.text`)
    case "search_result":
      return decodeSearchResult(block, path)
    case "thinking":
    case "redacted_thinking":
      return decodeThought(block, path)
    case "tool_use":
      return decodeToolUse(block, path)
    case "tool_result":
      return decodeToolResult(block, path, findings)
    default:
      return undefined
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
