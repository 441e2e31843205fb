import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { encodeRequest } from "../gemini/encode-request.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeError } from "./encode-error.ts"
import { responsesExtra } from "./extra.ts"

const decode = (body: object) => decodeRequest({ model: "m", input: "hi", ...body }, {})
const turnsOf = (input: readonly object[]) => decode({ input }).value.turns
const user = (content: unknown) => ({ role: "user", content })
const text = (value: string) => ({ type: "text", text: value })

/** What goes upstream, and everything that did not. */
function sent(body: object, model = "gemini-3-flash") {
  const decoded = decode(body)
  const { value, dropped } = encodeRequest(decoded.value, { id: model })
  return { value, dropped: [...decoded.dropped, ...dropped], written: JSON.stringify(value) }
}

function refusal(body: object): { status: number; body: unknown } {
  try {
    decode(body)
  } catch (error) {
    if (error instanceof GatewayError) return encodeError(error, { exchangeId: "req_1", now: 0 })
    throw error
  }
  throw new Error("nothing was refused")
}

describe("input", () => {
  it("G91 is a text, or messages with and without a type, system text in the middle included", () => {
    expect(
      turnsOf([user("a"), { type: "message", role: "user", content: [{ type: "input_text", text: "b" }] }]),
    ).toEqual([{ role: "user", parts: [text("a"), text("b")] }])
    expect(decode({ input: "hello" }).value.turns).toEqual([{ role: "user", parts: [text("hello")] }])
    const { value, dropped } = decode({
      instructions: "zero",
      input: [
        { role: "developer", content: "one" },
        user("two"),
        { role: "system", content: "three" },
        {
          role: "assistant",
          content: [{ type: "output_text", text: "four", annotations: [] }],
          id: "msg_1",
          phase: "x",
        },
      ],
    })
    expect(value.system).toEqual([text("zero"), text("one")])
    expect(value.turns).toEqual([
      { role: "user", parts: [text("two"), text("<system-reminder>\nthree\n</system-reminder>")] },
      { role: "assistant", parts: [text("four")] },
    ])
    expect(dropped).toEqual(["+system-reminder"])
  })

  it("G72 R11 names a call of the history as its tool is declared", () => {
    const wait = { type: "function", name: "wait_agent", parameters: {} }
    const { value } = sent({
      tools: [{ type: "namespace", name: "multi_agent_v1", description: "x", tools: [wait] }],
      input: [
        user("go"),
        {
          type: "function_call",
          id: "fc_1",
          call_id: "call_1",
          name: "wait_agent",
          namespace: "multi_agent_v1",
          arguments: '{"x":1}',
          status: "completed",
        },
        { type: "function_call_output", id: "fco_1", call_id: "call_1", output: "done" },
      ],
    })
    expect(value["tools"]).toMatchObject([{ functionDeclarations: [{ name: "multi_agent_v1__wait_agent" }] }])
    expect(value["contents"]).toMatchObject([
      { role: "user" },
      { role: "model", parts: [{ functionCall: { name: "multi_agent_v1__wait_agent", args: { x: 1 } } }] },
      {
        role: "user",
        parts: [{ functionResponse: { name: "multi_agent_v1__wait_agent", response: { output: "done" } } }],
      },
    ])
  })

  it("G73 R11 declares the tools that stand in it, later ones in place of earlier ones", () => {
    const exec = (description: string) => ({ type: "custom", name: "exec", description })
    const tools = (description: string) => [{ type: "namespace", name: "functions", tools: [exec(description)] }]
    const { value } = decode({
      input: [
        { type: "additional_tools", role: "developer", tools: tools("old") },
        user("go"),
        { type: "additional_tools", role: "developer", tools: tools("JavaScript source.") },
      ],
    })
    expect(value.tools).toMatchObject([
      { name: "functions__exec", description: "JavaScript source.", parameters: { required: ["input"] } },
    ])
    expect(responsesExtra(value).calls.get("functions__exec")).toEqual({
      kind: "custom",
      name: "exec",
      namespace: "functions",
    })
  })

  it("G75 has freeform calls and their outputs as call and result", () => {
    const { value } = sent({
      tools: [{ type: "custom", name: "apply_patch" }],
      input: [
        user("go"),
        {
          type: "custom_tool_call",
          id: "ctc_1",
          call_id: "call_1",
          name: "apply_patch",
          input: "*** Begin",
          status: "completed",
        },
        { type: "custom_tool_call_output", id: "ctco_1", call_id: "call_1", output: "Done!" },
      ],
    })
    expect(value["contents"]).toMatchObject([
      {},
      { parts: [{ functionCall: { name: "apply_patch", args: { input: "*** Begin" } } }] },
      { parts: [{ functionResponse: { name: "apply_patch", response: { output: "Done!" } } }] },
    ])
  })

  it("G76 has images of outputs, which reach the upstream", () => {
    const png = "iVBORw0KGgo="
    const { written } = sent({
      tools: [{ type: "function", name: "view_image", parameters: {} }],
      input: [
        user([{ type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" }]),
        { type: "function_call", call_id: "call_1", name: "view_image", arguments: "" },
        {
          type: "function_call_output",
          call_id: "call_1",
          output: [
            { type: "input_text", text: "a.png" },
            { type: "input_image", image_url: `data:image/png;base64,${png}` },
          ],
        },
      ],
    })
    expect(written.split(png)).toHaveLength(3)
    expect(written).toContain('"output":"a.png"')
  })

  it("G77 of Codex for a model it does not know: long developer texts are instructions, its web search is dropped", () => {
    const long = (letter: string, length: number) => letter.repeat(length)
    const { value, dropped } = sent({
      stream: true,
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { summary: "auto" },
      parallel_tool_calls: true,
      prompt_cache_key: "0198c0de-0000-7000-8000-000000000000",
      client_metadata: { turn: "1" },
      tool_choice: "auto",
      tools: [
        {
          type: "function",
          name: "exec_command",
          description: "Runs.",
          strict: false,
          parameters: {
            type: "object",
            properties: { cmd: { type: "string" } },
            required: ["cmd"],
            additionalProperties: false,
          },
        },
        {
          type: "namespace",
          name: "multi_agent_v1",
          description: "Agents.",
          tools: [
            { type: "function", name: "spawn_agent", strict: false, parameters: { type: "object", properties: {} } },
          ],
        },
        { type: "web_search", external_web_access: false },
      ],
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: long("a", 17_000) }] },
        { type: "message", role: "developer", content: [{ type: "input_text", text: long("b", 2_000) }] },
        { type: "message", role: "user", content: [{ type: "input_text", text: "<environment_context/>" }] },
        { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] },
      ],
    })
    expect(value["systemInstruction"]).toMatchObject({
      parts: [{ text: long("a", 17_000) }, { text: long("b", 2_000) }],
    })
    expect(value["contents"]).toEqual([
      {
        role: "user",
        parts: [text("<environment_context/>"), text("hello")].map(({ text: said }) => ({ text: said })),
      },
    ])
    expect(value["tools"]).toMatchObject([
      { functionDeclarations: [{ name: "exec_command" }, { name: "multi_agent_v1__spawn_agent" }] },
    ])
    expect(value["generationConfig"]).toMatchObject({ thinkingConfig: { includeThoughts: true } })
    expect(dropped.filter((path) => !path.includes(".parameters"))).toEqual(["tools[1].description", "tools[2]"])
  })

  it("G78 G79 has thoughts of others, without content, and without an id", () => {
    const thought = (more: object) => [
      user("a"),
      { type: "reasoning", summary: [], ...more },
      { role: "assistant", content: "b" },
      user("c"),
    ]
    expect(turnsOf(thought({ id: "rs_1", content: null, encrypted_content: "gAAAAABfernet" }))[1]).toEqual({
      role: "assistant",
      parts: [{ type: "reasoning", text: "", signature: "gAAAAABfernet" }, text("b")],
    })
    expect(turnsOf(thought({ summary: [{ type: "summary_text", text: "Plan." }] }))[1]?.parts[0]).toEqual({
      type: "reasoning",
      text: "Plan.",
    })
    expect(turnsOf(thought({ content: [{ type: "reasoning_text", text: "Open." }] }))[1]?.parts[0]).toEqual({
      type: "reasoning",
      text: "Open.",
    })
  })

  it("has calls of typed tools with their actions as arguments", () => {
    const { value } = decode({
      input: [
        user("go"),
        {
          type: "local_shell_call",
          id: "lsh_1",
          call_id: "call_1",
          action: { type: "exec", command: ["ls"], env: {} },
          status: "completed",
        },
        { type: "local_shell_call_output", id: "lsh_1", output: "a.txt" },
        { type: "shell_call", call_id: "call_2", action: { commands: ["pwd"] } },
        {
          type: "shell_call_output",
          call_id: "call_2",
          output: [{ stdout: "/", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
        },
        {
          type: "apply_patch_call",
          call_id: "call_3",
          operation: { type: "delete_file", path: "a" },
          status: "completed",
        },
        { type: "apply_patch_call_output", call_id: "call_3", status: "failed", output: "no such file" },
      ],
    })
    expect(value.turns.map(({ parts }) => parts[0])).toMatchObject([
      text("go"),
      { type: "tool-call", id: "call_1", name: "local_shell", arguments: { command: ["ls"] } },
      { type: "tool-result", callId: "call_1", content: [text("a.txt")], isError: false },
      { type: "tool-call", id: "call_2", name: "shell", arguments: { commands: ["pwd"] } },
      {
        type: "tool-result",
        callId: "call_2",
        content: [text('[{"stdout":"/","stderr":"","outcome":{"type":"exit","exit_code":0}}]')],
      },
      { type: "tool-call", id: "call_3", name: "apply_patch" },
      { type: "tool-result", callId: "call_3", isError: true },
    ])
  })

  it("has tools that a search found, and their names as its result", () => {
    const found = { type: "function", name: "create_event", parameters: {}, defer_loading: true }
    const { value, dropped } = decode({
      tools: [
        found,
        {
          type: "tool_search",
          execution: "client",
          description: "Finds.",
          parameters: { type: "object", properties: { goal: { type: "string" } } },
        },
      ],
      input: [
        user("go"),
        { type: "tool_search_call", call_id: "call_1", execution: "client", arguments: { goal: "calendar" } },
        { type: "tool_search_output", call_id: "call_1", execution: "client", tools: [found] },
      ],
    })
    expect(value.tools?.map(({ name }) => name)).toEqual(["tool_search", "create_event"])
    expect(value.turns[2]?.parts).toMatchObject([
      { callId: "call_1", content: [text("Tool create_event is now available.")] },
    ])
    expect(dropped).toEqual(["+tool-available"])
    const inside = decode({
      tools: [{ type: "tool_search", execution: "client" }],
      input: [{ type: "additional_tools", role: "developer", tools: [found] }, user("go")],
    })
    expect(inside.value.tools?.map(({ name }) => name)).toEqual(["tool_search"])
    const alone = decode({ tools: [found] })
    expect(alone.value.tools).toBeUndefined()
    // Nobody will bring it.
    expect(alone.dropped).toEqual(["tools[0]"])
    const before = decode({ tools: [found], input: [user("go"), { type: "tool_search_output", tools: [found] }] })
    expect(before).toMatchObject({ value: { tools: [{ name: "create_event" }] }, dropped: [] })
  })

  const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" }
  const resultOf = (output: unknown) => {
    const { value, dropped } = decode({ input: [user("q"), call, { ...call, type: "function_call_output", output }] })
    return { part: value.turns[2]?.parts[0], dropped }
  }

  it.each([
    [{ type: "weather", celsius: 3 }, '{"type":"weather","celsius":3}'],
    [[{ type: "row", a: 1 }, 2], '[{"type":"row","a":1},2]'],
  ])("has %j as an output, which the model reads as JSON", (output, json) => {
    expect(resultOf(output)).toMatchObject({ part: { content: [text(json)] }, dropped: [] })
  })

  it("has an output with a part that nobody knows, which is listed", () => {
    expect(
      resultOf([
        { type: "input_text", text: "x" },
        { type: "weather", celsius: 3 },
      ]),
    ).toMatchObject({
      part: { content: [text("x")] },
      dropped: ["input[2].output[1]"],
    })
  })

  it("has instructions with a picture, which is listed", () => {
    const image_url = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    const content = [
      { type: "input_text", text: "be" },
      { type: "input_image", image_url },
    ]
    const { value, dropped } = decode({ input: [{ role: "developer", content }, user("q")] })
    expect(value.system).toEqual([text("be")])
    expect(dropped).toEqual(["input[0].content[1]"])
  })

  it("has instructions with a document of text, which are text and nothing is lost", () => {
    const document = { type: "input_file", filename: "n.txt", file_data: "data:text/plain,hello%20you" }
    const { value, dropped } = decode({ input: [{ role: "developer", content: [document] }, user("hi")] })
    expect(value.system).toEqual([text("n.txt\nhello you")])
    expect(dropped).toEqual([])
  })

  it("has ids that are numbers", () => {
    const { value } = decode({
      input: [user("q"), { ...call, call_id: 7 }, { type: "function_call_output", call_id: 7, output: "x" }],
    })
    expect(value.turns[1]?.parts[0]).toMatchObject({ id: "7" })
    expect(value.turns[2]?.parts[0]).toMatchObject({ callId: "7" })
  })

  it("lists what it could not carry", () => {
    const { dropped } = decode({
      input: [
        user([
          { type: "input_text", text: "a" },
          { type: "hologram", data: "x" },
        ]),
        { type: "mcp_call", id: "mcp_1", name: "x", server_label: "y", arguments: "{}" },
        { type: "item_reference", id: "msg_9" },
        { type: "new_kind", role: "user" },
      ],
      tools: [
        { type: "file_search", vector_store_ids: ["x"] },
        { type: "mcp", server_label: "y" },
      ],
      vendor_switch: true,
    })
    expect(dropped).toEqual([
      "input[0].content[1]",
      "input[1]",
      "input[2]",
      "tools[0]",
      "tools[1]",
      "vendor_switch",
      "input[3]",
    ])
  })
})

