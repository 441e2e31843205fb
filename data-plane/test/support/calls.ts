/** One small call of every dialect, for tests that hold in all of them. A dialect that is in force is tested as soon as it is. */
import type { DialectName } from "#data-plane/dialects/dialect.ts"
import { clientDialects, type ClientDialectName } from "#data-plane/dialects/index.ts"
import type { Answer } from "./client.ts"
import { MODEL } from "./snapshots.ts"

export interface DialectCall {
  readonly path: string
  readonly body: object
}

export interface CallOptions {
  readonly model?: string
  readonly stream?: boolean
  readonly more?: object
}

export const IMAGE_MODEL = "gemini-3.1-flash-image"

/** Those in force. */
// The keys are the type's own.
export const DIALECTS = Object.keys(clientDialects) as ClientDialectName[]

/** Those whose answer is a text that the prompt can ask for, streamed or whole. */
export const TEXT_DIALECTS = DIALECTS.filter((name: DialectName) => name !== "openai-images")

/** A call that asks the simulator for `content`. */
export function callOf(dialect: DialectName, content: string, options: CallOptions = {}): DialectCall {
  const { model = dialect === "openai-images" ? IMAGE_MODEL : MODEL, stream = false, more = {} } = options
  const messages = [{ role: "user", content }]
  const streaming = stream ? { stream } : {}
  switch (dialect) {
    case "openai-chat":
      return { path: "/v1/chat/completions", body: { model, messages, ...streaming, ...more } }
    case "openai-responses":
      return { path: "/v1/responses", body: { model, input: messages, ...streaming, ...more } }
    case "openai-completions":
      return { path: "/v1/completions", body: { model, prompt: content, ...streaming, ...more } }
    case "openai-images":
      // A prompt that asks for a text would get one, which is no image.
      return { path: "/v1/images/generations", body: { model, prompt: "A house.", ...more } }
    case "anthropic-messages":
      return { path: "/v1/messages", body: { model, max_tokens: 1000, messages, ...streaming, ...more } }
    case "gemini": {
      const form = stream ? "streamGenerateContent?alt=sse" : "generateContent"
      const contents = [{ role: "user", parts: [{ text: content }] }]
      return { path: `/v1beta/models/${encodeURIComponent(model)}:${form}`, body: { contents, ...more } }
    }
  }
}

type Vendor = "openai" | "anthropic" | "gemini"

const VENDORS: Readonly<Record<DialectName, Vendor>> = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  "openai-completions": "openai",
  "openai-images": "openai",
  "anthropic-messages": "anthropic",
  gemini: "gemini",
}

/** The word by which each vendor's clients know an error. */
export type ErrorWords = Readonly<Record<Vendor, string>>

export function wordOf(dialect: DialectName, words: ErrorWords): string {
  return words[VENDORS[dialect]]
}

/** The word and the sentence of an error answer; throws when the body does not have the dialect's shape. */
export function readError(dialect: DialectName, answer: Pick<Answer, "text">): { word: string; message: string } {
  // Each vendor's own nesting; read below.
  const body = JSON.parse(answer.text) as { type?: string; error: Record<string, unknown> }
  const { error } = body
  const vendor = VENDORS[dialect]
  if (vendor === "anthropic" && body.type !== "error") throw new Error(`no error of Anthropic's: ${answer.text}`)
  const word = vendor === "openai" ? error["code"] : vendor === "anthropic" ? error["type"] : error["status"]
  if (vendor === "openai" && !("param" in error && "type" in error))
    throw new Error(`no error of OpenAI's: ${answer.text}`)
  if (vendor === "gemini" && typeof error["code"] !== "number") throw new Error(`no error of Gemini's: ${answer.text}`)
  return { word: String(word), message: String(error["message"]) }
}

/** The same body with a field that nobody knows in every object. */
export function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (typeof value !== "object" || value === null) return value
  const known = Object.entries(value).map(([key, inner]) => [key, withUnknownFields(inner)] as const)
  return { ...Object.fromEntries(known), field_of_tomorrow: { deep: [1, { deeper: true }] } }
}
