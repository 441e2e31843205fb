/** The curl lines that prove a new key: one per dialect, ready to paste into a POSIX shell. */
import type { Dialect } from "#generated/web/graphql.ts"
import { shellText } from "../../lib/shell-text.ts"

/** The dialects that have an example, in the order in which they are shown. */
export const exampleDialects = ["chat", "responses", "messages", "gemini"] as const

export type ExampleDialect = (typeof exampleDialects)[number]

/** The names by which tools call the dialects; they are the same in every language. */
export const dialectNames: Record<ExampleDialect, string> = {
  chat: "OpenAI",
  responses: "Responses",
  messages: "Anthropic",
  gemini: "Gemini",
}

const schemaNames: Record<ExampleDialect, Dialect> = {
  chat: "OPENAI_CHAT",
  responses: "OPENAI_RESPONSES",
  messages: "ANTHROPIC_MESSAGES",
  gemini: "GEMINI",
}

/** Those of them that a key may speak; null: it may speak all. */
export function allowedDialects(dialects: readonly Dialect[] | null): readonly ExampleDialect[] {
  return exampleDialects.filter((dialect) => dialects === null || dialects.includes(schemaNames[dialect]))
}

/** Of these models those that a key may use by its patterns, in which one `*` stands for any text; null: it may use all. */
export function allowedModels(models: readonly string[], patterns: readonly string[] | null): readonly string[] {
  if (patterns === null) return models
  const matches = (pattern: string, model: string): boolean => {
    const [before = "", after] = pattern.split("*")
    if (after === undefined) return pattern === model
    return model.length >= before.length + after.length && model.startsWith(before) && model.endsWith(after)
  }
  const allowed = models.filter((model) => patterns.some((pattern) => matches(pattern, model)))
  // An alias is no model of the pool.
  return [...allowed, ...patterns.filter((pattern) => !pattern.includes("*"))]
}

interface Line {
  readonly path: string
  readonly headers: readonly string[]
  readonly body: object
}

const QUESTION = "Say hello in one sentence."
const messages = [{ role: "user", content: QUESTION }]

const lines: Record<ExampleDialect, (secret: string, model: string) => Line> = {
  chat: (secret, model) => ({
    path: "/v1/chat/completions",
    headers: [`authorization: Bearer ${secret}`],
    body: { model, messages },
  }),
  responses: (secret, model) => ({
    path: "/v1/responses",
    headers: [`authorization: Bearer ${secret}`],
    body: { model, input: QUESTION },
  }),
  messages: (secret, model) => ({
    path: "/v1/messages",
    headers: [`x-api-key: ${secret}`, "anthropic-version: 2023-06-01"],
    body: { model, max_tokens: 256, messages },
  }),
  gemini: (secret, model) => ({
    path: `/v1beta/models/${model}:generateContent`,
    headers: [`x-goog-api-key: ${secret}`],
    body: { contents: [{ role: "user", parts: [{ text: QUESTION }] }] },
  }),
}

/** A command that asks `model` for one sentence through the gateway at `gatewayUrl`. */
export function firstRequest(dialect: ExampleDialect, gatewayUrl: string, secret: string, model: string): string {
  const { path, headers, body } = lines[dialect](secret, model)
  const parts = [
    `curl ${shellText(gatewayUrl.replace(/\/+$/, "") + path)}`,
    ...[...headers, "content-type: application/json"].map((header) => `-H ${shellText(header)}`),
    `-d ${shellText(JSON.stringify(body))}`,
  ]
  return parts.join(" \\\n  ")
}

// The best match first.
const GEMINI = [/^gemini.*flash(?!.*image)/, /^gemini(?!.*image)/, /^gpt/]
const CLAUDE = [/^claude.*sonnet/, /^claude/]

/** The model of the pool that suits a dialect's example; a well-known name while the pool offers none. */
export function exampleModel(dialect: ExampleDialect, models: readonly string[]): string {
  const likely = dialect === "messages" ? CLAUDE : GEMINI
  const matches = likely.map((pattern) => models.find((model) => pattern.test(model)))
  const fallback = dialect === "messages" ? "claude-sonnet-4-6" : "gemini-3-flash"
  return matches.find((model) => model !== undefined) ?? models[0] ?? fallback
}
