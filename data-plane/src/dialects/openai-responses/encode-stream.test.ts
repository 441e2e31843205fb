import { createOpenAI } from "@ai-sdk/openai"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import { createFold } from "../../canonical/fold.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { assertWellFormed } from "../../canonical/well-formed.ts"
import type { AnswerContext } from "../dialect.ts"
import { answerContext } from "../testing/fixtures.ts"
import { openaiResponsesClient as responses } from "./index.ts"

/** Blocks of an answer; numbered where they are put together. */
type Block = readonly object[]
const T = (...texts: string[]): Block => [
  { type: "text-start" },
  ...texts.map((text) => ({ type: "text-delta", text })),
  { type: "text-end" },
]
const H = (text: string, signature?: string): Block => [
  { type: "reasoning-start" },
  ...(text === "" ? [] : [{ type: "reasoning-delta", text }]),
  { type: "reasoning-end", ...(signature === undefined ? {} : { signature }) },
]
const C = (id: string, name: string, args: object, signature?: string): Block => [
  { type: "tool-input-start", id, name },
  { type: "tool-input-delta", json: JSON.stringify(args) },
  { type: "tool-input-end", ...(signature === undefined ? {} : { signature }) },
]
const M = (data: string): Block => [{ type: "media", mediaType: "image/png", data }]
const G = (grounding: Grounding): Block => [{ type: "grounding", grounding }]
const S = (unified: FinishReason["unified"]): Block => [{ type: "response-end", finishReason: { unified } }]
const E = (error: GatewayError): Block => [{ type: "error", error }]

function partsOf(blocks: readonly Block[]): StreamPart[] {
  let block = -1
  const numbered = blocks.flatMap((parts) => {
    const [{ type } = { type: "" }] = parts as readonly { type?: string }[] // each has one
    if (type !== "grounding" && type !== "response-end" && type !== "error") block += 1
    return parts.map((part) => ({ ...part, block }))
  })
  const usage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 1 }
  const parts = [{ type: "response-start" }, { type: "usage", usage }, ...numbered] as StreamPart[] // as built above
  assertWellFormed(parts)
  return parts
}

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly [field: string]: unknown
}

const TOOLS = ["a", "b"].map((name) => ({ type: "function", name, parameters: {} }))

function contextOf(body: object, seal = true): AnswerContext {
  const request = responses.decodeRequest({ model: "m", input: "hi", tools: TOOLS, stream: true, ...body }, {}).value
  if (!seal) return answerContext(request)
  const sealed: AnswerContext["seal"] = (signature, target) =>
    `gw1.${signature}.${target.kind === "call" ? target.callId : target.text}`
  return { ...answerContext(request), seal: sealed, sealText: (text) => `gw1.${text}` }
}

function eventsOf(frames: string): Event[] {
  return frames
    .split("\n\n")
    .filter((frame) => frame !== "" && !frame.startsWith(":"))
    .map((frame) => {
      const [, name, data = ""] = /^event: (\S+)\ndata: (\{[^\n]*\})$/.exec(frame) ?? []
      const event = JSON.parse(data) as Event // what this dialect writes
      expect(event.type).toBe(name)
      return event
    })
}

function see(blocks: readonly Block[], body: object = {}) {
  const context = contextOf(body)
  const parts = partsOf(blocks)
  let frames = ""
  const encoder = responses.encodeStream((written) => (frames += written), context)
  for (const part of parts) encoder.part(part)
  const events = eventsOf(frames)
  return { events, types: events.map(({ type }) => type), last: events.at(-1), context, parts }
}

function whole(parts: readonly StreamPart[], context: AnswerContext): Record<string, unknown> {
  const fold = createFold()
  for (const part of parts) fold.part(part)
  return responses.encodeResponse(fold.response(), context) as Record<string, unknown> // an object on this wire
}

const itemsDone = (events: readonly Event[]) =>
  events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item as Record<string, unknown>) // items are objects

