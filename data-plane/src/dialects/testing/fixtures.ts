/**
 * For tests: recorded and hand-made upstream streams (`__fixtures__/<case>.upstream.sse`) and the way from their bytes to parts,
 * frames and whole answers. Beside each stream lie its goldens, which `vitest -u` rewrites.
 */
import { readdirSync, readFileSync } from "node:fs"
import { createFold } from "../../canonical/fold.ts"
import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { normaliseToolSchema } from "../../schema/normalise.ts"
import { createSseReader } from "../../transport/sse-reader.ts"
import type { AnswerContext, ClientSide, DeclaredTool, DecodeContext } from "../dialect.ts"
import { textUnwrapper, unwrapEvent } from "../../upstreams/antigravity/envelope.ts"
import { decodeStream } from "../gemini/decode-stream.ts"
import { isObject } from "../read-wire.ts"

const FOLDER = new URL("../__fixtures__/", import.meta.url)
const UPSTREAM_SUFFIX = ".upstream.sse"

export const fixtureFiles = (): readonly string[] => readdirSync(FOLDER)

export const fixtureNames = (): readonly string[] =>
  fixtureFiles()
    .filter((file) => file.endsWith(UPSTREAM_SUFFIX))
    .map((file) => file.slice(0, -UPSTREAM_SUFFIX.length))

export const fixturePath = (file: string): string => new URL(file, FOLDER).pathname

export const upstreamBytes = (name: string): Buffer => readFileSync(new URL(name + UPSTREAM_SUFFIX, FOLDER))

/** The parts of an upstream stream that arrives in these chunks. */
export function partsOf(chunks: readonly Buffer[]): StreamPart[] {
  const parts: StreamPart[] = []
  const decoder = decodeStream((part) => parts.push(part), decodeContext())
  const reader = createSseReader((data) => decoder.push(withoutEnvelope(JSON.parse(data))), { maxEventBytes: 1 << 20 })
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  decoder.end()
  return parts
}

/** The tools of `TOOLS` under their own names; ids are counted. */
export function decodeContext(): DecodeContext {
  let minted = 0
  return {
    declaredTools: new Map(TOOLS.map(({ name, parameters }) => [name, declared(name, parameters)])),
    mintToolCallId: () => {
      minted += 1
      return `minted_${minted}`
    },
  }
}

function declared(name: string, parameters: unknown): DeclaredTool {
  return { name, parameters: normaliseToolSchema(parameters, { family: "gemini" }) }
}

function withoutEnvelope(event: unknown): unknown {
  return isObject(event) && isObject(event["response"]) ? event["response"] : event
}

export const CREATED_AT = 1_760_000_000

export function answerContext(request: ChatRequest): AnswerContext {
  return {
    exchangeId: "req_01k7fixture0000000000000000",
    model: request.model,
    createdAt: CREATED_AT,
    request,
    estimatedInputTokens: 42,
  }
}

/** Every frame of the answer, one string a write. */
export function framesOf(dialect: ClientSide, parts: readonly StreamPart[], request: ChatRequest): string[] {
  const frames: string[] = []
  const encoder = dialect.encodeStream((written) => frames.push(written), answerContext(request))
  for (const part of parts) encoder.part(part)
  return frames
}

/** What a client of the upstream's own dialect gets of its stream: every frame, one string a write, and the whole answer. */
export function relayOf(
  dialect: ClientSide,
  name: string,
  request: ChatRequest,
  context: DecodeContext = decodeContext(),
): { readonly frames: string[]; readonly inner: string[]; readonly whole: unknown } {
  const { relay } = dialect
  if (relay === undefined) throw new Error("nothing is relayed in this dialect")
  const frames: string[] = []
  const inner: string[] = []
  const relayContext = { ...answerContext(request), declaredTools: context.declaredTools }
  const stream = relay.relayStream((written) => frames.push(written), relayContext)
  const whole = relay.relayResponse(relayContext)
  const decoder = decodeStream((part) => {
    stream.part(part)
    whole.part(part)
  }, context)
  const unwrapText = textUnwrapper()
  const onEvent = (data: string): void => {
    const event: unknown = JSON.parse(data)
    const relayed = { type: "relayed-event", text: unwrapText(data, event), event: unwrapEvent(event) } as const
    decoder.push(relayed.event)
    inner.push(relayed.text)
    stream.event(relayed)
    whole.event(relayed)
  }
  const reader = createSseReader(onEvent, { maxEventBytes: 1 << 20 })
  reader.push(upstreamBytes(name))
  reader.end()
  decoder.end()
  return { frames, inner, whole: whole.response() }
}

/** The whole answer as a client without streaming gets it. */
export function answerOf(
  dialect: ClientSide,
  parts: readonly StreamPart[],
  request: ChatRequest,
): { status: number; body: unknown } {
  const context = answerContext(request)
  const folded = createFold()
  for (const part of parts) folded.part(part)
  try {
    return { status: 200, body: dialect.encodeResponse(folded.response(), context) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { status, body } = dialect.encodeError(error, { exchangeId: context.exchangeId, now: CREATED_AT * 1000 })
    return { status, body }
  }
}

/** Parts as lines of JSON; of an error only what a client could see. */
export function partsText(parts: readonly StreamPart[]): string {
  return parts
    .map((part) => {
      const shown =
        part.type === "error" ? { type: part.type, code: part.error.code, message: part.error.message } : part
      return `${JSON.stringify(shown)}\n`
    })
    .join("")
}

/** What the model may call in the goldens. */
export const TOOLS = [
  { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  { name: "get_time", parameters: { type: "object", properties: {} } },
] as const

/** A short request in each dialect whose answers the goldens show. */
export const REQUESTS = {
  "openai-chat": {
    model: "gemini-3-flash",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "Hello?" }],
    tools: TOOLS.map((tool) => ({ type: "function", function: tool })),
  },
  "openai-responses": {
    model: "gemini-3-flash",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { summary: "auto" },
    input: "Hello?",
    tools: TOOLS.map((tool) => ({ type: "function", ...tool })),
  },
  "openai-completions": {
    model: "gemini-3-flash",
    stream: true,
    stream_options: { include_usage: true },
    prompt: "Hello?",
  },
  "openai-images": {
    model: "gemini-3.1-flash-image",
    stream: true,
    prompt: "A house.",
  },
  "anthropic-messages": {
    model: "gemini-3-flash",
    stream: true,
    max_tokens: 1000,
    messages: [{ role: "user", content: "Hello?" }],
    tools: TOOLS.map(({ name, parameters }) => ({ name, input_schema: parameters })),
  },
  gemini: {
    model: "gemini-3-flash",
    contents: [{ role: "user", parts: [{ text: "Hello?" }] }],
    tools: [{ functionDeclarations: TOOLS }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  },
} as const
