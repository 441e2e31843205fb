/** Cuts a planned answer into events, and events into the bytes of an SSE stream or of one JSON document. */
import type { Answer } from "./answer.ts"
import { pieces } from "./answer-text.ts"
import { isObject } from "./json.ts"
import type { JsonObject } from "./json.ts"
import { tokens, usageMetadata } from "./usage.ts"

/** One thing a stream does: an event, raw bytes, or breaking off. */
export type StreamStep =
  | { readonly kind: "event"; readonly event: JsonObject }
  | { readonly kind: "raw"; readonly bytes: string }
  | { readonly kind: "reset"; readonly connection: boolean }
  | { readonly kind: "hang" }
  | { readonly kind: "wait"; readonly milliseconds: number }

/** How events are written; the plain form is one `data: ` line and a blank line, both ended by LF. */
export interface FrameStyle {
  readonly newline: "\n" | "\r\n" | "\r"
  readonly space: boolean
  /** JSON is spread over several `data:` lines. */
  readonly multiline: boolean
  /** A comment line before each event. */
  readonly comments: boolean
  /** The blank line after the last event is missing. */
  readonly unterminated: boolean
}

/** The upstream's own way. */
export const plainStyle: FrameStyle = {
  newline: "\n",
  space: true,
  multiline: false,
  comments: false,
  unterminated: false,
}

/** How an answer is cut. */
export interface CutOptions {
  /** Pieces of the text; undefined = one per 64 characters. */
  readonly chunks: number | undefined
  readonly usage: "every" | "last" | "none" | "after"
}

/** The events (inner responses, without envelope) of an answer; the last one carries the finish reason. */
export function eventsOf(answer: Answer, options: CutOptions): JsonObject[] {
  const parts = partsOf(answer, options.chunks)
  let thoughts = 0
  let candidates = 0
  const events = parts.map((part, index) => {
    const length = typeof part["text"] === "string" ? part["text"].length : 0
    if (part["thought"] === true) thoughts += length
    else candidates += length
    const last = index === parts.length - 1
    const counts = last
      ? answer.counts
      : { ...answer.counts, candidates: tokens(candidates), thoughts: tokens(thoughts) }
    const usage = options.usage === "every" || (last && options.usage === "last")
    return eventOf(answer, part, last, usage ? usageMetadata(counts) : undefined)
  })
  if (options.usage === "after") {
    const { responseId, modelVersion } = answer
    events.push({ candidates: [], usageMetadata: usageMetadata(answer.counts), modelVersion, responseId })
  }
  return events
}

/** The whole answer as one inner response. */
export function documentOf(answer: Answer): JsonObject {
  const parts: JsonObject[] = []
  if (answer.thought !== undefined && answer.thought !== "") parts.push({ thought: true, text: answer.thought })
  if (answer.thoughtSignature !== undefined)
    parts.push({ thought: true, text: "", thoughtSignature: answer.thoughtSignature })
  if (answer.text !== "" || (answer.parts.length === 0 && answer.textSignature === undefined))
    parts.push({ text: answer.text })
  if (answer.textSignature !== undefined) parts.push({ text: "", thoughtSignature: answer.textSignature })
  parts.push(...answer.parts)
  return {
    candidates: [
      {
        index: 0,
        content: { role: "model", parts },
        finishReason: answer.finishReason,
        ...(answer.grounding ? { groundingMetadata: answer.grounding } : {}),
      },
    ],
    usageMetadata: usageMetadata(answer.counts),
    modelVersion: answer.modelVersion,
    responseId: answer.responseId,
  }
}

/** Writes one event. */
export function frame(data: string, style: FrameStyle, last: boolean): string {
  const { newline } = style
  const field = style.space ? "data: " : "data:"
  const lines = style.multiline ? spread(data) : [data]
  const comment = style.comments ? `: keep-alive${newline}` : ""
  const end = last && style.unterminated ? "" : newline + newline
  return comment + lines.map((line) => field + line).join(newline) + end
}

function partsOf(answer: Answer, chunks: number | undefined): JsonObject[] {
  const cut = (text: string, count: number | undefined): string[] => pieces(text, count ?? Math.ceil(text.length / 64))
  const parts: JsonObject[] = cut(answer.thought ?? "", undefined).map((text) => ({ thought: true, text }))
  if (answer.thoughtSignature !== undefined) {
    parts.push({ thought: true, text: "", thoughtSignature: answer.thoughtSignature })
  }
  parts.push(...cut(answer.text, chunks).map((text) => ({ text })), ...answer.parts)
  if (answer.textSignature !== undefined) parts.push({ text: "", thoughtSignature: answer.textSignature })
  return parts.length > 0 ? parts : [{ text: "" }]
}

function eventOf(answer: Answer, part: JsonObject, last: boolean, usage: object | undefined): JsonObject {
  return {
    candidates: [
      {
        index: 0,
        content: { role: "model", parts: [part] },
        ...(last ? { finishReason: answer.finishReason } : {}),
        ...(last && answer.grounding ? { groundingMetadata: answer.grounding } : {}),
      },
    ],
    ...(usage ? { usageMetadata: usage } : {}),
    modelVersion: answer.modelVersion,
    responseId: answer.responseId,
  }
}

/** JSON over several lines: a line break is white space there, so joining the lines with LF gives the same value. */
function spread(data: string): string[] {
  const value: unknown = JSON.parse(data)
  return JSON.stringify(value, undefined, isObject(value) ? 1 : 0).split("\n")
}
