import { describe, expect, it } from "vitest"
import type { StreamPart } from "../canonical/stream-part.ts"
import { normaliseToolSchema } from "../schema/normalise.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"
import { answerOf, decodeContext, framesOf, REQUESTS } from "./testing/fixtures.ts"
import { decodeStream } from "./gemini/decode-stream.ts"

/** Upstream events to what each client sees of calls. */

function partsOf(parts: readonly object[], finishReason: string): StreamPart[] {
  const emitted: StreamPart[] = []
  const decoder = decodeStream((part) => emitted.push(part), decodeContext())
  decoder.push({ candidates: [{ content: { parts }, finishReason }] })
  decoder.end()
  return emitted
}

const C = (name: string, args?: object) => ({ functionCall: args === undefined ? { name } : { name, args } })

function see(name: ClientDialectName, parts: readonly StreamPart[], more: object = {}) {
  const request = clientDialects[name].decodeRequest({ ...REQUESTS[name], ...more }, {}).value
  const frames = framesOf(clientDialects[name], parts, request).join("")
  const events = frames.split("\n").filter((line) => line.startsWith("data: {"))
  return {
    body: answerOf(clientDialects[name], parts, request).body,
    events: events.map((line) => JSON.parse(line.slice("data: ".length)) as Record<string, unknown>), // objects, by their brace
  }
}

const choices = (events: readonly Record<string, unknown>[]) =>
  events.flatMap((event) => event["choices"] as { delta: Record<string, unknown>; finish_reason: string | null }[]) // this wire's shape

describe("chat", () => {
  it("G25 gives parallel calls one index each, with ids of their own and whole arguments", () => {
    const { body, events } = see("openai-chat", partsOf([C("get_time", {}), C("get_weather", { x: 1 })], "STOP"))
    const deltas = choices(events).flatMap(({ delta }) => (delta["tool_calls"] ?? []) as object[])
    expect(deltas).toEqual([
      { index: 0, id: "minted_1", type: "function", function: { name: "get_time", arguments: "" } },
      { index: 0, function: { arguments: "{}" } },
      { index: 1, id: "minted_2", type: "function", function: { name: "get_weather", arguments: "" } },
      { index: 1, function: { arguments: '{"x":1}' } },
    ])
    expect(
      choices(events)
        .map(({ finish_reason }) => finish_reason)
        .filter(Boolean),
    ).toEqual(["tool_calls"])
    expect(body).toMatchObject({
      choices: [
        {
          message: {
            content: null,
            tool_calls: [
              { id: "minted_1", type: "function", function: { name: "get_time", arguments: "{}" } },
              { id: "minted_2", type: "function", function: { name: "get_weather", arguments: '{"x":1}' } },
            ],
          },
          finish_reason: "tool_calls",
        },
      ],
    })
  })

  it.each(["MAX_TOKENS", "SAFETY", "OTHER"])("G26 ends with tool_calls after a call, whatever %s says", (finish) => {
    const { body } = see("openai-chat", partsOf([C("get_time", {})], finish))
    expect(body).toMatchObject({ choices: [{ finish_reason: "tool_calls" }] })
  })

  it("G49 answers functions of the old form with the first call as function_call", () => {
    const legacy = { tools: undefined, functions: [{ name: "get_time" }] }
    const { body, events } = see("openai-chat", partsOf([C("get_time", {}), C("get_weather", {})], "STOP"), legacy)
    expect(body).toMatchObject({
      choices: [
        {
          message: { content: null, function_call: { name: "get_time", arguments: "{}" } },
          finish_reason: "function_call",
        },
      ],
    })
    expect(JSON.stringify(body)).not.toContain("tool_calls")
    expect(choices(events).flatMap(({ delta }) => delta["function_call"] ?? [])).toEqual([
      { name: "get_time", arguments: "" },
      { arguments: "{}" },
    ])
    expect(choices(events).at(-1)?.finish_reason).toBe("function_call")
  })
})

describe("messages", () => {
  it("G109 gives parallel calls a block each and stops with tool_use", () => {
    const { body, events } = see("anthropic-messages", partsOf([C("get_time", {}), C("get_weather", { x: 1 })], "STOP"))
    expect(body).toMatchObject({
      content: [
        { type: "tool_use", id: "minted_1", name: "get_time", input: {} },
        { type: "tool_use", id: "minted_2", name: "get_weather", input: { x: 1 } },
      ],
      stop_reason: "tool_use",
    })
    const starts = events.filter(({ type }) => type === "content_block_start")
    expect(starts).toMatchObject([
      { index: 0, content_block: { type: "tool_use", id: "minted_1", name: "get_time", input: {} } },
      { index: 1, content_block: { type: "tool_use", id: "minted_2", name: "get_weather", input: {} } },
    ])
  })

  it("G110 gives a call without arguments an empty object", () => {
    const { body, events } = see("anthropic-messages", partsOf([C("get_time")], "STOP"))
    expect(body).toMatchObject({ content: [{ type: "tool_use", input: {} }] })
    expect(events.find(({ type }) => type === "content_block_delta")).toMatchObject({
      delta: { type: "input_json_delta", partial_json: "{}" },
    })
  })
})

it("calls of tools that nobody declared are an error, after a good one too", () => {
  const parts = partsOf([C("get_time", {}), C("rm", {})], "STOP")
  expect(parts.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_malformed_call" } })
})

it.each([
  ["without our own placeholder", {}, { _unused: true }, {}],
  [
    "as the client's schema means them",
    { properties: { n: { type: "integer" }, level: { enum: [1, 2] } } },
    { n: "5", level: "2", other: "5" },
    { n: 5, level: 2, other: "5" },
  ],
])("gives arguments %s", (_name, schema, args, expected) => {
  const parts: StreamPart[] = []
  const normalised = normaliseToolSchema({ type: "object", ...schema }, { family: "claude" })
  const declaredTools = new Map([["f", { name: "f", parameters: normalised }]])
  const decoder = decodeStream((part) => parts.push(part), { declaredTools, mintToolCallId: () => "id" })
  decoder.push({ candidates: [{ content: { parts: [C("f", args)] }, finishReason: "STOP" }] })
  decoder.end()
  expect(parts.find(({ type }) => type === "tool-input-delta")).toMatchObject({ json: JSON.stringify(expected) })
})