const SEALED = { include: ["reasoning.encrypted_content"] }
const SHOWN = { reasoning: { summary: "auto" } }

describe("a stream", () => {
  it("G65 R5 has the exact order of events, numbered from 0 without gaps, and response.completed last", () => {
    const { types, events, last } = see([T("Hel", "lo"), S("stop")])
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ])
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index))
    expect(events[0]).toMatchObject({ response: { status: "in_progress", output: [], model: "m" } })
    expect(last).toMatchObject({
      response: {
        status: "completed",
        output: [{ type: "message", status: "completed", content: [{ type: "output_text", text: "Hello" }] }],
        usage: {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 4 },
          output_tokens: 3,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 13,
        },
      },
    })
  })

  it("R3 R4 has data in every frame, and no error at the top of any", () => {
    for (const end of [S("stop"), S("length"), E(new GatewayError("upstream_failed", "It broke."))]) {
      for (const event of see([T("x"), end]).events) expect(Object.keys(event)).not.toContain("error")
    }
  })

  it("G70 gives calls side by side one index each, each closed before the next", () => {
    const { events, last } = see([C("call_1", "a", {}), C("call_2", "b", { x: 1 }), S("tool-calls")])
    const kinds = events
      .filter(({ type }) => type.startsWith("response.output_item"))
      .map(({ type, output_index: index }) => `${type.split(".").at(-1)} ${String(index)}`)
    expect(kinds).toEqual(["added 0", "done 0", "added 1", "done 1"])
    expect(last).toMatchObject({
      response: {
        output: [
          { type: "function_call", call_id: "call_1", name: "a", arguments: "{}", status: "completed" },
          { type: "function_call", call_id: "call_2", name: "b", arguments: '{"x":1}', status: "completed" },
        ],
      },
    })
  })
})

describe("thoughts", () => {
  it("G68 of a signed call are an item before the call, with our carrier", () => {
    const { types, events } = see([H("x"), C("call_1", "a", {}, "s"), S("tool-calls")], { ...SEALED, ...SHOWN })
    expect(itemsDone(events)).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "x" }], encrypted_content: "gw1.s.call_1" },
      { type: "function_call", call_id: "call_1" },
    ])
    expect(types.slice(2, 9)).toEqual([
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
    ])
  })

  it("G68 of a signed call without a thought are an empty item that carries the signature", () => {
    const { events } = see([T("ok"), C("call_1", "a", {}, "s"), S("tool-calls")], SEALED)
    expect(itemsDone(events).map(({ type }) => type)).toEqual(["message", "reasoning", "function_call"])
    expect(itemsDone(events)[1]).toMatchObject({ summary: [], encrypted_content: "gw1.s.call_1" })
  })

  it("are signed by their own signature, with their text in the carrier", () => {
    const { events } = see([H("Plan.", "s"), T("ok"), S("stop")], { ...SEALED, ...SHOWN })
    expect(itemsDone(events)[0]).toMatchObject({ encrypted_content: "gw1.s.Plan.", summary: [{ text: "Plan." }] })
  })

  it("G69 have no summary when nobody asked for one, and no item when they have no signature either", () => {
    const signed = see([H("secret", "s"), T("ok"), S("stop")], SEALED)
    expect(signed.types.join(" ")).not.toContain("summary")
    expect(itemsDone(signed.events)[0]).toMatchObject({ type: "reasoning", summary: [] })
    const unsigned = see([H("secret"), T("ok"), S("stop")], SEALED)
    expect(itemsDone(unsigned.events).map(({ type }) => type)).toEqual(["message"])
    expect(itemsDone(unsigned.events)[0]?.["id"]).toMatch(/_0$/)
  })

  it("have no carrier when the client did not ask for one", () => {
    const { events } = see([H("x", "s"), C("call_1", "a", {}, "s"), S("tool-calls")], SHOWN)
    expect(JSON.stringify(events)).not.toContain("encrypted_content")
    expect(itemsDone(events).map(({ type }) => type)).toEqual(["reasoning", "function_call"])
  })
})

