/** What stands in messages and results: texts, images, files and sounds. */
import type { MediaPart, Part, RemoteMediaPart, TextPart } from "../../canonical/part.ts"
import { decodeAudio, decodeFile } from "../openai-media.ts"
import { readAddress, unknownFile } from "../read-media.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

const TEXT_KIND = /^(?:(?:input_|output_|summary_|reasoning_)?text|refusal)$/
const MEDIA_KIND = /^(?:input_image|computer_screenshot|input_file|input_audio)$/

type ContentPart = TextPart | MediaPart | RemoteMediaPart

/** Kinds that nobody here knows are listed as dropped by the field table. */
export function decodeContent(content: unknown, path: string): ContentPart[] {
  if (isAbsent(content)) return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a text or a list of parts")
  return content.flatMap((wire: unknown, index): readonly ContentPart[] => {
    const at = `${path}[${index}]`
    if (typeof wire === "string") return [{ type: "text", text: wire }]
    if (!isObject(wire)) throw invalid(at, "must be an object with a type")
    const part = decodePart(wire, at)
    return part === undefined ? [] : [part]
  })
}

export function isMediaWire(wire: unknown): boolean {
  return isObject(wire) && MEDIA_KIND.test(String(wire["type"]))
}

/** Whether `decodeContent` makes something of it. */
export function isContentWire(wire: unknown): boolean {
  return isMediaWire(wire) || (isObject(wire) && TEXT_KIND.test(String(wire["type"])))
}

export function isResultContent(part: Part): part is ContentPart {
  return part.type === "media" || part.type === "remote-media" || (part.type === "text" && part.text !== "")
}

function decodePart(wire: WireObject, path: string): ContentPart | undefined {
  switch (wire["type"]) {
    case "input_text":
    case "output_text":
    case "summary_text":
    case "reasoning_text":
    case "text":
      return decodeText(wire["text"], `${path}.text`)
    case "refusal":
      return decodeText(wire["refusal"], `${path}.refusal`)
    case "input_image":
    case "computer_screenshot":
      return decodeImage(wire, path)
    case "input_file":
      return decodeFile(wire, path)
    case "input_audio":
      return decodeAudio(wire["input_audio"], `${path}.input_audio`)
    default:
      return undefined
  }
}

function decodeText(text: unknown, path: string): TextPart | undefined {
  if (isAbsent(text)) return undefined
  if (typeof text !== "string") throw invalid(path, "must be a string")
  return { type: "text", text }
}

/** The address itself; an object around it, as in chat, is understood too. */
function decodeImage({ image_url: wire, file_id: fileId }: WireObject, path: string): ContentPart {
  const url = isObject(wire) ? wire["url"] : wire
  if (typeof url === "string") return readAddress(url, { path: `${path}.image_url`, accepts: "image" })
  if (!isAbsent(fileId)) throw unknownFile(`${path}.file_id`)
  throw invalid(`${path}.image_url`, "must be a data: URL or an address")
}
