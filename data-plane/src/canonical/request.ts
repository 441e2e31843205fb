/**
 * What a client asks for, in our own words. A field enters here when a second dialect needs it; what only one dialect needs back
 * travels in `extra` under that dialect's name and is never interpreted by another.
 */
import type { Extra } from "./extra.ts"
import type { Part, TextPart } from "./part.ts"
import type { ReasoningAsk } from "./reasoning.ts"

export interface ChatRequest {
  /** The model name as the client wrote it; answers echo it. Empty where it wrote none and its dialect allows that. */
  readonly model: string
  readonly stream: boolean
  /** Leading system text, one part a block, order kept. */
  readonly system: readonly TextPart[]
  /** Adjacent turns have different roles. */
  readonly turns: readonly Turn[]
  readonly sampling: Sampling
  /** Functions the model may call; of several with one name the last counts. */
  readonly tools?: readonly Tool[]
  /** Absent: the model decides. Means nothing without tools. */
  readonly toolChoice?: ToolChoice
  /** Undefined: plain text. */
  readonly responseFormat?: ResponseFormat
  /** The client wants the vendor's own web search. */
  readonly webSearch?: WebSearch
  /** What an image model is to draw; means nothing to others. */
  readonly image?: ImageWish
  /** How many answers are wanted; absent: one. */
  readonly choices?: number
  /** Undefined: the client says nothing of thinking. */
  readonly reasoning?: ReasoningAsk
  /** What tells one conversation from another, if the client says: a header's or field's value, not sent upstream as it is. */
  readonly conversation?: string
  readonly extra: Extra
}

export interface Turn {
  readonly role: "user" | "assistant"
  readonly parts: readonly Part[]
}

export interface Tool {
  /** As the client wrote it; the upstream may know it by another. */
  readonly name: string
  readonly description?: string
  /** A JSON Schema as the client wrote it, unchecked. */
  readonly parameters: unknown
}

export type ToolChoice =
  | { readonly type: "auto" | "required" | "none" }
  | { readonly type: "tool"; readonly name: string }
  /** As `auto` or `required`, among these only. */
  | { readonly type: "allowed"; readonly mode: "auto" | "required"; readonly names: readonly string[] }

/** `schema` is a JSON Schema as the client wrote it, unchecked. */
export type ResponseFormat =
  | { readonly type: "json" }
  | { readonly type: "json-schema"; readonly schema: unknown; readonly name?: string }

export interface WebSearch {
  /** Only pages of these hosts. */
  readonly domains?: readonly string[]
  /** The request is nothing but a search: a model that can search may answer it in place of one that cannot. */
  readonly anyModel?: true
}

export interface ImageWish {
  /** Nothing but an image is an answer: a model that does not draw is not asked. */
  readonly isRequired?: true
  /** As `16:9`. */
  readonly aspectRatio?: string
  readonly size?: "1K" | "2K" | "4K"
}

export interface Sampling {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly stop?: readonly string[]
}

/**
 * A translated value and the paths of fields that were not carried, such as `tools` or `messages[2].name`. An entry that begins
 * with `+` names a text that the gateway wrote into the request (`gateway-text.ts`).
 */
export interface Decoded<Value> {
  readonly value: Value
  readonly dropped: readonly string[]
}