describe("calls", () => {
  const namespaced = {
    tools: [
      {
        type: "namespace",
        name: "multi_agent_v1",
        tools: [{ type: "function", name: "wait_agent", parameters: {} }],
      },
    ],
  }

  it("G71 R11 of a tool in a namespace have the two apart", () => {
    const { events } = see([C("call_1", "multi_agent_v1__wait_agent", {}), S("tool-calls")], namespaced)
    expect(itemsDone(events)).toMatchObject([
      { type: "function_call", namespace: "multi_agent_v1", name: "wait_agent", arguments: "{}" },
    ])
  })

  it("G73 R11 of a freeform tool that an input item declared are its own kind, with its namespace", () => {
    const exec = { type: "custom", name: "exec", description: "JavaScript." }
    const input = [
      { type: "additional_tools", role: "developer", tools: [{ type: "namespace", name: "functions", tools: [exec] }] },
      { role: "user", content: "go" },
    ]
    const { events } = see([C("call_1", "functions__exec", { input: "await x()" }), S("tool-calls")], {
      input,
      tools: [],
    })
    expect(itemsDone(events)).toMatchObject([
      { type: "custom_tool_call", namespace: "functions", name: "exec", input: "await x()", call_id: "call_1" },
    ])
  })

  it("G74 of apply_patch as a freeform tool have the patch byte for byte, with events for its input", () => {
    const patch = '*** Begin Patch\n*** Add File: a "b".txt\n+Zürich 🙂\\n\n*** End Patch'
    const tools = [
      { type: "custom", name: "apply_patch", format: { type: "grammar", syntax: "lark", definition: "x" } },
    ]
    const { events, types } = see([C("call_1", "apply_patch", { input: patch }), S("tool-calls")], { tools })
    expect(itemsDone(events)).toMatchObject([{ type: "custom_tool_call", name: "apply_patch", input: patch }])
    expect(types).toContain("response.custom_tool_call_input.delta")
    expect(events.find(({ type }) => type === "response.custom_tool_call_input.done")).toMatchObject({ input: patch })
  })

  it.each([
    [
      { type: "tool_search", execution: "client" },
      { query: "x" },
      { type: "tool_search_call", execution: "client", arguments: { query: "x" } },
    ],
    [
      { type: "local_shell" },
      { command: ["ls", "-l"], timeout_ms: 5 },
      { type: "local_shell_call", action: { type: "exec", command: ["ls", "-l"], timeout_ms: 5, env: {} } },
    ],
    [{ type: "local_shell" }, { command: "ls" }, { type: "local_shell_call", action: { command: ["ls"] } }],
    [
      { type: "shell" },
      { commands: ["ls"] },
      { type: "shell_call", action: { commands: ["ls"], timeout_ms: null, max_output_length: null } },
    ],
    [
      { type: "apply_patch" },
      { operation: { type: "update_file", path: "a", diff: "+b" } },
      { type: "apply_patch_call", operation: { type: "update_file", path: "a", diff: "+b" } },
    ],
    [
      { type: "apply_patch" },
      { operation: { type: "delete_file", path: "a", diff: "+b" } },
      { type: "apply_patch_call", operation: { type: "delete_file", path: "a" } },
    ],
    [
      { type: "apply_patch" },
      { wrong: 1 },
      { type: "apply_patch_call", operation: { type: "update_file", path: "", diff: "" } },
    ],
  ])("of %j with %j are items of its own kind", (tool, args, item) => {
    const { events } = see([C("call_1", tool.type, args), S("tool-calls")], { tools: [tool] })
    expect(itemsDone(events)).toMatchObject([{ ...item, call_id: "call_1", status: "completed" }])
  })
})

