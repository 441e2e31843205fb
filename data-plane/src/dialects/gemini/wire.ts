/** The Gemini wire as far as it is spoken here: what is sent, and how an event is read. Events are checked where they are used. */

export interface GeminiContent {
  readonly role: "user" | "model"
  readonly parts: readonly GeminiPart[]
}

export type GeminiPart = GeminiTextPart | GeminiCallPart | GeminiResponsePart | GeminiMediaPart

export interface GeminiTextPart {
  readonly text: string
  readonly thought?: true
  readonly thoughtSignature?: string
}

export interface GeminiCallPart {
  readonly functionCall: {
    readonly id: string
    readonly name: string
    readonly args: Readonly<Record<string, unknown>>
  }
  readonly thoughtSignature?: string
}

export interface GeminiResponsePart {
  readonly functionResponse: GeminiFunctionResponse
}

export interface GeminiFunctionResponse {
  readonly id: string
  readonly name: string
  readonly response: { readonly output: string } | { readonly error: string }
}

export interface GeminiMediaPart {
  readonly inlineData: { readonly mimeType: string; readonly data: string }
}

export interface GeminiFunctionDeclaration {
  readonly name: string
  readonly description?: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface GeminiFunctionCallingConfig {
  readonly mode: "NONE" | "ANY" | "VALIDATED"
  readonly allowedFunctionNames?: readonly string[]
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

/** Payloads of a part that no request of this version asks for, and what they are. A call is asked for when its tool was declared. */
export const UNCARRIED_PAYLOADS: readonly (readonly [key: string, name: string])[] = [
  ["functionResponse", "a tool result"],
  ["inlineData", "media"],
  ["fileData", "a file"],
  ["executableCode", "code to run"],
  ["codeExecutionResult", "a code result"],
]
