/** What a client puts together from a stream is the answer that it gets whole, whatever the model wrote and however it was cut. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import type { Usage } from "#shared/usage.ts"
import type { FinishReason } from "../canonical/finish-reason.ts"
import { fold } from "../canonical/fold.ts"
import type { Part, ToolCallPart } from "../canonical/part.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"
import { answerOf, framesOf } from "./testing/fixtures.ts"

type Json = Record<string, unknown>

const HELLO = [{ role: "user", content: "hi" }]
const KNOWN = {
  tools: [
    { type: "custom", name: "free" },
    { type: "function", name: "f" },
  ],
}

/** Requests that make answers look different. */
const CASES: readonly (readonly [string, ClientDialectName, Json])[] = [
  ["a chat", "openai-chat", {}],
  ["a chat with usage and freeform tools", "openai-chat", { ...KNOWN, stream_options: { include_usage: true } }],
  ["a chat without thoughts", "openai-chat", { reasoning_effort: "none", service_tier: "auto" }],
  ["a chat with functions", "openai-chat", { functions: [{ name: "f" }], stream_options: { include_usage: true } }],
  ["messages", "anthropic-messages", { max_tokens: 9, stop_sequences: ["a", "bc"] }],
  ["messages with thinking", "anthropic-messages", { max_tokens: 9, thinking: { type: "adaptive" } }],
  [
    "messages with hidden thinking",
    "anthropic-messages",
    { max_tokens: 9, thinking: { type: "adaptive", display: "omitted" } },
  ],
  ["a completion", "openai-completions", { prompt: "hi", echo: true, stream_options: { include_usage: true } }],
]

