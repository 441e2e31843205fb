import { describe, expect, it } from "vitest"
import type { ChatRequest, Tool, ToolChoice } from "../../canonical/request.ts"
import { decodeStream } from "./decode-stream.ts"
import { encodeRequest } from "./encode-request.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"

const GEMINI = "gemini-3-flash"
const CLAUDE = "claude-sonnet-4-6"

const tool = (name: string, parameters: unknown = { type: "object", properties: { x: { type: "string" } } }): Tool => ({
  name,
  parameters,
})

function encode(id: string, tools: readonly Tool[], toolChoice?: ToolChoice, reasoning?: ChatRequest["reasoning"]) {
  const request: ChatRequest = {
    model: "m",
    stream: true,
    system: [],
    turns: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    sampling: {},
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(reasoning === undefined ? {} : { reasoning }),
    extra: {},
  }
  const encoded = encodeRequest(request, { id })
  const { tools: wireTools, toolConfig } = encoded.value
  const [list] = (wireTools ?? []) as { functionDeclarations: { name: string; parameters: object }[] }[] // what was just written
  return { ...encoded, declarations: list?.functionDeclarations ?? [], toolConfig }
}

const config = (mode: string, allowedFunctionNames?: string[]) => ({
  functionCallingConfig: { mode, ...(allowedFunctionNames === undefined ? {} : { allowedFunctionNames }) },
})

describe("declarations", () => {
  it("hold name, description and parameters only, in one list before the conversation", () => {
    const { value } = encode(GEMINI, [{ ...tool("f"), description: "does f" }, tool("g")])
    expect(Object.keys(value)).toEqual(["tools", "contents"])
    expect(value["tools"]).toEqual([
      {
        functionDeclarations: [
          { name: "f", description: "does f", parameters: { type: "object", properties: { x: { type: "string" } } } },
          { name: "g", parameters: { type: "object", properties: { x: { type: "string" } } } },
        ],
      },
    ])
  })

  it("G44 G45 have legal names, each its own, and the answer has the client's", () => {
    const names = ["mcp__srv.tool/üx", "a b", "a?b", "plain"]
    const { declarations, declaredTools } = encode(
      CLAUDE,
      names.map((name) => tool(name)),
    )
    const upstream = declarations.map(({ name }) => name)
    expect(new Set(upstream).size).toBe(names.length)
    for (const name of upstream) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/)
    const parts: StreamPart[] = []
    const decoder = decodeStream((part) => parts.push(part), { declaredTools, mintToolCallId: () => "id" })
    decoder.push({
      candidates: [
        { content: { parts: upstream.map((name) => ({ functionCall: { name, args: {} } })) }, finishReason: "STOP" },
      ],
    })
    decoder.end()
    expect(parts.flatMap((part) => (part.type === "tool-input-start" ? part.name : []))).toEqual(names)
  })

  it("keep the last of several with one name, and record the others", () => {
    const { declarations, dropped } = encode(GEMINI, [
      tool("f", { type: "object", properties: { old: { type: "string" } } }),
      tool("f"),
    ])
    expect(declarations).toEqual([{ name: "f", parameters: { type: "object", properties: { x: { type: "string" } } } }])
    expect(dropped).toEqual(["tools.f"])
  })

  it("G46 have their schema cleaned, and say so", () => {
    const parameters = {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: { n: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 } },
      additionalProperties: false,
    }
    const { declarations, dropped } = encode(GEMINI, [tool("f", parameters), tool("g")])
    const written = JSON.stringify(declarations[0])
    for (const word of ["$schema", "additionalProperties", '"minimum"']) expect(written).not.toContain(word)
    expect(dropped).toEqual(["tools.f.parameters"])
  })

  it("of a Claude that thinks have a property to fill in, which other models may leave out", () => {
    const parameters = (id: string, reasoning: ChatRequest["reasoning"]) =>
      encode(id, [tool("f", { type: "object", properties: {} })], undefined, reasoning).declarations[0]?.parameters
    expect(parameters(CLAUDE, { kind: "budget", tokens: 2000, show: true })).toMatchObject({ required: ["_unused"] })
    expect(parameters(CLAUDE, undefined)).not.toHaveProperty("required")
    expect(parameters(GEMINI, { kind: "budget", tokens: 2000, show: true })).not.toHaveProperty("required")
  })

  it("are made for tools without a schema", () => {
    const { declarations } = encode(GEMINI, [tool("f", null)])
    expect(declarations[0]?.parameters).toMatchObject({ type: "object" })
  })
})

describe("G47 the choice", () => {
  const tools = [tool("f"), tool("g")]

  it.each<[string, string, ToolChoice | undefined, unknown]>([
    ["nothing", GEMINI, undefined, undefined],
    ["nothing", CLAUDE, undefined, config("VALIDATED")],
    ["auto", GEMINI, { type: "auto" }, undefined],
    ["auto", CLAUDE, { type: "auto" }, config("VALIDATED")],
    ["required", GEMINI, { type: "required" }, config("ANY")],
    ["required", CLAUDE, { type: "required" }, config("ANY")],
    ["none", CLAUDE, { type: "none" }, config("NONE")],
    ["one tool", GEMINI, { type: "tool", name: "g" }, config("ANY", ["g"])],
    ["one tool", CLAUDE, { type: "tool", name: "g" }, config("ANY", ["g"])],
  ])("%s of %s", (_name, id, choice, expected) => {
    const { toolConfig, declarations, dropped } = encode(id, tools, choice)
    expect(toolConfig).toEqual(expected)
    expect(declarations).toHaveLength(2)
    expect(dropped).toEqual([])
  })

  it("allowed tools in any number are found among any number", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `f${index}`)
    const all = names.map((name) => tool(name, {}))
    const { declarations } = encode(GEMINI, all, { type: "allowed", mode: "auto", names: names.slice(1) })
    expect(declarations).toHaveLength(names.length - 1)
  })

  it.each<["auto" | "required", unknown]>([
    ["auto", undefined],
    ["required", config("ANY")],
  ])("allowed tools with %s are the only ones declared", (mode, expected) => {
    const { toolConfig, declarations } = encode(GEMINI, tools, { type: "allowed", mode, names: ["g"] })
    expect(toolConfig).toEqual(expected)
    expect(declarations.map(({ name }) => name)).toEqual(["g"])
  })

  it("of tools that are not there is recorded and left to the model", () => {
    const { toolConfig, dropped } = encode(GEMINI, tools, { type: "tool", name: "h" })
    expect(toolConfig).toBeUndefined()
    expect(dropped).toEqual(["toolChoice"])
  })

  it("without tools means nothing", () => {
    const { value, dropped } = encode(CLAUDE, [], { type: "required" })
    expect(value).not.toHaveProperty("toolConfig")
    expect(dropped).toEqual([])
  })
})
