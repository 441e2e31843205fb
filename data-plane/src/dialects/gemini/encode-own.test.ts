import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"
import { encodeRequest } from "./encode-request.ts"

/** A Gemini client's request on its way to an upstream that speaks Gemini: what only the two of them know. */

const encode = (body: object, model = "gemini-3-flash") =>
  encodeRequest(decodeRequest(body, {}, { rest: model }).value, { id: model })
const contents = [{ role: "user", parts: [{ text: "hi" }] }]
const CLAUDE = "claude-sonnet-4-6"
const loop = (calls: object[], results: object[]) => [
  ...contents,
  { role: "model", parts: calls },
  { role: "user", parts: results.map((functionResponse) => ({ functionResponse })) },
]

describe("for Gemini's own models", () => {
  it("a whole conversation goes on as it came", () => {
    const history = [
      {
        role: "user",
        parts: [{ text: "a" }, { inlineData: { mimeType: "video/mp4", data: "AAAA" }, videoMetadata: { fps: 2 } }],
      },
      {
        role: "model",
        parts: [
          { text: "hm", thought: true },
          { inlineData: { mimeType: "image/png", data: "AAAA" }, thought: true },
          { text: "b" },
        ],
      },
      {
        role: "user",
        parts: [{ fileData: { mimeType: "video/mp4", fileUri: "https://youtu.be/abc" }, videoMetadata: { fps: 1 } }],
      },
    ]
    const { value, dropped } = encode({ contents: history })
    expect(value["contents"]).toEqual(history)
    expect(dropped).toEqual([])
  })

  it("G152 neither ids nor results are made up", () => {
    const call = { functionCall: { name: "f", args: { x: 1 } }, thoughtSignature: "s" }
    const response = { name: "f", response: { files: ["a"], more: { deep: true } } }
    const { value } = encode({ contents: loop([call], [response]) })
    expect(value["contents"]).toEqual(loop([call], [response]))
  })

  it("an id that the client has goes along in both places", () => {
    const call = { functionCall: { id: "fc1", name: "f", args: {} }, thoughtSignature: "s" }
    const { value } = encode({ contents: loop([call], [{ id: "fc1", response: { output: "x" } }]) })
    expect(value["contents"]).toEqual(loop([call], [{ id: "fc1", name: "f", response: { output: "x" } }]))
  })

  it("ids that an upstream counts anew in every turn stay as they are", () => {
    const turn = (id: string) =>
      loop([{ functionCall: { id, name: "f", args: {} }, thoughtSignature: "s" }], [{ id, name: "f", response: {} }])
    const history = [...turn("0:f"), ...turn("0:f").slice(1)]
    expect(encode({ contents: history }).value["contents"]).toEqual(history)
  })

  it("settings go along", () => {
    const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }]
    const generationConfig = { mediaResolution: "MEDIA_RESOLUTION_LOW", audioTimestamp: true }
    const { value, dropped } = encode({ contents, safetySettings, generationConfig, tools: [{ urlContext: {} }] })
    expect(value).toMatchObject({ safetySettings, generationConfig, tools: [{ urlContext: {} }] })
    expect(dropped).toEqual([])
  })

  it("addresses are not read beside functions", () => {
    const tools = [{ urlContext: {}, functionDeclarations: [{ name: "f" }] }]
    const { value, dropped } = encode({ contents, tools })
    expect(JSON.stringify(value["tools"])).not.toContain("urlContext")
    expect(dropped).toContain("urlContext")
  })
})

describe("for others", () => {
  it.each([[CLAUDE], ["gpt-oss-120b-medium"], ["gemini-3.1-flash-image"]])(
    "%s gets none of it, and the record says so",
    (model) => {
      const safetySettings = [{ category: "x", threshold: "y" }]
      const generationConfig = { mediaResolution: "MEDIA_RESOLUTION_LOW" }
      const { value, dropped } = encode(
        { contents, safetySettings, generationConfig, tools: [{ urlContext: {} }] },
        model,
      )
      expect(JSON.stringify(value)).not.toMatch(/safetySettings|mediaResolution|urlContext/)
      expect(dropped).toEqual(
        expect.arrayContaining(["urlContext", "generationConfig.mediaResolution", "safetySettings"]),
      )
    },
  )

  it("a draft that an image model made while it thought is no picture of the answer's", () => {
    const draft = { inlineData: { mimeType: "image/png", data: "AAAA" }, thought: true }
    const history = [...contents, { role: "model", parts: [draft, { text: "b" }] }, ...contents]
    const { value, dropped } = encode({ contents: history }, "some-other-model")
    expect(value["contents"]).toEqual([...contents, { role: "model", parts: [{ text: "b" }] }, ...contents])
    expect(dropped).toContain("turns[1].parts[0]")
  })

  it("a Claude gets results as text, an id for every call, and no unsigned thought", () => {
    const calls = [{ text: "hm", thought: true }, { functionCall: { name: "f", args: {} } }]
    const { value } = encode({ contents: loop(calls, [{ name: "f", response: { files: ["a"] } }]) }, CLAUDE)
    expect(value["contents"]).toEqual(
      loop(
        [{ functionCall: { id: "call_1_0", name: "f", args: {} } }],
        [{ id: "call_1_0", name: "f", response: { output: '{"files":["a"]}' } }],
      ),
    )
  })
})
