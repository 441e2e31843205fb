/**
 * Calls, results, images and documents as Anthropic's blocks. Messages clients send them, and some agents put them into Chat
 * Completions messages too, so they are read here for both.
 */
import { ADDED, toolAvailable } from "../canonical/gateway-text.ts"
import type { ReasoningPart, RemoteMediaPart, TextPart, ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import { toArguments } from "../canonical/tool-arguments.ts"
import { readCallSignature } from "./call-signature.ts"
import { readAddress, readData, textPart, unknownFile, type MediaField, type ReadMedia } from "./read-media.ts"
import { idOf, invalid, isAbsent, isObject, type WireObject } from "./read-wire.ts"

/** What stands in a result or a document. */
export type ContentPart = ToolResultPart["content"][number]

/** What a decoder finds out beside the value itself. */
export interface Findings {
  /** Paths of what was not carried, and marks of added text, which count once however often they stand here. */
  readonly dropped: string[]
  /** Tools that the history made known. */
  readonly loadedTools: Set<string>
  /** Tools that the history took away again. */
  readonly removedTools: Set<string>
  /** Tools that the history itself defines, as they stand there. */
  readonly definedTools: { readonly wire: WireObject; readonly path: string }[]
}

export function createFindings(): Findings {
  return { dropped: [], loadedTools: new Set(), removedTools: new Set(), definedTools: [] }
}

export function decodeToolUse(block: WireObject, path: string): ToolCallPart {
  const { id, name, input } = block
  if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the tool")
  const signature = readCallSignature(block)
  return { type: "tool-call", id: idOf(id), name, arguments: toArguments(input), ...signature }
}

export function decodeToolResult(block: WireObject, path: string, findings: Findings): ToolResultPart {
  return {
    type: "tool-result",
    callId: idOf(block["tool_use_id"]),
    content: decodeResultContent(block["content"], `${path}.content`, findings),
    isError: block["is_error"] === true,
  }
}

function decodeResultContent(content: unknown, path: string, findings: Findings): readonly ContentPart[] {
  if (content === undefined || content === null || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  return content.flatMap((block: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(block)) throw invalid(at, "must be an object with a type")
    return decodeResultBlock(block, at, findings)
  })
}

function decodeResultBlock(block: WireObject, path: string, findings: Findings): readonly ContentPart[] {
  switch (block["type"]) {
    case "text":
      return present(decodeText(block["text"], `${path}.text`))
    case "image":
      return [decodeImage(block, path)]
    case "document":
      return decodeDocument(block, path)
    case "search_result":
      return present(decodeSearchResult(block, path))
    case "tool_reference":
      return present(decodeToolReference(block, findings))
    default:
      // The field table lists it.
      return []
  }
}

function present<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value]
}

/** Undefined for an empty text. */
export function decodeText(text: unknown, path: string): TextPart | undefined {
  if (typeof text !== "string") throw invalid(path, "must be a string")
  return text === "" ? undefined : { type: "text", text }
}

/** A `thinking` or `redacted_thinking` block; the text and the signature exactly as they came. Undefined: it holds neither. */
export function decodeThinking(block: WireObject, path: string): ReasoningPart | undefined {
  if (block["type"] === "redacted_thinking") {
    const data = optionalText(block["data"], `${path}.data`)
    return data === "" ? undefined : { type: "reasoning", text: "", signature: data }
  }
  const text = optionalText(block["thinking"], `${path}.thinking`)
  const signature = optionalText(block["signature"], `${path}.signature`)
  if (text === "" && signature === "") return undefined
  return { type: "reasoning", text, ...(signature === "" ? {} : { signature }) }
}

function optionalText(value: unknown, path: string): string {
  if (value === undefined || value === null) return ""
  if (typeof value !== "string") throw invalid(path, "must be a string")
  return value
}

/** A `source` of base64, or a URL of whatever kind. */
export function decodeImage(block: WireObject, path: string): ReadMedia | RemoteMediaPart {
  const { source } = block
  if (!isObject(source)) throw invalid(`${path}.source`, "must be an object with a type")
  return decodeSource(source, { path: `${path}.source`, accepts: "image" })
}

/**
 * A PDF as an image is; a text, or blocks of text and images, as they are. Title and context are lines before it, in one part with
 * a plain text.
 */
export function decodeDocument(block: WireObject, path: string): readonly ContentPart[] {
  const { source, title, context } = block
  const at = `${path}.source`
  if (!isObject(source)) throw invalid(at, "must be an object with a type")
  const lines = [title, context].filter((line) => typeof line === "string" && line !== "").join("\n")
  if (source["type"] === "text" || typeof source["content"] === "string") {
    const text = decodeText(source["data"] ?? source["content"], `${at}.data`)
    return text === undefined ? [] : [textPart(text.text, lines)]
  }
  const above: readonly ContentPart[] = lines === "" ? [] : [{ type: "text", text: lines }]
  if (source["type"] === "content") return [...above, ...decodeDocumentBlocks(source["content"], `${at}.content`)]
  return [...above, decodeSource(source, { path: at, accepts: "document" })]
}

function decodeDocumentBlocks(content: unknown, path: string): readonly ContentPart[] {
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  return content.flatMap((block: unknown, index): readonly ContentPart[] => {
    const at = `${path}[${index}]`
    if (!isObject(block)) throw invalid(at, "must be an object with a type")
    if (block["type"] === "text") return present(decodeText(block["text"], `${at}.text`))
    if (block["type"] === "image") return [decodeImage(block, at)]
    throw invalid(`${at}.type`, "must be text or image")
  })
}

/** What a client found itself: its title, its source and its text, a line each. */
export function decodeSearchResult(block: WireObject, path: string): TextPart | undefined {
  const { title, source, content } = block
  const found = Array.isArray(content) ? content : [content]
  const texts = found.flatMap((piece: unknown, index) => {
    if (isAbsent(piece)) return []
    if (typeof piece === "string") return [piece]
    return present(decodeText(isObject(piece) ? piece["text"] : piece, `${path}.content[${index}].text`)).map(
      ({ text }) => text,
    )
  })
  const lines = [title, source, ...texts].filter((line) => typeof line === "string" && line !== "")
  return lines.length === 0 ? undefined : { type: "text", text: lines.join("\n") }
}

/** `field.path` is that of the source. */
function decodeSource(source: WireObject, { path, accepts }: MediaField): ReadMedia | RemoteMediaPart {
  const { type, data, url, media_type: mediaType } = source
  const declaredType = typeof mediaType === "string" ? mediaType : undefined
  if (type === "file") throw unknownFile(`${path}.file_id`)
  if (type === "base64" && typeof data === "string")
    return readData(data, { path: `${path}.data`, accepts, declaredType })
  if (type === "url" && typeof url === "string") return readAddress(url, { path: `${path}.url`, accepts, declaredType })
  throw invalid(path, "must be of the type base64 with data, or url with a url")
}

function decodeToolReference(block: WireObject, findings: Findings): TextPart | undefined {
  const name = block["tool_name"]
  if (typeof name !== "string" || name === "") return undefined
  findings.loadedTools.add(name)
  findings.removedTools.delete(name)
  findings.dropped.push(ADDED.toolAvailable)
  return { type: "text", text: toolAvailable(name) }
}
