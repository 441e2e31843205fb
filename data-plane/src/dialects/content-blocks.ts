/**
 * Calls, results, images and documents as Anthropic's blocks. Messages clients send them, and some agents put them into Chat
 * Completions messages too, so they are read here for both.
 */
import { ADDED, toolAvailable } from "../canonical/gateway-text.ts"
import type { MediaPart, TextPart, ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import { toArguments } from "../canonical/tool-arguments.ts"
import { readCallSignature } from "./call-signature.ts"
import { isDataUrl, readMedia } from "./read-media.ts"
import { invalid, isAbsent, isObject, type WireObject } from "./read-wire.ts"

/** What a decoder finds out beside the value itself. */
export interface Findings {
  /** Paths of what was not carried, and marks of added text. */
  readonly dropped: string[]
  /** Tools that a `tool_reference` of the history made known. */
  readonly loadedTools: Set<string>
}

export function createFindings(): Findings {
  return { dropped: [], loadedTools: new Set() }
}

export function decodeToolUse(block: WireObject, path: string): ToolCallPart {
  const { id, name, input } = block
  if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the tool")
  const signature = readCallSignature(block)
  return { type: "tool-call", id: typeof id === "string" ? id : "", name, arguments: toArguments(input), ...signature }
}

export function decodeToolResult(block: WireObject, path: string, findings: Findings): ToolResultPart {
  const callId = block["tool_use_id"]
  return {
    type: "tool-result",
    callId: typeof callId === "string" ? callId : "",
    content: decodeResultContent(block["content"], `${path}.content`, findings),
    isError: block["is_error"] === true,
  }
}

function decodeResultContent(content: unknown, path: string, findings: Findings): readonly (TextPart | MediaPart)[] {
  if (isAbsent(content) || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  const parts: (TextPart | MediaPart)[] = []
  for (const [index, block] of content.entries()) {
    const at = `${path}[${index}]`
    if (!isObject(block)) throw invalid(at, "must be an object with a type")
    const part = decodeResultBlock(block, at, findings)
    if (part !== undefined) parts.push(part)
  }
  return parts
}

function decodeResultBlock(block: WireObject, path: string, findings: Findings): TextPart | MediaPart | undefined {
  switch (block["type"]) {
    case "text":
      return decodeText(block["text"], `${path}.text`)
    case "image":
      return decodeImage(block, path, findings)
    case "document":
      return decodeDocument(block, path, findings)
    case "tool_reference":
      return decodeToolReference(block, findings)
    default:
      // The field table lists it.
      return undefined
  }
}

/** Undefined for an empty text. */
export function decodeText(text: unknown, path: string): TextPart | undefined {
  if (typeof text !== "string") throw invalid(path, "must be a string")
  return text === "" ? undefined : { type: "text", text }
}

/** A `source` of base64 or a `data:` URL; any other is recorded. */
export function decodeImage(block: WireObject, path: string, findings: Findings): MediaPart | undefined {
  const part = decodeSource(block["source"], `${path}.source`)
  if (part === undefined) findings.dropped.push(path)
  return part
}

/** A PDF as an image is, a plain text as text; any other is recorded. */
export function decodeDocument(block: WireObject, path: string, findings: Findings): MediaPart | TextPart | undefined {
  const { source } = block
  const part =
    isObject(source) && source["type"] === "text"
      ? decodeText(source["data"], `${path}.source.data`)
      : decodeSource(source, `${path}.source`)
  if (part === undefined) findings.dropped.push(path)
  return part
}

function decodeSource(source: unknown, path: string): MediaPart | undefined {
  if (!isObject(source)) return undefined
  const { type, data, url, media_type: mediaType } = source
  const declared = typeof mediaType === "string" ? mediaType : undefined
  if (type === "base64" && typeof data === "string") return readMedia(data, declared, `${path}.data`)
  if (type === "url" && typeof url === "string" && isDataUrl(url)) return readMedia(url, declared, `${path}.url`)
  return undefined
}

function decodeToolReference(block: WireObject, findings: Findings): TextPart | undefined {
  const name = block["tool_name"]
  if (typeof name !== "string" || name === "") return undefined
  findings.loadedTools.add(name)
  if (!findings.dropped.includes(ADDED.toolAvailable)) findings.dropped.push(ADDED.toolAvailable)
  return { type: "text", text: toolAvailable(name) }
}