/** A block's parts but for its number. */
const pieces = fc.array(anyText({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
const signature = fc.option(fc.constantFrom("sig1", "sig2"), { nil: undefined })
const signed = (value: string | undefined) => (value === undefined ? {} : { signature: value })
const blocks = fc.oneof(
  fc.tuple(pieces, signature).map(([texts, own]) => (block: number): StreamPart[] => [
    { type: "text-start", block },
    ...texts.map((text) => ({ type: "text-delta", block, text }) as const),
    { type: "text-end", block, ...signed(own) },
  ]),
  fc.tuple(pieces, signature).map(([texts, own]) => (block: number): StreamPart[] => [
    { type: "reasoning-start", block },
    ...texts.map((text) => ({ type: "reasoning-delta", block, text }) as const),
    { type: "reasoning-end", block, ...signed(own) },
  ]),
  fc
    .tuple(fc.constantFrom("f", "free"), anyText({ maxLength: 9 }), fc.boolean(), fc.nat(20), signature)
    .map(([name, text, isFreeform, cut, own]) => (block: number): StreamPart[] => {
      const json = JSON.stringify(isFreeform || name === "free" ? { input: text } : { "a b": [text], n: null })
      return [
        { type: "tool-input-start", block, id: `call_${block}`, name },
        ...[json.slice(0, cut), json.slice(cut)]
          .filter((piece) => piece !== "")
          .map((piece) => ({ type: "tool-input-delta", block, json: piece }) as const),
        { type: "tool-input-end", block, ...signed(own) },
      ]
    }),
  fc.constant((block: number): StreamPart[] => [
    { type: "media", block, mediaType: "image/png", data: "iVBORw0KGgo=" },
  ]),
)
const usage = fc.option(
  fc.record<Usage>({
    inputTokens: fc.nat(99),
    outputTokens: fc.nat(99),
    cachedInputTokens: fc.nat(120),
    reasoningTokens: fc.nat(9),
  }),
  { nil: undefined },
)
const finish = fc.constantFrom<FinishReason>(
  { unified: "stop" },
  { unified: "length" },
  { unified: "tool-calls" },
  { unified: "refusal" },
  { unified: "refusal", message: "It was blocked." },
)
const answers = fc
  .tuple(fc.array(blocks, { maxLength: 6 }), usage, finish)
  .map(([written, used, finishReason]): StreamPart[] => [
    { type: "response-start" },
    ...written.flatMap((parts, block) => parts(block)),
    ...(used === undefined ? [] : [{ type: "usage", usage: used } as const]),
    { type: "response-end", finishReason },
  ])

it.each(CASES)("%s", (_name, dialect, more) => {
  const client = clientDialects[dialect]
  const request = client.decodeRequest({ model: "m", messages: HELLO, ...more }, {}).value
  fc.assert(
    fc.property(answers, (parts) => {
      const whole = answerOf(client, parts, request).body as Json // an answer of ours
      const data = framesOf(client, parts, request)
        .join("")
        .split("\n")
        .filter((line) => line.startsWith("data: ") && line !== "data: [DONE]")
        .map((line) => JSON.parse(line.slice("data: ".length)) as Json) // our own frames
      if (dialect === "anthropic-messages") expect(messageOf(data)).toEqual(whole)
      else expect(completionOf(data)).toEqual({ ...whole, ...(data.some(isUsed) ? {} : { usage: undefined }) })
    }),
    { numRuns: 200 },
  )
})

it.each(CASES.filter(([, dialect]) => dialect !== "openai-completions"))(
  "%s given back loses nothing",
  (_name, dialect, more) => {
    const client = clientDialects[dialect]
    const ask = (...history: Json[]) =>
      client.decodeRequest({ model: "m", ...more, messages: [...HELLO, ...history] }, {})
    const marks = ask().dropped
    fc.assert(
      fc.property(answers, (parts) => {
        const whole = answerOf(client, parts, ask().value).body as Json // an answer of ours
        const [choice] = (whole["choices"] ?? []) as Json[]
        const turn = (choice?.["message"] ?? { role: "assistant", content: whole["content"] }) as Json
        const { value, dropped } = ask(turn)
        expect(dropped).toEqual(marks)
        const back = value.turns.find(({ role }) => role === "assistant")?.parts ?? []
        const written = fold(parts).parts
        const refusal = typeof choice === "object" && typeof turn["refusal"] === "string" ? turn["refusal"] : ""
        expect(textIn(back)).toBe(textIn(written) + refusal)
        expect(back.filter(isMedia)).toEqual(written.filter(isMedia))
        const calls = written.filter(isCall).slice(0, turn["function_call"] === undefined ? undefined : 1)
        expect(back.filter(isCall).map(said)).toEqual(calls.map(said))
      }),
      { numRuns: 100 },
    )
  },
)

const textIn = (parts: readonly Part[]) => parts.map((part) => (part.type === "text" ? part.text : "")).join("")
const isMedia = ({ type }: Part) => type === "media"
const isCall = (part: Part) => part.type === "tool-call"
const said = ({ name, arguments: args }: Pick<ToolCallPart, "name" | "arguments">) => ({ name, args })

const isUsed = ({ usage: used }: Json) => used !== undefined && used !== null

/** Chunks of the two completion wires put together. */
function completionOf(chunks: readonly Json[]): Json {
  const [first = {}] = chunks
  const isChat = first["object"] === "chat.completion.chunk"
  const choice: Json = {
    index: 0,
    logprobs: null,
    finish_reason: null,
    ...(isChat ? { message: { content: "", refusal: null } } : { text: "" }),
  }
  for (const { choices } of chunks) {
    for (const { delta, text, finish_reason: reason } of choices as Json[]) {
      if (isChat) join(choice["message"] as Json, delta as Json)
      else choice["text"] = `${String(choice["text"])}${String(text)}`
      choice["finish_reason"] ??= reason
    }
  }
  const message = choice["message"] as Json | undefined
  if (message?.["content"] === "" && (message["tool_calls"] ?? message["function_call"]) !== undefined)
    message["content"] = null
  for (const call of (message?.["tool_calls"] ?? []) as Json[]) delete call["index"]
  return {
    ...first,
    object: isChat ? "chat.completion" : "text_completion",
    choices: [choice],
    usage: chunks.find(isUsed)?.["usage"],
  }
}

/** Texts grow, elements of lists are told by their index, the rest is said once. */
function join(target: Json, delta: Json): void {
  for (const [key, value] of Object.entries(delta)) {
    const old = target[key]
    if (Array.isArray(value)) {
      const list = (target[key] ??= []) as Json[]
      for (const element of value as Json[]) {
        const index = Number(element["index"])
        if (list[index] === undefined) list[index] = structuredClone(element)
        else join(list[index], { ...element, index })
      }
    } else if (typeof value === "string" && typeof old === "string") target[key] = old + value
    else if (typeof value === "object" && value !== null && old !== undefined && old !== null)
      join(old as Json, value as Json)
    else target[key] = structuredClone(value)
  }
}

/** Events of Messages put together. */
function messageOf(events: readonly Json[]): Json {
  const message: Json = {}
  const content: Json[] = []
  let open: number | undefined
  let json = ""
  for (const event of events) {
    const delta = event["delta"] as Json
    const block = content[Number(event["index"])]
    switch (event["type"]) {
      case "message_start":
        Object.assign(message, event["message"], { content })
        break
      case "content_block_start":
        expect([open, event["index"]]).toEqual([undefined, content.length])
        open = content.length
        json = ""
        content.push({ ...(event["content_block"] as Json) })
        break
      case "content_block_delta":
        if (block === undefined || event["index"] !== open) throw new Error("a delta without its block")
        if (delta["type"] === "text_delta") block["text"] = `${String(block["text"])}${String(delta["text"])}`
        else if (delta["type"] === "thinking_delta")
          block["thinking"] = `${String(block["thinking"])}${String(delta["thinking"])}`
        else if (delta["type"] === "signature_delta") block["signature"] = delta["signature"]
        else json += String(delta["partial_json"])
        break
      case "content_block_stop":
        expect(event["index"]).toBe(open)
        open = undefined
        if (block?.["type"] === "tool_use") block["input"] = JSON.parse(json)
        break
      case "message_delta":
        expect(open).toBeUndefined()
        Object.assign(message, delta, { usage: event["usage"] })
        break
    }
  }
  return message
}