describe("how it ended", () => {
  it("G83 is incomplete when the limit cut the text", () => {
    const { types, last } = see([T("Hel"), S("length")])
    expect(types.at(-1)).toBe("response.incomplete")
    expect(last).toMatchObject({
      response: {
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
        output: [{ status: "incomplete", content: [{ text: "Hel" }] }],
      },
    })
  })

  it("G84 is completed after a call, whatever the upstream says", () => {
    expect(see([C("call_1", "a", {}), S("tool-calls")]).types.at(-1)).toBe("response.completed")
  })

  it.each([[[T("Hel"), S("refusal")]], [[S("refusal")]]])("G85 is incomplete for a safety stop", (blocks) => {
    const { types, last, events } = see(blocks)
    expect(types.at(-1)).toBe("response.incomplete")
    expect(last).toMatchObject({ response: { incomplete_details: { reason: "content_filter" } } })
    expect(JSON.stringify(events)).not.toContain('"refusal"')
  })

  it.each([
    ["G86 dies", new GatewayError("upstream_failed", "It broke."), "server_error"],
    ["G177 ends without a finish reason", new GatewayError("upstream_interrupted", "It stopped."), "server_error"],
    ["has too long a prompt", new GatewayError("context_length_exceeded", "Too long."), "context_length_exceeded"],
    ["has no quota", new GatewayError("pool_exhausted", "None.", { retryAfterMs: 9e6 }), "insufficient_quota"],
    ["is limited", new GatewayError("pool_cooling", "Soon.", { retryAfterMs: 1500 }), "rate_limit_exceeded"],
  ])("R4 R5 %s after text: response.failed with the code inside", (_name, error, code) => {
    const { types, last } = see([T("Hel"), E(error)])
    expect(types.at(-1)).toBe("response.failed")
    expect(last).toMatchObject({ response: { status: "failed", error: { code, message: expect.any(String) } } })
    expect(last).not.toHaveProperty("error")
    expect(types.filter((type) => /completed|incomplete/.test(type))).toEqual([])
    if (code === "rate_limit_exceeded") {
      expect(last).toMatchObject({ response: { error: { message: expect.stringContaining("try again in 1.5s") } } })
    }
  })

  it("G86 before anything else begins the response first", () => {
    const { types } = see([E(new GatewayError("upstream_failed", "It broke."))])
    expect(types).toEqual(["response.created", "response.in_progress", "response.failed"])
  })
})

it("G95 a whole answer is what a stream of the same parts ends with", () => {
  const blocks = [
    H("think"),
    C("call_1", "a", {}, "s"),
    H("more", "t"),
    T("Hel", "lo"),
    M("aGk="),
    C("call_2", "b", { x: 1 }),
  ]
  for (const end of [S("tool-calls"), S("length"), S("refusal")]) {
    const { last, context, parts } = see([...blocks, end], { ...SEALED, ...SHOWN, metadata: { topic: "x" } })
    expect(whole(parts, context)).toEqual(last?.["response"])
  }
})

describe("a search", () => {
  const grounding: Grounding = {
    queries: ["lagrange points", "l2"],
    sources: [
      { url: "https://a.example/", title: "A" },
      { url: "https://b.example/", title: "B" },
    ],
    citations: [{ start: 0, end: 5, text: "Hello", sources: [0, 1] }],
  }
  const searching = { tools: [{ type: "web_search" }] }

  it("G96 is an item before the text, which has citations", () => {
    const { events, types, last, context, parts } = see([T("Hello"), G(grounding), S("stop")], searching)
    expect(itemsDone(events)).toMatchObject([
      {
        type: "web_search_call",
        status: "completed",
        action: {
          type: "search",
          query: "lagrange points",
          sources: [{ url: "https://a.example/" }, { url: "https://b.example/" }],
        },
      },
      {
        type: "message",
        content: [
          {
            text: "Hello",
            annotations: [
              { type: "url_citation", start_index: 0, end_index: 5, url: "https://a.example/", title: "A" },
              { type: "url_citation", start_index: 0, end_index: 5, url: "https://b.example/", title: "B" },
            ],
          },
        ],
      },
    ])
    expect(types.slice(2, 7)).toEqual([
      "response.output_item.added",
      "response.web_search_call.in_progress",
      "response.web_search_call.searching",
      "response.web_search_call.completed",
      "response.output_item.done",
    ])
    expect(types.filter((type) => type === "response.output_text.annotation.added")).toHaveLength(2)
    expect(whole(parts, context)).toEqual(last?.["response"])
  })

  it("without a result lets the text through at its end", () => {
    const { events } = see([T("Hello"), S("stop")], searching)
    expect(itemsDone(events)).toMatchObject([{ type: "message", content: [{ text: "Hello", annotations: [] }] }])
  })
})

