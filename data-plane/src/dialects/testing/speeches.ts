/** For tests: how clients of each dialect carry on a conversation with calls of tools. */
import type { ClientDialectName } from "../index.ts"
import { TOOLS } from "./fixtures.ts"

export type Wire = Readonly<Record<string, unknown>>

/** One dialect as its clients speak it: a request over a history, the answer's turn in it, and the result of a call. */
export interface Speech {
  readonly name: ClientDialectName
  request(model: string, history: readonly Wire[]): Wire
  ask(text: string): Wire
  /** What the client puts into its history of this answer. */
  turn(answer: Wire): readonly Wire[]
  result(callId: string, name: string): Wire
}

/** Of an answer that our own encoder wrote. */
export const list = (value: unknown) => value as readonly Wire[] // see above

export const MESSAGES: Speech = {
  name: "anthropic-messages",
  request: (model, messages) => ({
    model,
    max_tokens: 4000,
    messages,
    thinking: { type: "enabled", budget_tokens: 2000 },
    tools: TOOLS.map(({ name, parameters }) => ({ name, input_schema: parameters })),
  }),
  ask: (text) => ({ role: "user", content: text }),
  turn: ({ content }) => [{ role: "assistant", content }],
  result: (id) => ({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "seen" }] }),
}

export const CHAT: Speech = {
  name: "openai-chat",
  request: (model, messages) => ({
    model,
    messages,
    reasoning_effort: "low",
    tools: TOOLS.map((tool) => ({ type: "function", function: tool })),
  }),
  ask: (text) => ({ role: "user", content: text }),
  turn: ({ choices }) => [list(choices)[0]?.["message"] as Wire], // a chat answer has one
  result: (id) => ({ role: "tool", tool_call_id: id, content: "seen" }),
}

export const RESPONSES: Speech = {
  name: "openai-responses",
  request: (model, input) => ({
    model,
    input,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "low", summary: "auto" },
    tools: TOOLS.map((tool) => ({ type: "function", ...tool })),
  }),
  ask: (text) => ({ role: "user", content: text }),
  turn: ({ output }) => list(output),
  result: (id) => ({ type: "function_call_output", call_id: id, output: "seen" }),
}

export const GEMINI_WIRE: Speech = {
  name: "gemini",
  request: (model, contents) => ({
    model,
    contents,
    generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } },
    tools: [{ functionDeclarations: TOOLS }],
  }),
  ask: (text) => ({ role: "user", parts: [{ text }] }),
  turn: ({ candidates }) => [list(candidates)[0]?.["content"] as Wire], // an answer has one
  result: (id, name) => ({ role: "user", parts: [{ functionResponse: { id, name, response: { output: "seen" } } }] }),
}

export const SPEECHES = [MESSAGES, CHAT, RESPONSES, GEMINI_WIRE]
