import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { decodeRequest } from "./decode-request.ts"

const decode = (more: object) => decodeRequest({ model: "m", max_tokens: 5, ...more }, {})
const text = (words: string) => ({ type: "text", text: words })
const user = (content: unknown = "hi") => ({ role: "user", content })
const assistant = (...content: unknown[]) => ({ role: "assistant", content })
const system = (...content: unknown[]) => ({ role: "system", content })

describe("tools that come and go", () => {
  const tool = (name: string, more: object = {}) => ({ name, input_schema: { type: "object" }, ...more })
  const named = (name: string) => ({ type: "tool_reference", name })
  const addition = (what: object) => ({ type: "tool_addition", tool: what })
  const removal = (what: object) => ({ type: "tool_removal", tool: what })
  const names = (messages: readonly object[], tools: readonly object[] = []) => {
    const { value, dropped } = decode({ messages, tools })
    return { tools: (value.tools ?? []).map(({ name }) => name), dropped }
  }

  it("are declared as they are at the end", () => {
    const tools = [tool("a"), tool("b"), tool("later", { defer_loading: true }), tool("never", { defer_loading: true })]
    expect(names([user(), system(removal(named("a")), addition(named("later")))], tools)).toEqual({
      tools: ["b", "later"],
      dropped: [],
    })
    expect(
      names([user(), system(removal(named("a"))), assistant(text("x")), system(addition(named("a")))], tools),
    ).toEqual({ tools: ["a", "b"], dropped: [] })
    expect(names([user(), system(addition(named("later"))), system(removal(named("later")))], tools).tools).toEqual([
      "a",
      "b",
    ])
  })

  it("may be defined where they come", () => {
    const definition = tool("new", { description: "d" })
    const { value, dropped } = decode({
      messages: [user(), system(text("now"), addition({ type: "tool_definition", definition }))],
    })
    expect(value.tools).toEqual([{ name: "new", description: "d", parameters: { type: "object" } }])
    expect(value.turns.at(-1)?.parts.at(-1)).toEqual(text("<system-reminder>\nnow\n</system-reminder>"))
    expect(dropped).toEqual(["+system-reminder"])
  })

  it.each([
    addition({ type: "mcp_tool_reference", server_name: "s", name: "t" }),
    addition({ type: "mcp_toolset_reference", server_name: "s" }),
    removal({ type: "tool_definition", definition: tool("x") }),
    { type: "tool_removal" },
  ])("of other kinds are recorded: %j", (block) => {
    expect(names([user(), system(block)])).toEqual({ tools: [], dropped: ["messages[1].content[0]"] })
  })

  it("of turns that a summary stands for count too", () => {
    const summary = { type: "compaction", content: "s", tool_changes: [removal(named("a")), addition(named("later"))] }
    const tools = [tool("a"), tool("later", { defer_loading: true })]
    expect(names([assistant(summary), user()], tools)).toEqual({ tools: ["later"], dropped: [] })
  })
})

it("tools that a search of the vendor's found are loaded", () => {
  const found = {
    type: "tool_search_tool_search_result",
    tool_references: [{ type: "tool_reference", tool_name: "b" }],
  }
  const { value, dropped } = decode({
    tools: ["a", "b"].map((name) => ({ name, input_schema: { type: "object" }, defer_loading: true })),
    messages: [
      user(),
      assistant({ type: "tool_search_tool_result", tool_use_id: "srvtoolu_1", content: found }),
      user(),
    ],
  })
  expect(value.tools).toMatchObject([{ name: "b" }])
  expect(dropped).toEqual([])
})

it("any number of losses and of found tools are told once", () => {
  const many = <Value>(value: Value) => Array.from({ length: 100_000 }, () => value)
  const found = { type: "tool_result", tool_use_id: "a", content: many({ type: "tool_reference", tool_name: "t" }) }
  const { dropped } = decode({ messages: [assistant(...many({ type: "web_search_tool_result" })), user([found])] })
  expect(dropped).toHaveLength(202)
  expect(dropped.slice(200)).toEqual(["and 99800 more", "+tool-available"])
})

describe("a summary of older turns", () => {
  it("is told by the user, at its place", () => {
    const summary = { type: "compaction", content: "What was said.", encrypted_content: "e", signature: "s" }
    const { value, dropped } = decode({ messages: [user("one"), assistant(text("two"), summary, text("three"))] })
    expect(value.turns).toEqual([
      { role: "user", parts: [text("one")] },
      { role: "assistant", parts: [text("two")] },
      { role: "user", parts: [text("What was said.")] },
      { role: "assistant", parts: [text("three")] },
    ])
    expect(dropped).toEqual([])
  })

  it.each([null, ""])("%j says nothing", (content) => {
    const { value } = decode({ messages: [assistant({ type: "compaction", content }), user()] })
    expect(value.turns).toEqual([{ role: "user", parts: [text("hi")] }])
  })
})

