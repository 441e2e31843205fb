/** What Claude Code sends, as its requests look on the wire (`anthropic-messages/__fixtures__/claude-code.*`), through a whole data plane. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, fetchAnswer, type Answer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"

interface Wire {
  readonly system: readonly object[]
  readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[]
  readonly tools: readonly { readonly name: string }[]
  readonly [field: string]: unknown
}

function fixture(name: string): Wire {
  const folder = new URL("../src/dialects/anthropic-messages/__fixtures__/", import.meta.url)
  return JSON.parse(readFileSync(new URL(`claude-code.${name}.request.json`, folder), "utf8")) as Wire // our own file
}

/** The user's last words get what steers the simulator. */
function steered(wire: Wire, directives: string): Wire {
  const [first, ...others] = wire.messages
  const content = [...(first?.content ?? []), { type: "text", text: directives }]
  return { ...wire, messages: [{ role: "user", content }, ...others] }
}

interface Upstream {
  readonly model: string
  readonly requestType: string
  readonly request: {
    readonly contents: readonly { readonly role: string; readonly parts: readonly { readonly text?: string }[] }[]
    readonly systemInstruction?: { readonly parts: readonly { readonly text: string }[] }
    readonly tools?: readonly object[]
    readonly generationConfig: object
  }
}

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

async function send(wire: object): Promise<{ answer: Answer; upstream: Upstream }> {
  const answer = await fetchAnswer(`${system.url}/v1/messages?beta=true`, {
    body: wire,
    headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "claude-code-20250219,effort-2025-11-24" },
  })
  expect(answer.text).not.toMatch(/^event: error/m)
  expect(answer.status).toBe(200)
  return { answer, upstream: system.simulator.seen().at(-1)?.body as Upstream } // what the simulator accepted
}

/** A stream's events, or the one message. */
function blocksOf(answer: Answer): Record<string, unknown>[] {
  if (!answer.text.includes("data: "))
    return (JSON.parse(answer.text) as { content: Record<string, unknown>[] }).content // a message
  return answer.text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as { content_block?: Record<string, unknown> }) // our own frames
    .flatMap(({ content_block: block }) => (block === undefined ? [] : [block]))
}

describe("G119 a turn for a model that it knows", () => {
  test.each([CLAUDE, GEMINI])("%s", async (model) => {
    const wire = steered(fixture("known-model"), "[[sim:text=Two files.]]")
    const { answer, upstream } = await send({ ...wire, model })
    expect(answerText(answer)).toBe("Two files.")
    expect(upstream.model).toBe(model)
    expect(upstream.request.systemInstruction?.parts).toHaveLength(2)
    expect(JSON.stringify(upstream)).not.toMatch(/billing-header|cache_control|0000-4000-8000|clear_thinking/)
    expect(upstream.request.contents).toHaveLength(1)
    expect(upstream.request.contents[0]?.parts.map(({ text }) => text?.slice(0, 17))).toEqual([
      "<system-reminder>",
      "<system-reminder>",
      "List the files.",
      "[[sim:text=Two fi",
    ])
    expect(JSON.stringify(upstream.request.tools)).toContain('"name":"AskUserQuestion"')
    expect(upstream.request.generationConfig).toMatchObject({
      thinkingConfig: { thinkingBudget: 24_576 },
      maxOutputTokens: expect.any(Number),
    })
  })
})

describe("G120 a turn for a model that it does not know", () => {
  test.each([GEMINI, CLAUDE])("R10 system text and tools in the middle: %s", async (model) => {
    const wire = steered(fixture("unknown-model"), "[[sim:text=Two files.]]")
    const { answer, upstream } = await send({ ...wire, model })
    expect(answerText(answer)).toBe("Two files.")
    const { contents, tools } = upstream.request
    expect(contents.map(({ role }) => role)).toEqual(["user"])
    expect(contents[0]?.parts.at(-1)?.text).toMatch(
      /^<system-reminder>\n# Tools that come later[\s\S]*<\/system-reminder>$/,
    )
    const declared = JSON.stringify(tools)
    expect(declared).toContain('"name":"NotebookEdit"')
    expect(declared).not.toContain('"name":"ExitPlanMode"')
    expect(declared).not.toContain('"name":"WebFetch"')
  })

  test("the reminder keeps its place when the conversation goes on", async () => {
    const wire = steered(fixture("unknown-model"), "[[sim:text=Two files.]]")
    const messages = [
      ...wire.messages,
      { role: "assistant", content: [{ type: "text", text: "Two files." }] },
      { role: "user", content: "Thanks. [[sim:text=You are welcome.]]" },
    ]
    const { answer, upstream } = await send({ ...wire, messages, model: GEMINI })
    expect(answerText(answer)).toBe("You are welcome.")
    const { contents } = upstream.request
    expect(contents.map(({ role }) => role)).toEqual(["user", "model", "user"])
    expect(contents[0]?.parts.at(-1)?.text).toContain("# Tools that come later")
  })
})

