import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { countTokens } from "./count-tokens.ts"
import { decodeRequest } from "./decode-request.ts"
import { reasoningShown } from "./encode-response.ts"

const TEXT = { contents: [{ role: "user", parts: [{ text: "hi" }] }] }
const AT = { rest: "gemini-3-flash" }
const decode = (body: object, address: Parameters<typeof decodeRequest>[2] = AT) => decodeRequest(body, {}, address)
const thrown = (body: object): GatewayError => {
  try {
    decode(body)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error("nothing was thrown")
}
const own = (more: object = {}) => ({ extra: { gemini: more } })

describe("the address", () => {
  it.each([
    ["gemini-3-flash", "gemini-3-flash"],
    ["models/gemini-3-flash", "gemini-3-flash"],
    ["models/models/x", "x"],
    ["tunedModels/x", "x"],
    ["vendor/x:free", "vendor/x:free"],
  ])("G148 %s names the model %s", (rest, model) => {
    expect(decode(TEXT, { rest }).value.model).toBe(model)
  })

  it("names the form of the answer", () => {
    const query = (text: string) => new URLSearchParams(text)
    const extra = (address: object) => decode(TEXT, { ...AT, ...address }).value.extra.gemini
    expect(decode(TEXT, { ...AT, form: "stream" }).value.stream).toBe(true)
    expect(extra({ form: "stream", query: query("alt=sse") })).toMatchObject({ framing: "events" })
    expect(extra({ form: "stream", query: query("") })).toMatchObject({ framing: "list" })
  })

  it("without a model is refused", () => {
    expect(() => decode(TEXT, { rest: "models/" })).toThrowError(/path must name a model/)
  })
})

describe("contents", () => {
  it.each<[string, unknown]>([
    ["a text", "hi"],
    ["a part", { text: "hi" }],
    ["a content", { role: "user", parts: [{ text: "hi" }] }],
    ["a content with one part", { role: "user", parts: { text: "hi" } }],
    ["a content with a text", { parts: "hi" }],
    ["a list of texts", ["hi"]],
    ["a list of parts", [{ text: "hi" }]],
    ["a content without a role", [{ parts: [{ text: "hi" }] }]],
    ["an old role", [{ role: "function", parts: [{ text: "hi" }] }]],
  ])("may be %s", (_name, contents) => {
    expect(decode({ contents }).value.turns).toEqual([
      { role: "user", parts: [{ type: "text", text: "hi", ...own() }] },
    ])
  })

  it("G153 adjacent ones of one role are one turn", () => {
    const contents = [{ role: "user", parts: [{ text: "a" }] }, "b", { role: "model", parts: [{ text: "c" }] }]
    const { turns } = decode({ contents }).value
    expect(turns.map(({ role, parts }) => [role, parts.length])).toEqual([
      ["user", 2],
      ["assistant", 1],
    ])
  })

  it("keep thoughts, signatures and what only this wire knows", () => {
    const parts = [
      { text: "hm", thought: true, thoughtSignature: "s1" },
      { text: "a", thought_signature: "s2" },
      { thought: true },
    ]
    const video = { inlineData: { mimeType: "video/mp4", data: "AAAA" }, video_metadata: { start_offset: "1s" } }
    const { value, dropped } = decode({ contents: [{ role: "model", parts }, { parts: [video] }] })
    expect(value.turns[0]?.parts).toEqual([
      { type: "reasoning", text: "hm", signature: "s1", ...own() },
      { type: "text", text: "a", signature: "s2", ...own() },
    ])
    expect(value.turns[1]?.parts).toEqual([
      { type: "media", mediaType: "video/mp4", data: "AAAA", ...own({ videoMetadata: { startOffset: "1s" } }) },
    ])
    expect(dropped).toEqual([])
  })

  it("hold addresses, but no files of another service", () => {
    const file = (fileUri: string) => ({
      contents: [{ parts: [{ file_data: { file_uri: fileUri, mime_type: "image/png" } }] }],
    })
    expect(decode(file("https://example.com/a.png")).value.turns[0]?.parts[0]).toMatchObject({
      type: "remote-media",
      accepts: "image",
      param: "contents[0].parts[0].fileData.fileUri",
    })
    expect(thrown(file("gs://bucket/a.png")).code).toBe("unsupported_parameter")
    expect(thrown(file("https://generativelanguage.googleapis.com/v1beta/files/abc")).code).toBe(
      "unsupported_parameter",
    )
  })

  it("list what is not carried", () => {
    const parts = [
      { text: "a", mediaResolution: { level: "x" } },
      { executableCode: { code: "1" } },
      { codeExecutionResult: { output: "1" } },
      { text: "b", future: 1 },
    ]
    expect(decode({ contents: [{ parts }] }).dropped).toEqual([
      "contents[0].parts[0].mediaResolution",
      "contents[0].parts[1].executableCode",
      "contents[0].parts[2].codeExecutionResult",
      "contents[0].parts[3].future",
    ])
  })

  it.each<[object, string]>([
    [{ contents: 7 }, "contents[0]"],
    [{ contents: [{ role: "system", parts: [] }] }, "contents[0].role"],
    [{ contents: [{ parts: [7] }] }, "contents[0].parts[0]"],
    [{ contents: [{ parts: [{ text: 7 }] }] }, "contents[0].parts[0].text"],
    [
      { contents: [{ parts: [{ inlineData: { mimeType: "image/png", data: "?" } }] }] },
      "contents[0].parts[0].inlineData.data",
    ],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, "contents[0].parts[0].functionCall.name"],
    [{ contents: [] }, "contents"],
    [{}, "contents"],
    [{ ...TEXT, systemInstruction: 7 }, "systemInstruction"],
    [{ ...TEXT, tools: [{ functionDeclarations: [{}] }] }, "tools[0].functionDeclarations[0].name"],
    [{ ...TEXT, toolConfig: { functionCallingConfig: { mode: "SOME" } } }, "toolConfig.functionCallingConfig.mode"],
    [{ ...TEXT, generationConfig: { temperature: "hot" } }, "generationConfig.temperature"],
    [{ ...TEXT, generationConfig: { maxOutputTokens: 0 } }, "generationConfig.maxOutputTokens"],
    [
      { ...TEXT, generationConfig: { thinkingConfig: { thinkingLevel: "huge" } } },
      "generationConfig.thinkingConfig.thinkingLevel",
    ],
    [{ ...TEXT, cachedContent: "cachedContents/x" }, "cachedContent"],
  ])("refuse %j with its place", (body, param) => {
    const error = thrown(body)
    expect([error.status, error.param]).toEqual([400, param])
  })
})

