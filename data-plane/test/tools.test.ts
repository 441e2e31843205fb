/** What the plane decides around calls: empty answers after results, calls of unknown tools, and what the record says of tools. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, messagesBody } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterEach(() => system.simulator.clearFaults())
afterAll(() => system?.stop())

const TOOLS = [{ name: "get_time", input_schema: { type: "object", properties: {} } }]
const CHAT_LOOP = [
  { role: "user", content: "what time is it?" },
  { role: "assistant", tool_calls: [{ id: "a", type: "function", function: { name: "get_time", arguments: "{}" } }] },
  { role: "tool", tool_call_id: "a", content: "noon" },
]
const MESSAGES_LOOP = [
  { role: "user", content: "what time is it?" },
  { role: "assistant", content: [{ type: "tool_use", id: "a", name: "get_time", input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "noon" }] },
]

describe("G30 an empty answer", () => {
  test.each([
    ["/v1/chat/completions", chatBody("", { messages: CHAT_LOOP, tools: TOOLS })],
    ["/v1/chat/completions", chatBody("", { messages: CHAT_LOOP, tools: TOOLS, stream: true })],
    ["/v1/messages", messagesBody("", { messages: MESSAGES_LOOP, tools: TOOLS })],
    ["/v1/messages", messagesBody("", { messages: MESSAGES_LOOP, tools: TOOLS, stream: true })],
  ])("right after results is an answer: %s, %#", async (path, body) => {
    const before = system.simulator.seen().length
    system.simulator.script({ fault: { kind: "empty-answer" } })
    const answer = await fetchAnswer(`${system.url}${path}`, { body })
    expect(answer.status).toBe(200)
    expect(answerText(answer)).toBe("")
    expect(answer.text).toMatch(/"(finish|stop)_reason":"(stop|end_turn)"/)
    expect(system.simulator.seen()).toHaveLength(before + 1)
  })

  test("after a question is an error", async () => {
    system.simulator.script({ fault: { kind: "empty-answer" } })
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("hello", { tools: TOOLS }) })
    expect(answer.status).toBe(502)
  })
})

test.each([[undefined], [TOOLS]])("a call of a tool that is not among %j is an error", async (tools) => {
  const body = chatBody("[[sim:call=remove {}]]", { tools })
  const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body })
  expect(answer.status).toBe(502)
  expect(errorOf(answer)).toMatchObject({ code: "upstream_malformed_call" })
})

test("the record counts what it does not list of many losses, those on the way to the upstream too", async () => {
  const stop = Array.from({ length: 305 }, (_, index) => `stop ${index}`)
  const body = chatBody("[[sim:text=x]]", { stop, parallel_tool_calls: false })
  const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body })
  const id = answer.headers["x-request-id"]
  const { dropped } = await waitFor(() => system.link.find("exchange").find((item) => item.exchangeId === id))
  expect(dropped.slice(0, 2)).toEqual(["parallel_tool_calls", "sampling.stop[5]"])
  expect(dropped.slice(199)).toEqual(["sampling.stop[203]", "and 101 more"])
})

test("the record says how the answer ended and what became of the tools", async () => {
  const parameters = {
    type: "object",
    properties: { x: { type: "string" } },
    additionalProperties: false,
    $schema: "x",
  }
  const tools = [
    { type: "function", function: { name: "look", parameters } },
    {
      type: "function",
      function: { name: "plain", parameters: { type: "object", properties: { x: { type: "string" } } } },
    },
    { type: "web_search" },
  ]
  const body = chatBody('[[sim:call=look {"x":"y"}]]', { tools, parallel_tool_calls: false })
  const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body })
  expect(JSON.parse(answer.text)).toMatchObject({ choices: [{ finish_reason: "tool_calls" }] })
  const id = answer.headers["x-request-id"]
  const record = await waitFor(() => system.link.find("exchange").find((item) => item.exchangeId === id))
  expect(record).toMatchObject({ outcome: "completed", finishReason: "STOP" })
  expect(record.dropped).toEqual(["parallel_tool_calls", "tools.look.parameters", "webSearch"])
  expect(record.schemaReport).toEqual({
    total: 2,
    listed: [
      { tool: "look", path: "$schema", change: "deleted: says nothing to the model" },
      { tool: "look", path: "additionalProperties", change: "moved into the description" },
    ],
  })
})
