import { pick, type Random } from "./random.ts"

const DIALECTS = ["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const
type Dialect = (typeof DIALECTS)[number]

/** One request that a client of the gateway would make. */
export interface Call {
  readonly dialect: Dialect
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly stream: boolean
  /** The client goes away after this many milliseconds; undefined: it stays to the end. */
  readonly leavesAfterMs: number | undefined
}

const QUESTIONS = [
  "Explain in two sentences why the sky is blue.",
  "Write a haiku about a relay race.",
  "What does `git bisect` do?",
  "Give me three names for a small observatory.",
  "把这句话翻译成英文：今天的月亮很圆。",
  "Summarise the plot of a story you make up.",
  "Which is larger, 9.11 or 9.9, and why?",
  "Sketch a plan for learning to sail.",
]

/** The next call: dialect, model, length and manners by chance. A few ask for a model nobody has, and a few leave early. */
export function nextCall(random: Random, models: readonly string[], apiKey: string): Call {
  const model = random() < 0.02 ? "model-nobody-has" : pick(random, models)
  const words = 20 + Math.floor(random() ** 2 * 400)
  const stream = random() < 0.75
  const leavesAfterMs = stream && random() < 0.03 ? 200 + Math.floor(random() * 800) : undefined
  const content = `${pick(random, QUESTIONS)} [[sim:words=${words}]]`
  const dialect = pick(random, DIALECTS)
  return { dialect, stream, leavesAfterMs, ...requestIn[dialect]({ model, stream, content, apiKey }) }
}

interface Question {
  readonly model: string
  readonly stream: boolean
  readonly content: string
  readonly apiKey: string
}

/** The same question as each dialect asks it. */
const requestIn: Readonly<Record<Dialect, (question: Question) => Pick<Call, "path" | "headers" | "body">>> = {
  "openai-chat": ({ model, stream, content, apiKey }) => ({
    path: "/v1/chat/completions",
    headers: { authorization: `Bearer ${apiKey}` },
    body: { model, stream, messages: [{ role: "user", content }] },
  }),
  "openai-responses": ({ model, stream, content, apiKey }) => ({
    path: "/v1/responses",
    headers: { authorization: `Bearer ${apiKey}` },
    body: { model, stream, store: false, input: content },
  }),
  "anthropic-messages": ({ model, stream, content, apiKey }) => ({
    path: "/v1/messages",
    headers: { "x-api-key": apiKey, "anthropic-version": "2023-06-01" },
    body: { model, stream, max_tokens: 2048, messages: [{ role: "user", content }] },
  }),
  gemini: ({ model, stream, content, apiKey }) => ({
    path: `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    headers: { "x-goog-api-key": apiKey },
    body: { contents: [{ role: "user", parts: [{ text: content }] }] },
  }),
}
