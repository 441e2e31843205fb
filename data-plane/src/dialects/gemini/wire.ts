/** The Gemini wire as far as it is spoken here: what is sent, and how an event is read. Events are checked where they are used. */

export interface GeminiContent {
  readonly role: "user" | "model"
  readonly parts: readonly GeminiTextPart[]
}

export interface GeminiTextPart {
  readonly text: string
}

/** Keys are always written in this order: a stable prefix is what the upstream's prompt cache can hit. */
export interface GeminiGenerationConfig {
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  seed?: number
  stopSequences?: readonly string[]
  thinkingConfig?: { readonly includeThoughts: boolean; readonly thinkingBudget: number }
}

/** Payloads of a part that no request of this version asks for, and what they are. */
export const UNCARRIED_PAYLOADS: readonly (readonly [key: string, name: string])[] = [
  ["functionCall", "a tool call"],
  ["functionResponse", "a tool result"],
  ["inlineData", "media"],
  ["fileData", "a file"],
  ["executableCode", "code to run"],
  ["codeExecutionResult", "a code result"],
]