describe("what is refused", () => {
  it("G81 is a stored answer", () => {
    expect(refusal({ previous_response_id: "resp_1" })).toMatchObject({
      status: 400,
      body: {
        error: { type: "invalid_request_error", code: "previous_response_not_found", param: "previous_response_id" },
      },
    })
    expect(decode({ previous_response_id: null }).dropped).toEqual([])
  })

  it("G82 is nothing but references to items", () => {
    expect(refusal({ input: [{ type: "item_reference", id: "msg_1" }, { id: "msg_2" }] })).toMatchObject({
      status: 404,
      body: { error: { code: "item_not_found", param: "input" } },
    })
    expect(decode({ input: [{ id: "msg_2" }, user("go")] }).value.turns).toHaveLength(1)
  })

  it.each([
    ["G94", { background: true }, "background"],
    ["also", { conversation: "conv_1" }, "conversation"],
    ["also", { prompt: { id: "pmpt_1" } }, "prompt"],
  ])("%s is %j", (_name, body, param) => {
    expect(refusal(body)).toMatchObject({ status: 400, body: { error: { code: "unsupported_parameter", param } } })
  })

  it.each(["file_search", "code_interpreter", "computer_use_preview", "mcp"])("is %s as the forced tool", (type) => {
    expect(refusal({ tool_choice: { type } })).toMatchObject({
      status: 400,
      body: { error: { code: "unsupported_tool", param: "tool_choice" } },
    })
  })

  it.each([
    [{ input: 7 }, "input"],
    [{ input: [7] }, "input[0]"],
    [{ input: [] }, "input"],
    [{ input: [{ role: "robot", content: "x" }] }, "input[0].role"],
    [{ input: [user([{ type: "input_image", file_id: "file_1" }])] }, "input[0].content[0].file_id"],
    [{ input: [{ type: "function_call", call_id: "c" }] }, "input[0].name"],
    [{ tools: [{ type: "function" }] }, "tools[0].name"],
    [{ tools: {} }, "tools"],
    [{ tool_choice: "some" }, "tool_choice"],
    [{ tool_choice: { type: "function" } }, "tool_choice.name"],
    [{ reasoning: { effort: "huge" } }, "reasoning.effort"],
    [{ text: { format: { type: "json_schema" } } }, "text.format.schema"],
    [{ text: { format: { type: "yaml" } } }, "text.format.type"],
    [{ max_output_tokens: 0 }, "max_output_tokens"],
  ])("is %j by its field", (body, param) => {
    expect(refusal(body)).toMatchObject({ status: 400, body: { error: { param } } })
  })
})