describe("G121 its request for a title", () => {
  test.each([
    [CLAUDE, true],
    [CLAUDE, false],
    [GEMINI, true],
    [GEMINI, false],
  ])("is answered by bare JSON that fits: %s, stream %s", async (model, stream) => {
    const { answer, upstream } = await send({ ...fixture("title"), model, stream })
    expect(JSON.parse(answerText(answer))).toEqual({ title: expect.any(String) })
    const isGemini = model === GEMINI
    expect("responseJsonSchema" in upstream.request.generationConfig).toBe(isGemini)
    expect(JSON.stringify(upstream.request.systemInstruction).includes("JSON Schema")).toBe(!isGemini)
  })

  test("whatever words and fence the model puts around it", async () => {
    const text = 'Here it is:\n\n```json\n{"title": "A `title` 🙂"}\n```\n\nI hope it helps!'
    const wire = steered(fixture("title"), `[[sim:chunks=40]][[sim:text=${JSON.stringify(text)}]]`)
    const { answer } = await send({ ...wire, model: CLAUDE })
    expect(answerText(answer)).toBe('{"title": "A `title` 🙂"}')
  })
})

describe("G122 its web search", () => {
  const TEXT = "Die Hauptstadt 🙂 ist Paris. Lyon is not. 不是里昂。"

  test.each([true, false])(
    "searches with a model that can, and is answered in search blocks: stream %s",
    async (stream) => {
      const wire = steered(fixture("web-search"), `[[sim:sources=2]][[sim:text=${TEXT}]]`)
      const { answer, upstream } = await send({ ...wire, model: CLAUDE, stream })
      expect(upstream).toMatchObject({
        model: GEMINI,
        requestType: "web_search",
        request: { tools: [{ googleSearch: {} }] },
      })
      expect(answerText(answer)).toBe(TEXT)
      const blocks = blocksOf(answer)
      expect(blocks.map((block) => block["type"])).toEqual([
        "server_tool_use",
        "web_search_tool_result",
        "text",
        "text",
        "text",
      ])
      expect(blocks[1]).toMatchObject({
        tool_use_id: blocks[0]?.["id"],
        content: [
          { type: "web_search_result", title: "example.org", encrypted_content: "", page_age: null },
          { type: "web_search_result", title: "example-2.org" },
        ],
      })
      const cited = [...answer.text.matchAll(/"cited_text":"([^"]*)"/g)].map(([, words]) => words)
      expect(cited).toEqual(["Die Hauptstadt 🙂 ist Paris.", " Lyon is not.", " 不是里昂。"])
      expect(answer.text).toContain('"server_tool_use":{"web_search_requests":1,"web_fetch_requests":0}')
      expect(answer.text).toContain('"model":"claude-sonnet-4-6"')
      expect(answer.text).toContain('"stop_reason":"end_turn"')
    },
  )

  test("is recorded with the model that answered", async () => {
    const { answer } = await send({ ...fixture("web-search"), model: CLAUDE })
    const id = answer.headers["x-request-id"]
    const record = await waitFor(() => system.link.find("exchange").find(({ exchangeId }) => exchangeId === id))
    expect(record).toMatchObject({ requestedModel: CLAUDE, model: GEMINI, dropped: expect.arrayContaining(["model"]) })
  })

  test("that brings nothing is answered by its text", async () => {
    const wire = steered(fixture("web-search"), "[[sim:sources=0]][[sim:text=I do not know.]]")
    const { answer } = await send({ ...wire, model: CLAUDE })
    expect(blocksOf(answer).map((block) => block["type"])).toEqual(["text"])
    expect(answerText(answer)).toBe("I do not know.")
  })

  test("comes back in the history as text", async () => {
    const wire = fixture("web-search")
    const found = blocksOf(
      (await send({ ...steered(wire, "[[sim:text=Paris.]]"), model: CLAUDE, stream: false })).answer,
    )
    const messages = [
      ...wire.messages,
      { role: "assistant", content: found },
      { role: "user", content: "[[sim:text=ok]]" },
    ]
    const { upstream } = await send({ ...wire, tools: [], messages, model: CLAUDE })
    expect(upstream.request.contents[1]).toEqual({
      role: "model",
      parts: [
        { text: expect.stringMatching(/^example\.org\nhttps:\/\/vertexaisearch\.cloud\.google\.com\//) },
        { text: "Paris." },
      ],
    })
  })
})

test("G137 what is addressed to the vendor is ignored", async () => {
  const wire = {
    ...steered(fixture("known-model"), "[[sim:text=ok]]"),
    model: GEMINI,
    mcp_servers: [{ type: "url", name: "s", url: "https://mcp.example" }],
    container: "container_1",
    speed: "fast",
    service_tier: "auto",
    inference_geo: "eu",
    diagnostics: {},
    fallbacks: [],
  }
  const { answer, upstream } = await send(wire)
  expect(answerText(answer)).toBe("ok")
  expect(Object.keys(upstream.request).toSorted()).toEqual([
    "contents",
    "generationConfig",
    "sessionId",
    "systemInstruction",
    "tools",
  ])
})
