import type { ToolResultPart } from "../../canonical/part.ts"
import { mediaKindOf, normaliseMediaType } from "../media-type.ts"
import { readData } from "../read-media.ts"
import { isAbsent, isObject, type WireObject } from "../read-wire.ts"

export interface ResultContent {
  readonly content: ToolResultPart["content"]
  readonly isError: boolean
  /** The object itself, for upstreams of this wire. */
  readonly response: WireObject
}

/**
 * A `functionResponse` in our words: the text of its `output` or `error`, anything else as JSON, then its media. What is no object is
 * an output; nothing is an empty one.
 */
export function toResultContent(wire: WireObject, path: string, dropped: string[]): ResultContent {
  const response = responseOf(wire["response"])
  const { text, isError } = textOf(response)
  const media = mediaOf(wire["parts"], `${path}.parts`, dropped)
  return { content: text === "" ? media : [{ type: "text", text }, ...media], isError, response }
}

function responseOf(response: unknown): WireObject {
  if (isAbsent(response)) return { output: "" }
  return isObject(response) ? response : { output: response }
}

function textOf(response: WireObject): { readonly text: string; readonly isError: boolean } {
  const keys = Object.keys(response)
  const [key] = keys
  if (keys.length !== 1 || (key !== "output" && key !== "error"))
    return { text: JSON.stringify(response), isError: false }
  const value = response[key]
  const text = typeof value === "string" ? value : isAbsent(value) ? "" : JSON.stringify(value)
  return { text, isError: key === "error" }
}

function mediaOf(parts: unknown, path: string, dropped: string[]): ToolResultPart["content"] {
  if (!Array.isArray(parts)) return []
  return parts.flatMap((part: unknown, index) => {
    const blob = isObject(part) ? part["inlineData"] : undefined
    if (!isObject(blob) || typeof blob["data"] !== "string") {
      dropped.push(`${path}[${index}]`)
      return []
    }
    const declaredType = typeof blob["mimeType"] === "string" ? blob["mimeType"] : undefined
    const accepts = mediaKindOf(normaliseMediaType(declaredType)) ?? "image"
    return [readData(blob["data"], { path: `${path}[${index}].inlineData.data`, accepts, declaredType })]
  })
}
