/**
 * The bytes of an answer in the two forms in which the upstream gives it: Antigravity's enveloped events for a gateway to translate,
 * and for a relay the OpenAI events that a client of the gateway would get. Chunk events are made once per seed and size, so that
 * the upstream does next to nothing per chunk.
 */
import {
  type AnswerSpec,
  type PromptTurn,
  answerUsage,
  chunkPool,
  encodeSpec,
  firstChunk,
  poolIndex,
  promptTurns,
} from "./answer.ts"

export const BENCH_MODEL = "gemini-3-flash"
export type WireName = "antigravity" | "openai-chat"

interface Wire {
  /** Before the first chunk, in the same write. */
  readonly opening: string
  chunk(text: string): string
  /** Finish reason, usage and what else ends the stream. */
  closing(spec: AnswerSpec): string
}

const CREATED_AT = 1_700_000_000
const RESPONSE = `"modelVersion":"${BENCH_MODEL}","responseId":"ypM9benchbenchbenchbench"},"traceId":"65a12ae79a7cc9c0"}\n\n`

const antigravity: Wire = {
  opening: "",
  chunk: (text) =>
    `data: {"response":{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":${JSON.stringify(text)}}]}}],` +
    `"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":1,"totalTokenCount":1001},${RESPONSE}`,
  closing: (spec) => {
    const { promptTokens, completionTokens } = answerUsage(spec)
    return (
      `data: {"response":{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"}],` +
      `"usageMetadata":{"promptTokenCount":${promptTokens},"candidatesTokenCount":${completionTokens},` +
      `"totalTokenCount":${promptTokens + completionTokens}},${RESPONSE}`
    )
  },
}

const openAiEvent = (choices: string, usage: string): string =>
  `data: {"id":"chatcmpl-benchbenchbenchbenchbench","object":"chat.completion.chunk","created":${CREATED_AT},` +
  `"model":"${BENCH_MODEL}","choices":[${choices}],"usage":${usage}}\n\n`

const openAiChat: Wire = {
  opening: openAiEvent(`{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}`, "null"),
  chunk: (text) => openAiEvent(`{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}`, "null"),
  closing: (spec) => {
    const { promptTokens, completionTokens } = answerUsage(spec)
    const usage =
      `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},` +
      `"total_tokens":${promptTokens + completionTokens}}`
    const finish = openAiEvent(`{"index":0,"delta":{},"finish_reason":"stop"}`, "null")
    return `${finish}${openAiEvent("", usage)}data: [DONE]\n\n`
  },
}

const wires: Record<WireName, Wire> = { antigravity, "openai-chat": openAiChat }
const eventPools = new Map<string, readonly Buffer[]>()

function eventPool(name: WireName, seed: number, size: number): readonly Buffer[] {
  const key = `${name}/${seed}/${size}`
  const known = eventPools.get(key)
  if (known !== undefined) return known
  const events = chunkPool(seed, size).map((text) => Buffer.from(wires[name].chunk(text)))
  eventPools.set(key, events)
  return events
}

/** The bytes of chunk `index` of an answer, with the opening before the first. */
export function chunkBytes(name: WireName, spec: AnswerSpec, index: number): Buffer {
  const wire = wires[name]
  if (index === 0) return Buffer.from(wire.opening + wire.chunk(firstChunk(spec)))
  const event = eventPool(name, spec.seed, spec.size)[poolIndex(spec, index)]
  if (event === undefined) throw new Error("the chunk pool is too small")
  return event
}

export function closingBytes(name: WireName, spec: AnswerSpec): Buffer {
  return Buffer.from(wires[name].closing(spec))
}

const bodyHeads = new Map<string, string>()

/** The OpenAI chat request whose last user text is the spec. */
export function requestBody(spec: AnswerSpec): Buffer {
  const key = `${spec.seed}/${spec.promptBytes}`
  let head = bodyHeads.get(key)
  if (head === undefined) {
    const turns: readonly PromptTurn[] =
      spec.promptBytes === 0 ? [{ role: "system", text: "Answer briefly." }] : promptTurns(spec.seed, spec.promptBytes)
    const messages = turns.map(({ role, text }) => `${JSON.stringify({ role, content: text })},`).join("")
    head = `{"model":"${BENCH_MODEL}","stream":true,"stream_options":{"include_usage":true},"max_tokens":4096,"messages":[${messages}`
    bodyHeads.set(key, head)
  }
  return Buffer.from(`${head}{"role":"user","content":"${encodeSpec(spec)}"}]}`)
}

/** Whether a request as the upstream got it still holds the whole conversation of its spec, in order and unaltered. */
export function holdsPrompt(name: WireName, spec: AnswerSpec, body: Buffer): boolean {
  if (spec.promptBytes === 0) return true
  const wanted = promptTurns(spec.seed, spec.promptBytes).map(({ text }) => text)
  return textsOf(name, JSON.parse(body.toString())) === wanted.join("") + encodeSpec(spec)
}

/** All texts of a request joined. Made for requests that are right: a body of another shape throws, which is as good as a no. */
function textsOf(name: WireName, body: unknown): string {
  if (name === "openai-chat") {
    const { messages } = body as { messages: { content: string }[] } // our own loader's request, passed through
    return messages.map(({ content }) => content).join("")
  }
  interface Content {
    parts: { text: string }[]
  }
  const { request } = body as { request: { systemInstruction?: Content; contents: Content[] } } // a wrong shape throws
  const contents = request.systemInstruction === undefined ? [] : [request.systemInstruction]
  return [...contents, ...request.contents].flatMap(({ parts }) => parts.map(({ text }) => text)).join("")
}