describe("calls and results", () => {
  const history = (calls: readonly object[], results: readonly object[]) =>
    decode({
      contents: [
        { parts: [{ text: "x" }] },
        { role: "model", parts: calls.map((functionCall) => ({ functionCall })) },
        { role: "user", parts: results.map((functionResponse) => ({ functionResponse })) },
      ],
    }).value.turns
  const pairs = (turns: ReturnType<typeof history>) => {
    const ids = turns[1]?.parts.map((part) => (part.type === "tool-call" ? part.id : "?")) ?? []
    return turns[2]?.parts.map((part) => (part.type === "tool-result" ? ids.indexOf(part.callId) : "?"))
  }

  it.each<[string, object[], object[], number[]]>([
    [
      "by id",
      [
        { id: "1", name: "f" },
        { id: "2", name: "f" },
      ],
      [
        { id: "2", response: {} },
        { id: "1", response: {} },
      ],
      [1, 0],
    ],
    [
      "by name without ids",
      [{ name: "f" }, { name: "g" }],
      [
        { name: "g", response: {} },
        { name: "f", response: {} },
      ],
      [1, 0],
    ],
    [
      "by place of one name",
      [{ name: "f" }, { name: "f" }],
      [
        { name: "f", response: {} },
        { name: "f", response: {} },
      ],
      [0, 1],
    ],
    ["by place without anything", [{ name: "f" }, { name: "g" }], [{ response: {} }, { response: {} }], [0, 1]],
    ["by name where only the result has an id", [{ name: "f" }], [{ id: "9", name: "f", response: {} }], [0]],
    ["not at all for another call", [{ id: "1", name: "f" }], [{ id: "9", name: "g", response: {} }], [-1]],
  ])("G152 belong together %s", (_how, calls, results, expected) => {
    expect(pairs(history(calls, results))).toEqual(expected)
  })

  it("gives calls without an id one by their place, the same in every request", () => {
    expect(history([{ name: "f" }, { name: "g" }], [])[1]?.parts).toEqual([
      { type: "tool-call", id: "call_1_0", name: "f", arguments: {}, ...own({ hasNoId: true }) },
      { type: "tool-call", id: "call_1_1", name: "g", arguments: {}, ...own({ hasNoId: true }) },
    ])
  })

  it.each<[unknown, string, boolean]>([
    [{ output: "a" }, "a", false],
    [{ error: "b" }, "b", true],
    [{ output: { x: 1 } }, '{"x":1}', false],
    [{ x: 1 }, '{"x":1}', false],
    ["plain", "plain", false],
  ])("reads the response %j as %s", (response, text, isError) => {
    const [result] = history([{ name: "f" }], [{ name: "f", response }])[2]?.parts ?? []
    expect(result).toMatchObject({ content: [{ type: "text", text }], isError })
  })

  it("keeps a result's own media", () => {
    const parts = [{ inlineData: { mimeType: "image/png", data: "aGk=" } }, { unknown: 1 }]
    const { value, dropped } = decode({
      contents: [
        { role: "model", parts: [{ functionCall: { name: "f" } }] },
        { parts: [{ functionResponse: { name: "f", response: {}, parts } }] },
      ],
    })
    expect(value.turns[1]?.parts[0]).toMatchObject({ content: [{ text: "{}" }, { mediaType: "image/png" }] })
    expect(dropped).toEqual(["contents[1].parts[0].functionResponse.parts[1]"])
  })
})

