/** For tests: how the dialects say the same, put together from pieces. */
import type { ClientDialectName } from "../../index.ts"

export const CLIENTS = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
] as const satisfies readonly ClientDialectName[]
export const MODELS = ["gemini-3-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium"] as const

export type Client = (typeof CLIENTS)[number]
export type Wire = Readonly<Record<string, unknown>>

export interface Wish {
  readonly name: string
  /** Absent: the dialect has no word for it. */
  readonly said: Readonly<Partial<Record<Client, Wire>>>
}

export const HELLO = { role: "user", content: "Hello?" }
export const BASE: Readonly<Record<Client, Wire>> = {
  "openai-chat": { messages: [HELLO] },
  "openai-responses": { input: [HELLO] },
  "anthropic-messages": { max_tokens: 4000, messages: [HELLO] },
  gemini: { contents: [{ role: "user", parts: [{ text: "Hello?" }] }] },
}

export const SCHEMA = { type: "object", properties: { at: { type: "string" } } }
export const STRICT_SCHEMA = { type: "object", properties: { at: { type: "string", minLength: 2 } } }
export const THINK: Readonly<Record<Client, Wire>> = {
  "openai-chat": { reasoning_effort: "low" },
  "openai-responses": { reasoning: { effort: "low" } },
  "anthropic-messages": { output_config: { effort: "low" } },
  gemini: { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } },
}

export function tools(parameters: object): Readonly<Record<Client, Wire>> {
  return {
    "openai-chat": { tools: [{ type: "function", function: { name: "look", parameters } }] },
    "openai-responses": { tools: [{ type: "function", name: "look", parameters }] },
    "anthropic-messages": { tools: [{ name: "look", input_schema: parameters }] },
    gemini: { tools: [{ functionDeclarations: [{ name: "look", parameters }] }] },
  }
}
export const TOOLS = tools(SCHEMA)

/** Each dialect's fields of all of these together. */
export function both(...wishes: readonly Wish["said"][]): Wish["said"] {
  const said: Partial<Record<Client, Wire>> = {}
  for (const client of CLIENTS) {
    const words = wishes.map((wish) => wish[client])
    if (words.every((word) => word !== undefined)) said[client] = merged(words)
  }
  return said
}

/** Objects are merged, lists joined. */
function merged(words: readonly Wire[]): Wire {
  const result: Record<string, unknown> = {}
  for (const word of words) {
    for (const [key, value] of Object.entries(word)) {
      const old = result[key]
      if (Array.isArray(old) && Array.isArray(value)) result[key] = [...(old as unknown[]), ...(value as unknown[])] // lists of JSON
      else if (typeof old === "object" && old !== null) result[key] = merged([old as Wire, value as Wire]) // no list, as just seen
      else result[key] = value
    }
  }
  return result
}
