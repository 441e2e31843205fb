/** Chat messages to turns: texts, media, calls and results, in OpenAI's own shapes and in Anthropic's blocks. */
import type { Part, ToolCallPart, ToolResultPart } from "../../canonical/part.ts"
import { readArguments, toArguments } from "../../canonical/tool-arguments.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import {
  decodeDocument,
  decodeImage,
  decodeSearchResult,
  decodeText,
  decodeThinking,
  decodeToolResult,
  decodeToolUse,
  type ContentPart,
  type Findings,
} from "../content-blocks.ts"
import { freeformCall } from "../freeform-tools.ts"
import { readCallSignature } from "../call-signature.ts"
import { idOf, invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import { decodeImages, decodeMedia } from "./decode-media.ts"
import { decodeThought } from "./reasoning.ts"

export function decodeMessages(messages: readonly unknown[], findings: Findings): TurnList {
  const turns = new TurnList()
  /** Ids given to calls of the old form, which have none, by the function's name. */
  const legacyIds = new Map<string, string>()
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) throw invalid(path, "must be an object with a role")
    switch (message["role"]) {
      case "system":
      case "developer":
        turns.addSystem(decodeSystem(message["content"], path, findings))
        break
      case "user":
        turns.addTurn("user", [
          ...decodeContent(message["content"], path, findings),
          ...decodeImages(message["images"], `${path}.images`),
        ])
        break
      case "assistant":
        turns.addTurn("assistant", decodeAssistant(message, path, findings, legacyIds))
        break
      case "tool":
        turns.addTurn("user", [decodeToolMessage(message, message["tool_call_id"], path, findings)])
        break
      case "function":
        turns.addTurn("user", [decodeToolMessage(message, legacyIds.get(String(message["name"])), path, findings)])
        break
      default:
        throw invalid(`${path}.role`, "must be system, developer, user, assistant or tool")
    }
  }
  return turns
}

function decodeAssistant(
  message: WireObject,
  path: string,
  findings: Findings,
  legacyIds: Map<string, string>,
): readonly Part[] {
  const { refusal, function_call: legacyCall } = message
  const content = decodeContent(message["content"], path, findings)
  // Some agents write a call twice, as a block and here.
  const known = new Set(content.flatMap((part) => (part.type === "tool-call" && part.id !== "" ? [part.id] : [])))
  const parts: Part[] = [
    ...content,
    ...(typeof refusal === "string" ? [{ type: "text", text: refusal } as const] : []),
    ...decodeImages(message["images"], `${path}.images`),
    ...decodeToolCalls(message["tool_calls"], path).filter(({ id }) => !known.has(id)),
  ]
  if (isObject(legacyCall)) {
    const call = decodeFunction(legacyCall, `call_${path.replaceAll(/\D/g, "")}`, `${path}.function_call`)
    legacyIds.set(call.name, call.id)
    parts.push(call)
  }
  const thought = decodeThought(message)
  return thought === undefined ? parts : [thought, ...parts]
}

function decodeToolCalls(calls: unknown, path: string): readonly ToolCallPart[] {
  if (isAbsent(calls)) return []
  if (!Array.isArray(calls)) throw invalid(`${path}.tool_calls`, "must be a list of calls")
  return calls.map((call: unknown, index) => {
    const at = `${path}.tool_calls[${index}]`
    if (!isObject(call)) throw invalid(at, "must be an object with a function")
    const id = idOf(call["id"])
    const signature = readCallSignature(call)
    if (isObject(call["function"])) return { ...decodeFunction(call["function"], id, `${at}.function`), ...signature }
    if (isObject(call["custom"])) return { ...decodeCustom(call["custom"], id, `${at}.custom`), ...signature }
    throw invalid(`${at}.function`, "must be an object with a name and arguments")
  })
}

function decodeFunction(wire: WireObject, id: string, path: string): ToolCallPart {
  const { name, arguments: args } = wire
  if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the function")
  const read = typeof args === "string" ? readArguments(args) : toArguments(args)
  return { type: "tool-call", id, name, arguments: read }
}