describe("fields", () => {
  it("G92 a schema that stands beside its type is one", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } }
    expect(
      decode({ text: { format: { type: "json_schema", name: "n", strict: true, schema } } }).value.responseFormat,
    ).toEqual({ type: "json-schema", schema, name: "n" })
    expect(decode({ text: { format: { type: "json_object" } } }).value.responseFormat).toEqual({ type: "json" })
    expect(decode({ text: { format: { type: "text" }, verbosity: "low" } }).value.responseFormat).toBeUndefined()
  })

  it("G93 that mean nothing here lose nothing, and metadata comes back", () => {
    const { value, dropped } = decode({ store: true, background: false, truncation: "auto", metadata: { topic: "x" } })
    expect(dropped).toEqual([])
    expect(responsesExtra(value)).toMatchObject({
      sealsReasoning: false,
      echo: { metadata: { topic: "x" }, truncation: "auto" },
    })
  })

  it.each([
    [{ effort: "low" }, { kind: "effort", level: "low", show: false }],
    [
      { effort: "low", summary: "detailed" },
      { kind: "effort", level: "low", show: true },
    ],
    [
      { effort: null, generate_summary: "auto" },
      { kind: "auto", show: true },
    ],
    [
      { effort: "none", summary: "auto" },
      { kind: "off", show: false },
    ],
    [{}, undefined],
    [{ summary: null, context: "all_turns" }, undefined],
  ])("reasoning %j is %j", (reasoning, expected) => {
    expect(decode({ reasoning }).value.reasoning).toEqual(expected)
  })

  it.each([
    ["none", { type: "none" }],
    ["required", { type: "required" }],
    [
      { type: "function", name: "f" },
      { type: "tool", name: "f" },
    ],
    [
      { type: "custom", name: "patch" },
      { type: "tool", name: "patch" },
    ],
    [
      { type: "function", name: "inner" },
      { type: "tool", name: "ns__inner" },
    ],
    [
      { type: "function", name: "inner", namespace: "ns" },
      { type: "tool", name: "ns__inner" },
    ],
    [{ type: "shell" }, { type: "tool", name: "shell" }],
    [{ type: "web_search_preview" }, undefined],
    [
      {
        type: "allowed_tools",
        mode: "required",
        tools: [{ type: "function", name: "f" }, { type: "shell" }, { type: "mcp", server_label: "x" }],
      },
      { type: "allowed", mode: "required", names: ["f", "shell"] },
    ],
  ])("tool_choice %j is %j", (choice, expected) => {
    const tools = [
      { type: "function", name: "f", parameters: {} },
      { type: "custom", name: "patch" },
      { type: "namespace", name: "ns", tools: [{ type: "function", name: "inner", parameters: {} }] },
      { type: "shell" },
    ]
    expect(decode({ tools, tool_choice: choice }).value.toolChoice).toEqual(expected)
  })

  it("a grammar stands in the description of a freeform tool", () => {
    const { value, dropped } = decode({
      tools: [
        {
          type: "custom",
          name: "p",
          description: "Patches.",
          format: { type: "grammar", syntax: "lark", definition: "start: x" },
        },
      ],
    })
    expect(value.tools?.[0]?.description).toBe("Patches.\n\nThe input must follow this lark grammar:\nstart: x")
    expect(dropped).toEqual(["+freeform-tool"])
  })

  it("a search is the upstream's, of the hosts that are wanted", () => {
    const tools = [{ type: "web_search", filters: { allowed_domains: ["a.example"] } }]
    expect(decode({ tools }).value).toMatchObject({ webSearch: { domains: ["a.example"] } })
    expect(decode({ tools: [{ type: "web_search_preview" }] }).value.webSearch).toEqual({})
  })

  it("an image tool says what the image is like", () => {
    expect(decode({ tools: [{ type: "image_generation", size: "1536x1024" }] }).value.image).toEqual({
      aspectRatio: "3:2",
    })
  })

  it.each([
    [{ "session-id": "s" }, { prompt_cache_key: "k" }, "s"],
    [{}, { prompt_cache_key: "k", user: "u" }, "k"],
    [{}, { user: "u" }, "u"],
    [{}, {}, undefined],
  ])("the conversation of %j and %j is %s", (headers, body, expected) => {
    expect(decodeRequest({ model: "m", input: "hi", ...body }, headers).value.conversation).toBe(expected)
  })
})