it("G100 an image is an image_generation_call with its data", () => {
  const { events, last, context, parts } = see([T("Here:"), M("aGk="), S("stop")])
  expect(itemsDone(events)).toMatchObject([
    { type: "message" },
    { type: "image_generation_call", status: "completed", result: "aGk=" },
  ])
  expect(whole(parts, context)).toEqual(last?.["response"])
})

it("G99 silence brings comments and now and then an event, and begins nothing twice", () => {
  const context = contextOf({})
  const parts = partsOf([T("Hel", "lo"), S("stop")])
  let frames = ""
  const encoder = responses.encodeStream((written) => (frames += written), context)
  encoder.keepAlive()
  expect(eventsOf(frames).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"])
  for (const part of parts.slice(0, 4)) encoder.part(part)
  const before = frames.length
  // Ninety seconds, a call each fifteen.
  for (let silence = 0; silence < 6; silence += 1) encoder.keepAlive()
  const silent = frames
    .slice(before)
    .split("\n\n")
    .filter((frame) => frame !== "")
  expect(silent.filter((frame) => frame.startsWith(":"))).toHaveLength(6)
  expect(eventsOf(frames.slice(before)).map(({ type }) => type)).toEqual(["keepalive"])
  for (const part of parts.slice(4)) encoder.part(part)
  const events = eventsOf(frames)
  expect(events.filter(({ type }) => type === "response.in_progress")).toHaveLength(1)
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index))
  const end = frames
  encoder.keepAlive()
  expect(frames).toBe(end)
})

describe("a summary", () => {
  const trigger = { input: [{ role: "user", content: "one" }, { type: "compaction_trigger" }] }

  it("in place of an answer is one sealed item", () => {
    const { events, last, context, parts } = see([H("x", "s"), T("Sum", "mary."), S("stop")], { ...trigger, ...SEALED })
    expect(itemsDone(events)).toMatchObject([{ type: "compaction", encrypted_content: "gw1.Summary." }])
    expect(last).toMatchObject({ type: "response.completed" })
    expect(JSON.stringify(events)).not.toContain("output_text")
    expect(whole(parts, context)).toEqual(last?.["response"])
  })

  it("that is empty is a failure", () => {
    const { events, context, parts } = see([S("stop")], trigger)
    // Nothing has gone out: the client can still get an error's own status.
    expect(events).toEqual([])
    let frames = ""
    const encoder = responses.encodeStream((written) => (frames += written), context)
    for (const part of parts) encoder.part(part)
    expect(() => encoder.finish?.()).toThrow(expect.objectContaining({ code: "upstream_empty_answer" }))
    encoder.part({ type: "error", error: new GatewayError("upstream_empty_answer", "None.") })
    expect(eventsOf(frames).at(-1)).toMatchObject({ type: "response.failed" })
    expect(() => whole(parts, context)).toThrow(expect.objectContaining({ code: "upstream_empty_answer" }))
  })
})