describe("what the vendor's own tools brought", () => {
  it("from the web is text of its turn, beside the text that was there", () => {
    const { value, dropped } = decode({
      messages: [
        user(),
        assistant(
          { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
          {
            type: "web_search_tool_result",
            tool_use_id: "srvtoolu_1",
            content: [
              { type: "web_search_result", title: "one", url: "https://one.example/", encrypted_content: "" },
              { type: "web_search_result", title: "two", url: "https://two.example/", encrypted_content: "" },
            ],
          },
          { ...text("Paris."), citations: [{ type: "web_search_result_location", url: "https://one.example/" }] },
        ),
        user("and?"),
      ],
    })
    expect(value.turns[1]).toEqual({
      role: "assistant",
      parts: [text("one\nhttps://one.example/\ntwo\nhttps://two.example/"), text("Paris.")],
    })
    expect(dropped).toEqual(["messages[1].content[0]"])
  })

  it("from one page is its address and its text", () => {
    const page = {
      type: "web_fetch_result",
      url: "https://one.example/",
      content: { type: "document", title: "T", source: { type: "text", media_type: "text/plain", data: "words" } },
    }
    const { value, dropped } = decode({
      messages: [user(), assistant({ type: "web_fetch_tool_result", tool_use_id: "x", content: page }), user()],
    })
    expect(value.turns[1]?.parts).toEqual([text("https://one.example/"), text("T\nwords")])
    expect(dropped).toEqual([])
  })

  it.each([
    { type: "web_search_tool_result", content: { type: "web_search_tool_result_error", error_code: "unavailable" } },
    { type: "web_fetch_tool_result", content: { type: "web_fetch_tool_result_error", error_code: "unavailable" } },
    { type: "code_execution_tool_result", content: {} },
    { type: "bash_code_execution_tool_result", content: {} },
    { type: "mcp_tool_use", id: "x", name: "t", server_name: "s", input: {} },
    { type: "mcp_tool_result", tool_use_id: "x", content: [] },
    { type: "tool_search_tool_result", content: {} },
    { type: "container_upload", file_id: "f" },
    { type: "advisor_tool_result", content: {} },
    { type: "fallback" },
    { type: "mcp_tool_listing" },
    { type: "kind_of_next_year" },
  ])("of other kinds is recorded, and the text stays: $type", (block) => {
    const { value, dropped } = decode({ messages: [user(), assistant(block, text("kept")), user()] })
    expect(value.turns[1]).toEqual({ role: "assistant", parts: [text("kept")] })
    expect(dropped).toEqual(["messages[1].content[0]"])
  })
})

it("system text after an empty turn is no longer leading", () => {
  const { value } = decode({ messages: [assistant(), system(text("later")), user()] })
  expect(value.system).toEqual([])
})

it("decodes any blocks, or throws a GatewayError that names the client's fault", () => {
  const types = [
    "compaction",
    "tool_addition",
    "tool_removal",
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "redacted_thinking",
    "search_result",
    "document",
  ]
  const inner = fc.oneof(
    fc.jsonValue(),
    fc.record({
      type: fc.constantFrom("tool_reference", "tool_definition", "web_fetch_result", "web_search_result", "text"),
      name: fc.jsonValue(),
      definition: fc.jsonValue(),
      content: fc.jsonValue(),
      url: fc.jsonValue(),
    }),
  )
  const block = fc.record({
    type: fc.constantFrom(...types),
    tool: inner,
    content: fc.oneof(inner, fc.array(inner, { maxLength: 3 })),
    tool_changes: fc.array(fc.record({ type: fc.constantFrom("tool_addition", "tool_removal"), tool: inner })),
  })
  const message = fc.record({
    role: fc.constantFrom("user", "assistant", "system"),
    content: fc.array(block, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
      try {
        decode({ messages })
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
        expect(error).toMatchObject({ code: expect.stringMatching(/^(invalid_request|unsupported_parameter)$/) })
      }
    }),
    { numRuns: 100 },
  )
})

describe("system text", () => {
  it("takes texts only, and lists what else it holds", () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } }
    const { value, dropped } = decode({ system: [text("s"), image], messages: [user(), system(text("later"), image)] })
    expect(value.system).toEqual([text("s")])
    expect(dropped).toEqual(["system[1]", "messages[1].content[1]", "+system-reminder"])
  })
})

it("a tool's result that reads like an absent one, or belongs to a number, is what it is", () => {
  const { value } = decode({
    messages: [
      user(),
      assistant({ type: "tool_use", id: 1, name: "f", input: {} }),
      user([{ type: "tool_result", tool_use_id: 1, content: "[undefined]" }]),
    ],
  })
  expect(value.turns.slice(1)).toMatchObject([
    { parts: [{ id: "1" }] },
    { parts: [{ callId: "1", content: [text("[undefined]")] }] },
  ])
})
