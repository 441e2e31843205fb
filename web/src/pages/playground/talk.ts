/** What is said in the playground, whatever dialect says it: turns of parts, and an answer as it grows. Pure. */

export type PlaygroundDialect = "chat" | "responses" | "messages" | "gemini"

export interface TextPart {
  type: "text"
  text: string
}

export interface ThinkingPart {
  type: "thinking"
  text: string
  /** By which the model knows its own thought again; of the dialect that the turn was said in. */
  signature?: string
}

export interface ImagePart {
  type: "image"
  mediaType: string
  /** Base64. */
  data: string
}

export interface CallPart {
  type: "call"
  id: string
  name: string
  /** JSON, as far as it has come. */
  input: string
  signature?: string
}

export interface ResultPart {
  type: "result"
  callId: string
  name: string
  text: string
}

export type Part = TextPart | ThinkingPart | ImagePart | CallPart | ResultPart

export interface Turn {
  role: "user" | "assistant"
  /** In which it was said: signatures go back in no other. */
  dialect: PlaygroundDialect
  parts: Part[]
}

export interface Tool {
  name: string
  description?: string
  /** A JSON Schema. */
  parameters: object
}

export type Effort = "low" | "medium" | "high"

/** What is asked, ready to be written in a dialect. */
export interface Ask {
  model: string
  system: string
  turns: readonly Turn[]
  stream: boolean
  tools: readonly Tool[]
  effort?: Effort
  temperature?: number
  topP?: number
  maxTokens?: number
}

/** An answer as it grows. */
export interface Draft {
  parts: Part[]
  finish?: string
  inputTokens?: number
  outputTokens?: number
  /** What the gateway or the model said went wrong. */
  error?: string
}

export interface Written {
  /** Behind the gateway's address. */
  path: string
  headers: Readonly<Record<string, string>>
  body: Json
}

/** One of the four: how it asks, and how its answers are read. Readers take what they know and pass over the rest. */
export interface Speaker {
  write(ask: Ask): Written
  /** One event of a stream. */
  readEvent(event: Json, draft: Draft): void
  /** An answer that did not stream. */
  readWhole(body: Json, draft: Draft): void
}

/** JSON that nobody checked. */
export type Json = Readonly<Record<string, unknown>>

export const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {} // just seen to be one

export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectOf) : [])

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

export const countOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined)

/** Adds to the last part if it is of this kind, else begins one. */
export function addText(draft: Draft, type: "text" | "thinking", text: string): void {
  if (text === "") return
  const last = draft.parts.at(-1)
  if (last?.type === type) last.text += text
  else draft.parts.push({ type, text })
}

export function addUsage(draft: Draft, input: unknown, output: unknown): void {
  const [inputTokens, outputTokens] = [countOf(input), countOf(output)]
  if (inputTokens !== undefined) draft.inputTokens = inputTokens
  if (outputTokens !== undefined) draft.outputTokens = outputTokens
}

/** `data:image/png;base64,…` */
export function imageOf(url: string): ImagePart | undefined {
  const [, mediaType = "", data = ""] = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=]+)$/.exec(url) ?? []
  return mediaType === "" ? undefined : { type: "image", mediaType, data }
}

export const urlOf = ({ mediaType, data }: ImagePart): string => `data:${mediaType};base64,${data}`

/** The arguments of a call, which may be broken off. */
export function argumentsOf({ input }: CallPart): Json {
  try {
    return objectOf(JSON.parse(input === "" ? "{}" : input))
  } catch {
    // The model wrote no JSON, or not to its end: it is shown as it is, and goes back as nothing.
    return {}
  }
}

export const partsOf = <Type extends Part["type"]>(parts: readonly Part[], type: Type) =>
  parts.filter((part): part is Extract<Part, { type: Type }> => part.type === type)

/** Where a wire has no place for images, the gateway writes them as Markdown. */
const WRITTEN_IMAGE = /!\[image\]\((data:image\/[\w.+-]+;base64,[A-Za-z0-9+/=]+)\)/

/** A text with the images that are written in it as parts of their own. */
export function splitImages(text: string): readonly (TextPart | ImagePart)[] {
  return text.split(WRITTEN_IMAGE).flatMap((piece, index): (TextPart | ImagePart)[] => {
    const image = index % 2 === 1 ? imageOf(piece) : undefined
    if (image !== undefined) return [image]
    return piece === "" ? [] : [{ type: "text", text: piece }]
  })
}