describe("whatever an answer is made of", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 })
  const signature = fc.option(fc.string({ minLength: 1 }), { nil: undefined })
  const block = fc.oneof(
    fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => T(...texts)),
    fc.tuple(fc.string(), signature).map(([thought, signed]) => H(thought, signed)),
    fc
      .tuple(
        fc.constantFrom("a", "b", "patch", "ns__c", "shell"),
        fc.dictionary(fc.string(), fc.jsonValue()),
        signature,
      )
      .map(([name, args, signed]) => C(`call_${name}`, name, args, signed)),
    fc.constant(M("aGk=")),
  )
  const end = fc.constantFrom(S("stop"), S("length"), S("refusal"), S("tool-calls"))
  const tools = [
    ...TOOLS,
    { type: "custom", name: "patch" },
    { type: "namespace", name: "ns", tools: [{ type: "function", name: "c", parameters: {} }] },
    { type: "shell" },
  ]
  const wish = fc.constantFrom({ tools }, { tools, ...SEALED }, { tools, ...SHOWN }, { tools, ...SEALED, ...SHOWN })

  it("items are announced and closed one by one in order, and the whole answer holds the same", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), end, wish, (blocks, last, body) => {
        const { events, last: ended, context, parts } = see([...blocks, last], body)
        expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index))
        const steps = events
          .filter(({ type }) => type.startsWith("response.output_item"))
          .map(({ type, output_index: index }) => [type.split(".").at(-1), index])
        const output = itemsDone(events)
        expect(steps).toEqual(
          output.flatMap((_item, index) => [
            ["added", index],
            ["done", index],
          ]),
        )
        expect(new Set(output.map(({ id }) => id)).size).toBe(output.length)
        expect(ended).toMatchObject({ response: { output } })
        expect(whole(parts, context)).toEqual(ended?.["response"])
      }),
      { numRuns: 300 },
    )
  })

  it("G67 the AI SDK's schema takes every kind of item, streamed and whole", async () => {
    const grounding = { queries: ["q"], sources: [{ url: "https://a.example/", title: "A" }], citations: [] }
    const typed = [
      { type: "tool_search", execution: "client" },
      { type: "local_shell" },
      { type: "shell" },
      { type: "apply_patch" },
    ]
    const more = { tools: [...tools, ...typed], ...SEALED, ...SHOWN }
    const blocks = [
      H("think", "s"),
      C("call_1", "patch", { input: "x" }, "t"),
      C("call_2", "ns__c", {}),
      C("call_3", "tool_search", { query: "x" }),
      C("call_4", "local_shell", { command: ["ls"] }),
      C("call_5", "shell", { commands: ["ls"] }),
      C("call_6", "apply_patch", { operation: { type: "update_file", path: "a", diff: "+b" } }),
      C("call_7", "apply_patch", { operation: { type: "delete_file", path: "a" } }),
      M("aGk="),
      G(grounding),
      T("Hello"),
      S("tool-calls"),
    ]
    const { context, parts } = see(blocks, more)
    let frames = ""
    const encoder = responses.encodeStream((written) => (frames += written), context)
    for (const part of parts) encoder.part(part)
    const answers = [
      new Response(frames, { headers: { "content-type": "text/event-stream" } }),
      Response.json(whole(parts, context)),
    ]
    const answer = (): Promise<Response> => Promise.resolve(answers.shift() ?? Response.error())
    const model = createOpenAI({ baseURL: "http://gateway.test/v1", apiKey: "test", fetch: answer }).responses("m")
    const ask = { prompt: [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }] }
    const seen: { type: string; toolCallId?: string }[] = []
    for await (const part of (await model.doStream(ask)).stream) seen.push(part)
    expect(seen.filter(({ type }) => type === "error")).toEqual([])
    const called = seen.filter(({ type }) => type === "tool-call").map(({ toolCallId }) => toolCallId)
    expect(called).toEqual(expect.arrayContaining(["call_1", "call_2", "call_4", "call_5", "call_6", "call_7"]))
    const { content } = await model.doGenerate(ask)
    expect(content.filter(({ type }) => type === "tool-call").length).toBe(called.length)
  })
})