describe("the rest", () => {
  it("G151 is read in snake_case, but for what is the client's own", () => {
    const { value, dropped } = decode({
      ...TEXT,
      system_instruction: { parts: [{ text: "Be brief." }] },
      generation_config: {
        max_output_tokens: 9,
        stop_sequences: ["x"],
        response_mime_type: "application/json",
        thinking_config: { thinking_budget: 5 },
      },
      tools: [
        {
          function_declarations: [
            { name: "f", parameters: { type: "object", properties: { my_key: { type: "string" } } } },
          ],
        },
      ],
      tool_config: { function_calling_config: { mode: "any", allowed_function_names: ["f"] } },
    })
    expect(value).toMatchObject({
      system: [{ text: "Be brief." }],
      sampling: { maxOutputTokens: 9, stop: ["x"] },
      responseFormat: { type: "json" },
      reasoning: { kind: "budget", tokens: 5, show: false },
      tools: [{ name: "f", parameters: { properties: { my_key: { type: "string" } } } }],
      toolChoice: { type: "tool", name: "f" },
    })
    expect(dropped).toEqual([])
  })

  it.each<[string, unknown, string[]]>([
    ["a text", "a", ["a"]],
    ["a part", { text: "a" }, ["a"]],
    ["a content", { role: "system", parts: [{ text: "a" }, { text: "b" }] }, ["a", "b"]],
    ["a list", [{ text: "a" }, "b"], ["a", "b"]],
  ])("takes system text as %s", (_name, systemInstruction, texts) => {
    expect(decode({ ...TEXT, systemInstruction }).value.system.map(({ text }) => text)).toEqual(texts)
  })

  it.each<[object, object | undefined]>([
    [
      { thinkingLevel: "HIGH", thinkingBudget: 5, includeThoughts: true },
      { kind: "effort", level: "high", show: true },
    ],
    [{ thinkingLevel: "low" }, { kind: "effort", level: "low", show: false }],
    [
      { thinkingLevel: "THINKING_LEVEL_UNSPECIFIED", thinkingBudget: 7 },
      { kind: "budget", tokens: 7, show: false },
    ],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { kind: "auto", show: true },
    ],
    [{ thinkingBudget: 0 }, { kind: "off", show: false }],
    [{ includeThoughts: true }, { kind: "auto", show: true }],
    [{ includeThoughts: false }, undefined],
    [{}, undefined],
  ])("G154 G155 reads the wish for thinking %j", (thinkingConfig, reasoning) => {
    expect(decode({ ...TEXT, generationConfig: { thinkingConfig } }).value.reasoning).toEqual(reasoning)
  })

  it.each<[object | undefined, object | undefined]>([
    [{ mode: "AUTO" }, { type: "auto" }],
    [
      { mode: "VALIDATED", allowedFunctionNames: ["f"] },
      { type: "allowed", mode: "auto", names: ["f"] },
    ],
    [{ mode: "ANY" }, { type: "required" }],
    [
      { mode: "ANY", allowedFunctionNames: ["f", "g"] },
      { type: "allowed", mode: "required", names: ["f", "g"] },
    ],
    [{ mode: "NONE" }, { type: "none" }],
    [undefined, undefined],
  ])("reads the choice %j", (functionCallingConfig, toolChoice) => {
    expect(decode({ ...TEXT, toolConfig: { functionCallingConfig } }).value.toolChoice).toEqual(toolChoice)
  })

  it("carries the search, and drops what else the vendor runs", () => {
    const tools = [
      { googleSearch: { includedDomains: ["a.example"] }, codeExecution: { x: 1 } },
      { googleMaps: { x: 1 } },
      { urlContext: {} },
    ]
    const { value, dropped } = decode({ ...TEXT, tools })
    expect(value.webSearch).toEqual({ domains: ["a.example"] })
    expect(value.extra.gemini).toMatchObject({ urlContext: true })
    expect(dropped).toEqual(["tools[0].codeExecution", "tools[1].googleMaps"])
  })

  it("takes a choice among functions for no word about a search", () => {
    const toolConfig = { functionCallingConfig: { mode: "NONE" } }
    const { value } = decode({ ...TEXT, tools: [{ googleSearch: {} }], toolConfig })
    expect(value).toMatchObject({ webSearch: {} })
    expect(value.toolChoice).toBeUndefined()
  })

  it("hides thoughts that are not wanted, whoever else asked for them", () => {
    const shown = (thinkingConfig?: object) =>
      reasoningShown(decode({ ...TEXT, generationConfig: { thinkingConfig } }).value)
    expect(shown({ includeThoughts: false })).toBe(false)
    expect([shown(), shown({}), shown({ includeThoughts: true })]).toEqual([true, true, true])
  })

  it.each<[object, string[]]>([
    [{ responseMimeType: "text/plain" }, []],
    [{ responseMimeType: "application/json" }, []],
    [
      { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } },
      ["generationConfig.responseMimeType", "generationConfig.responseSchema"],
    ],
    [{ responseMimeType: "application/xml" }, ["generationConfig.responseMimeType"]],
    [{ imageConfig: { imageSize: "4k", aspectRatio: "16:9" } }, []],
    [{ imageConfig: { imageSize: "8K" } }, ["generationConfig.imageConfig.imageSize"]],
  ])("lists what of %j is not carried", (generationConfig, lost) => {
    const { value, dropped } = decode({ ...TEXT, generationConfig })
    expect(dropped).toEqual(lost)
    if (lost.length > 0) expect([value.responseFormat, value.image]).toEqual([undefined, undefined])
  })

  it.each<[object, string]>([
    [{ generationConfig: "x" }, "generationConfig"],
    [{ generationConfig: { thinkingConfig: true } }, "generationConfig.thinkingConfig"],
    [{ generationConfig: { imageConfig: "16:9" } }, "generationConfig.imageConfig"],
    [{ generationConfig: { responseSchema: "x" } }, "generationConfig.responseSchema"],
    [{ generationConfig: { responseMimeType: 7 } }, "generationConfig.responseMimeType"],
    [{ generationConfig: { stopSequences: [7] } }, "generationConfig.stopSequences[0]"],
    [{ toolConfig: [] }, "toolConfig"],
    [{ toolConfig: { functionCallingConfig: "ANY" } }, "toolConfig.functionCallingConfig"],
    [{ tools: [{ googleSearch: true }] }, "tools[0].googleSearch"],
    [{ tools: [{ urlContext: true }] }, "tools[0].urlContext"],
    [{ safetySettings: {} }, "safetySettings"],
    [{ safetySettings: ["x"] }, "safetySettings[0]"],
  ])("of another kind than the wire's is refused: %j", (more, param) => {
    expect(thrown({ ...TEXT, ...more })).toMatchObject({ code: "invalid_request", param })
  })

  it("takes a candidate count of one for nothing lost", () => {
    const dropped = (candidateCount: number) => decode({ ...TEXT, generationConfig: { candidateCount } }).dropped
    expect(dropped(1)).toEqual([])
    expect(dropped(2)).toEqual(["generationConfig.candidateCount"])
  })

  it("records a kind of answer that no model here gives", () => {
    const dropped = (...responseModalities: string[]) =>
      decode({ ...TEXT, generationConfig: { responseModalities } }).dropped
    expect(dropped("TEXT", "IMAGE")).toEqual([])
    expect(dropped("AUDIO")).toEqual(["generationConfig.responseModalities"])
  })

  it("tells conversations apart by the session that agents name", () => {
    expect(decodeRequest(TEXT, { "x-session-affinity": "s1" }, AT).value.conversation).toBe("s1")
  })
})

describe("countTokens", () => {
  it("G157 counts both forms alike", () => {
    const plain = countTokens(TEXT, {}, AT)
    expect(plain.totalTokens).toBe(5)
    expect(plain.promptTokensDetails).toEqual([{ modality: "TEXT", tokenCount: 5 }])
    expect(countTokens({ generate_content_request: { model: "models/m", ...TEXT } }, {}, AT)).toEqual(plain)
    const tools = [{ functionDeclarations: [{ name: "f", description: "x".repeat(350) }] }]
    expect(countTokens({ generateContentRequest: { ...TEXT, tools } }, {}, AT).totalTokens).toBeGreaterThan(100)
  })
})