function decodeCustom(wire: WireObject, id: string, path: string): ToolCallPart {
  const { name, input } = wire
  if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the tool")
  return freeformCall(id, name, input)
}

function decodeToolMessage(message: WireObject, callId: unknown, path: string, findings: Findings): ToolResultPart {
  const { name } = message
  const content: ContentPart[] = []
  let isError = false
  for (const { wire, path: at } of wiresOf(message["content"], path)) {
    for (const part of decodePart(wire, at, findings)) {
      // Some agents put Anthropic's block of the same result in here.
      if (part.type === "tool-result") {
        content.push(...part.content)
        isError ||= part.isError
      } else if (isResultContent(part)) content.push(part)
      else findings.dropped.push(at)
    }
  }
  return {
    type: "tool-result",
    callId: idOf(callId),
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    content,
    isError,
  }
}

function isResultContent(part: Part): part is ContentPart {
  return part.type === "media" || part.type === "remote-media" || part.type === "text"
}

/** Texts only; a part that holds anything else is recorded. */
function decodeSystem(content: unknown, path: string, findings: Findings): readonly string[] {
  return wiresOf(content, path).flatMap(({ wire, path: at }) => {
    const parts = decodePart(wire, at, findings)
    if (parts.some(({ type }) => type !== "text")) findings.dropped.push(at)
    return parts.flatMap((part) => (part.type === "text" ? [part.text] : []))
  })
}

function decodeContent(content: unknown, path: string, findings: Findings): readonly Part[] {
  return wiresOf(content, path).flatMap(({ wire, path: at }) => decodePart(wire, at, findings))
}

/** The parts of a message with their paths; a string is one text. */
function wiresOf(content: unknown, path: string): readonly { readonly wire: WireObject; readonly path: string }[] {
  if (content === undefined || content === null) return []
  if (typeof content === "string") return [{ wire: { type: "text", text: content }, path: `${path}.content` }]
  if (!Array.isArray(content)) throw invalid(`${path}.content`, "must be a string or a list of parts")
  return content.map((wire: unknown, index) => {
    const at = `${path}.content[${index}]`
    if (!isObject(wire)) throw invalid(at, "must be an object with a type")
    return { wire, path: at }
  })
}

function decodePart(wire: WireObject, path: string, findings: Findings): readonly Part[] {
  switch (wire["type"]) {
    case "image_url":
    case "input_image":
    case "input_audio":
    case "video_url":
    case "file":
      return [decodeMedia(wire, path)]
    case "image":
      return [decodeImage(wire, path)]
    case "document":
      return decodeDocument(wire, path)
    default: {
      const part = decodeSmallPart(wire, path, findings)
      return part === undefined ? [] : [part]
    }
  }
}

/** Parts of the wire that are one part, or none. */
function decodeSmallPart(wire: WireObject, path: string, findings: Findings): Part | undefined {
  switch (wire["type"]) {
    case "text":
    case "input_text":
    case "output_text":
      return decodeText(wire["text"] ?? "", `${path}.text`)
    case "refusal":
      return decodeText(wire["refusal"] ?? "", `${path}.refusal`)
    case "thinking":
    case "redacted_thinking":
      return decodeThinking(wire, path)
    case "search_result":
      return decodeSearchResult(wire, path)
    case "tool_use":
      return decodeToolUse(wire, path)
    case "tool_result":
      return decodeToolResult(wire, path, findings)
    default:
      return refuseUnknown(wire, path)
  }
}

/** The field table lists a part that holds nothing. An answer to a message of which a part was not read is worse than an error. */
function refuseUnknown({ type: _type, cache_control: _caching, ...payload }: WireObject, path: string): undefined {
  if (Object.values(payload).every(isAbsent)) return
  throw invalid(`${path}.type`, "must be text, image_url, input_audio, video_url, file or refusal")
}
