import fc from "fast-check"
import { expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { RelayContext } from "../dialect.ts"
import { isObject } from "../read-wire.ts"
import { answerContext, decodeContext, REQUESTS } from "../testing/fixtures.ts"
import { decodeRequest } from "./decode-request.ts"
import { decodeStream } from "./decode-stream.ts"
import { geminiClient } from "./index.ts"
import { regularForm } from "./regular-form.ts"

/** Bodies near enough to the wire's own shape to reach every branch, with anything in any place. */
const FIELDS = [
  "contents",
  "parts",
  "role",
  "text",
  "thought",
  "thoughtSignature",
  "inlineData",
  "fileData",
  "functionCall",
]
const MORE = [
  "functionResponse",
  "id",
  "name",
  "args",
  "response",
  "tools",
  "functionDeclarations",
  "toolConfig",
  "data",
]
const CONFIG = ["generationConfig", "thinkingConfig", "thinkingLevel", "responseSchema", "stopSequences", "mimeType"]
const key = fc.constantFrom(...FIELDS, ...MORE, ...CONFIG, "systemInstruction", "safetySettings", "fileUri")
const leaf = fc.constantFrom<unknown>(
  "",
  "user",
  "model",
  "hi",
  "image/png",
  "aGk=",
  "https://example.com/a",
  0,
  1.5,
  true,
  null,
)
const { body } = fc.letrec<{ body: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("body")),
  body: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}))

it("any body is read or refused with a 400 that names a field", () => {
  fc.assert(
    fc.property(body, fc.constantFrom("contents", undefined), (wire, own) => {
      const whole = own === undefined ? wire : { ...wire, contents: [{ parts: [{ text: "hi" }] }, wire["contents"]] }
      try {
        const { value } = decodeRequest(whole, {}, { rest: "m" })
        expect(value.turns.length + value.system.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
        expect(error).toMatchObject({ status: 400, param: expect.any(String) as string })
      }
    }),
    { numRuns: 2000 },
  )
})

const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake)
  if (!isObject(value)) return value
  const isOwn = (name: string) => ["args", "response", "responseSchema"].includes(name)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isOwn(name) ? inner : snake(inner),
    ]),
  )
}

it("G151 a body in snake_case has the same regular form, and that is its own", () => {
  fc.assert(
    fc.property(body, (wire) => {
      const regular = regularForm(wire)
      expect(regularForm(snake(wire) as typeof wire)).toEqual(regular) // an object stays one
      expect(regularForm(regular)).toEqual(regular)
    }),
  )
})

const part = fc.oneof(
  fc.record({
    text: fc.string(),
    thought: fc.constantFrom(undefined, true),
    thoughtSignature: fc.constantFrom(undefined, "s"),
  }),
  fc.record({
    functionCall: fc.record({
      id: fc.constantFrom(undefined, "u1"),
      name: fc.constant("get_weather"),
      args: fc.constantFrom({}, { city: "Rome" }),
    }),
  }),
  fc.constant({ inlineData: { mimeType: "image/png", data: "aGk=" } }),
)
const usage = fc.constantFrom(undefined, { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 })
const event = fc.record({
  candidates: fc.array(part, { maxLength: 3 }).map((parts) => [{ content: { role: "model", parts } }]),
  usageMetadata: usage,
})

function partsOf(events: readonly unknown[]): StreamPart[] {
  const parts: StreamPart[] = []
  const decoder = decodeStream((one) => parts.push(one), decodeContext())
  for (const one of events) decoder.push(one)
  decoder.end()
  return parts.filter(({ type }) => type !== "usage")
}

it("G145 G147 what is relayed says the same as what came, streamed and whole", () => {
  const request = geminiClient.decodeRequest(REQUESTS.gemini, {}).value
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), usage, (events, lastUsage) => {
      const last = { candidates: [{ content: { parts: [] }, finishReason: "STOP" }], usageMetadata: lastUsage }
      const came = JSON.parse(JSON.stringify([...events, last])) as object[] // as a wire has it
      const context: RelayContext = { ...answerContext(request), declaredTools: decodeContext().declaredTools }
      const frames: string[] = []
      const stream = geminiClient.relay?.relayStream((written) => frames.push(written), context)
      const whole = geminiClient.relay?.relayResponse(context)
      for (const one of came) {
        const relayed = { type: "relayed-event" as const, text: JSON.stringify(one), event: one }
        stream?.event(relayed)
        whole?.event(relayed)
      }
      stream?.part({ type: "response-end", finishReason: { unified: "stop" } })
      const written = frames.join("").split("\n\n").filter(Boolean)
      expect(partsOf(written.map((frame) => JSON.parse(frame.slice("data: ".length)) as unknown))).toEqual(
        partsOf(came),
      )
      expect(said(partsOf([whole?.response()]))).toEqual(said(partsOf(came)))
    }),
    { numRuns: 500 },
  )
})

/** Deltas joined: a fold has fewer of them. */
function said(parts: readonly StreamPart[]): unknown[] {
  const joined: unknown[] = []
  for (const one of parts) {
    const last = joined.at(-1)
    const isDelta = one.type === "text-delta" || one.type === "reasoning-delta"
    if (isDelta && isObject(last) && last["type"] === one.type)
      joined.splice(-1, 1, { ...one, text: `${String(last["text"])}${one.text}` })
    else joined.push(one)
  }
  return joined
}
