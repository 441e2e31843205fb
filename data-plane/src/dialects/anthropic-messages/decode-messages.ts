/** System text and messages to turns: texts, media, thoughts, calls and results, and what a history holds beside them. */
import type { Part } from "../../canonical/part.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import {
  decodeDocument,
  decodeImage,
  decodeSearchResult,
  decodeText,
  decodeThinking,
  decodeToolResult,
  decodeToolUse,
  type Findings,
} from "../content-blocks.ts"
import { readMarkdownImage } from "../markdown-image.ts"
import { invalid, isObject, type WireObject } from "../read-wire.ts"
import { decodeWebFetch, decodeWebSearch } from "./decode-web-results.ts"
import { decodeToolChange, decodeToolChanges, decodeToolSearch } from "./tool-changes.ts"

export function decodeMessages(system: unknown, messages: readonly unknown[], findings: Findings): TurnList {
  const turns = new TurnList()
  turns.addSystem(decodeSystem(system, "system", findings))
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) throw invalid(path, "must be an object with a role")
    const { role, content } = message
    const at = `${path}.content`
    if (role === "system") turns.addSystem(decodeSystem(content, at, findings))
    else if (role === "user") turns.addTurn("user", decodeContent(content, at, findings))
    else if (role === "assistant") addAssistant(turns, content, at, findings)
    else throw invalid(`${path}.role`, "must be user or assistant")
  }
  return turns
}

/** What the vendor wrote in place of older turns is told to the model, not said by it. */
function addAssistant(turns: TurnList, content: unknown, path: string, findings: Findings): void {
  turns.addTurn("assistant", [])
  for (const block of blocksOf(content, path)) {
    const parts = decodeBlock(block, findings)
    if (block.wire["type"] === "compaction") turns.addTurn("user", parts)
    else turns.addTurn("assistant", parts.map(withImage))
  }
}

/** An image that an answer of ours held as text. */
function withImage(part: Part): Part {
  return (part.type === "text" ? readMarkdownImage(part.text) : undefined) ?? part
}

/** Texts only; a block that holds anything else is recorded. */
function decodeSystem(content: unknown, path: string, findings: Findings): readonly string[] {
  return blocksOf(content, path).flatMap((block) => {
    const parts = decodeBlock(block, findings)
    if (parts.some(({ type }) => type !== "text")) findings.dropped.push(block.path)
    return parts.flatMap((part) => (part.type === "text" ? [part.text] : []))
  })
}

interface Block {
  readonly wire: WireObject
  readonly path: string
}

/** A string is one block of text. */
function blocksOf(content: unknown, path: string): readonly Block[] {
  if (content === undefined || content === null) return []
  if (typeof content === "string") return [{ wire: { type: "text", text: content }, path }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  return content.map((wire: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(wire)) throw invalid(at, "must be an object with a type")
    return { wire, path: at }
  })
}

/** Kinds that are not carried are listed as dropped by the field table. */
function decodeContent(content: unknown, path: string, findings: Findings): readonly Part[] {
  return blocksOf(content, path).flatMap((block) => decodeBlock(block, findings))
}

function decodeBlock({ wire, path }: Block, findings: Findings): readonly Part[] {
  switch (wire["type"]) {
    case "document":
      return decodeDocument(wire, path)
    case "web_fetch_tool_result":
      return decodeWebFetch(wire, path, findings)
    case "tool_addition":
    case "tool_removal":
      decodeToolChange(wire, path, findings)
      return []
    case "tool_search_tool_result":
      decodeToolSearch(wire, path, findings)
      return []
    case "compaction":
      decodeToolChanges(wire["tool_changes"], `${path}.tool_changes`, findings)
      return typeof wire["content"] === "string" ? present(decodeText(wire["content"], `${path}.content`)) : []
    default:
      return present(decodeSmallBlock(wire, path, findings))
  }
}

/** Blocks that are one part, or none. */
function decodeSmallBlock(wire: WireObject, path: string, findings: Findings): Part | undefined {
  switch (wire["type"]) {
    case "text":
      return decodeText(wire["text"], `${path}.text`)
    case "image":
      return decodeImage(wire, path)
    case "search_result":
      return decodeSearchResult(wire, path)
    case "web_search_tool_result":
      return decodeWebSearch(wire, path, findings)
    case "thinking":
    case "redacted_thinking":
      return decodeThinking(wire, path)
    case "tool_use":
      return decodeToolUse(wire, path)
    case "tool_result":
      return decodeToolResult(wire, path, findings)
    default:
      return undefined
  }
}

function present(part: Part | undefined): readonly Part[] {
  return part === undefined ? [] : [part]
}