it("decodes anything or throws a GatewayError that names the client's fault", () => {
  const item = fc.record(
    {
      type: fc.constantFrom(
        "message",
        "reasoning",
        "function_call",
        "function_call_output",
        "custom_tool_call",
        "compaction",
        "tool_search_output",
        "additional_tools",
        "x",
      ),
      role: fc.constantFrom("user", "assistant", "developer", 7),
      content: fc.oneof(
        fc.string(),
        fc.array(
          fc.oneof(
            fc.string(),
            fc.record({
              type: fc.constantFrom("input_text", "input_image", "input_file"),
              text: fc.anything(),
              image_url: fc.anything(),
            }),
          ),
        ),
        fc.anything(),
      ),
      name: fc.anything(),
      call_id: fc.anything(),
      output: fc.anything(),
      tools: fc.anything(),
    },
    { requiredKeys: [] },
  )
  const body = fc.record(
    {
      model: fc.oneof(fc.string(), fc.anything()),
      input: fc.oneof(fc.string(), fc.array(fc.oneof(item, fc.anything()), { maxLength: 4 }), fc.anything()),
      tools: fc.anything(),
      tool_choice: fc.anything(),
      text: fc.anything(),
      reasoning: fc.anything(),
      metadata: fc.anything(),
      stream: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(body, (wire) => {
      try {
        const { value } = decodeRequest(wire, {})
        expect(value.turns.length + value.system.length).toBeGreaterThan(0)
        for (const [index, turn] of value.turns.entries()) expect(turn.role).not.toBe(value.turns[index - 1]?.role)
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
        expect((error as GatewayError).status).toBeLessThan(500) // asserted above
      }
    }),
    { numRuns: 500 },
  )
})
