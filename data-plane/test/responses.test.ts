/** Responses clients over a whole plane: paths, answers, carriers and summaries on their way through a client, and refusals. */
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { isAnswering } from "../../test/support/seen.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { fetchAnswer, open, type Answer, type Call } from "./support/client.ts"
import { startGate } from "./support/gate.ts"
import { startSystem, type System } from "./support/plane.ts"
import { MODEL } from "./support/snapshots.ts"
import { steeredClock } from "./support/steered-clock.ts"

const CLAUDE = "claude-sonnet-4-6"
const IMAGE = "gemini-3.1-flash-image"
const SEALED = { store: false, include: ["reasoning.encrypted_content"] }

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 2, settings: { maxConcurrentPerAccount: 0 } })
})
afterEach(() => system.simulator.clearFaults())
afterAll(() => system?.stop())

type Item = Record<string, unknown> & { readonly type: string }

interface Response {
  readonly status: string
  readonly output: readonly Item[]
  readonly usage: { readonly output_tokens: number }
  readonly error: unknown
}

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly response?: Response
}

const ask = (body: object, path = "/v1/responses", from = system): Promise<Answer> =>
  fetchAnswer(`${from.url}${path}`, { body: { model: MODEL, ...body } })
const user = (content: string) => ({ role: "user", content })

function eventsOf({ text }: Pick<Answer, "text">): Event[] {
  const data = text.split("\n").filter((line) => line.startsWith("data: "))
  return data.map((line) => JSON.parse(line.slice("data: ".length)) as Event) // what this dialect writes
}

const responseOf = ({ text }: Pick<Answer, "text">) => JSON.parse(text) as Response // a whole one
const errorOf = ({ text }: Pick<Answer, "text">) => (JSON.parse(text) as { error: Record<string, unknown> }).error // an error's answer
const textOf = ({ output }: Response): string =>
  output
    .flatMap((item) => (item.type === "message" ? (item["content"] as { text: string }[]) : [])) // a message's
    .map(({ text }) => text)
    .join("")

/** The newest request that the upstream got. */
function upstreamRequest(): { contents: { role: string; parts: Record<string, unknown>[] }[] } & Record<
  string,
  unknown
> {
  const { body } = system.simulator.seen().at(-1) ?? {}
  return (body as { request: ReturnType<typeof upstreamRequest> }).request // the simulator records what it parsed
}

const calls = () => system.simulator.seen().length

describe("answers", () => {
  test("G65 G95 a stream and a whole answer hold the same", async () => {
    const input = "[[sim:chunks=4]][[sim:text=Straße, 数据, 🙂 and more]]"
    // Both answers then find the prompt in the upstream's cache.
    await ask({ input })
    const streamed = await ask({ input, stream: true })
    expect(streamed.headers["content-type"]).toBe("text/event-stream; charset=utf-8")
    const events = eventsOf(streamed)
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index))
    expect(events.at(-1)?.type).toBe("response.completed")
    const whole = responseOf(await ask({ input }))
    expect(textOf(whole)).toBe("Straße, 数据, 🙂 and more")
    expect(textOf(events.at(-1)?.response ?? whole)).toBe(textOf(whole))
    expect(events.at(-1)?.response?.usage).toEqual(whole.usage)
  })

  test("G96 a search alone is made upstream and shown before its text", async () => {
    const body = { input: "L2? [[sim:sources=2]][[sim:text=One. Two.]]", tools: [{ type: "web_search" }] }
    const whole = responseOf(await ask(body))
    expect(whole.output.map(({ type }) => type)).toEqual(["web_search_call", "message"])
    const events = eventsOf(await ask({ ...body, stream: true }))
    expect(events.at(-1)?.response?.output.map(({ type }) => type)).toEqual(["web_search_call", "message"])
    expect(JSON.stringify(whole.output)).toContain('"type":"url_citation"')
  })

  test("G100 an image model's picture is the result of an image_generation_call", async () => {
    const whole = responseOf(await ask({ model: IMAGE, input: "a cat", tools: [{ type: "image_generation" }] }))
    const item = whole.output.find(({ type }) => type === "image_generation_call")
    expect(item).toMatchObject({ status: "completed", result: expect.stringMatching(/^[A-Za-z0-9+/]{40,}=*$/) })
  })

  test("G91 a picture of the user reaches the upstream", async () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    const content = [
      { type: "input_image", image_url: `data:image/png;base64,${png}` },
      { type: "input_text", text: "[[sim:text=seen]]" },
    ]
    expect(textOf(responseOf(await ask({ input: [{ role: "user", content }] })))).toBe("seen")
    expect(upstreamRequest().contents[0]?.parts[0]).toEqual({ inlineData: { mimeType: "image/png", data: png } })
  })

  test("G52 a body of this wire at chat's path is answered as a chat", async () => {
    const answer = await ask({ input: "[[sim:text=hello]]" }, "/v1/chat/completions")
    expect(JSON.parse(answer.text)).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "hello" } }],
    })
  })
})

describe("carriers", () => {
  const tools = [{ type: "function", name: "get_time", parameters: { type: "object", properties: {} } }]
  /** Every thought is another: one that Claude had is known by its text. */
  let thoughts = 0
  let question = user("")
  const firstTurn = async (model: string): Promise<readonly Item[]> => {
    thoughts += 1
    question = user(`[[sim:think=Thought ${thoughts}.]][[sim:call=get_time {}]][[sim:then]][[sim:text=noon]]`)
    const answer = await ask({
      ...SEALED,
      model,
      input: [question],
      tools,
      reasoning: { effort: "low", summary: "auto" },
    })
    return responseOf(answer).output
  }
  const result = (output: readonly Item[]) => {
    const call = output.find(({ type }) => type === "function_call")
    return { type: "function_call_output", call_id: call?.["call_id"], output: "12:00" }
  }
  const nextTurn = (model: string, output: readonly Item[]) =>
    ask({ ...SEALED, model, input: [question, ...output, result(output)], tools, reasoning: { effort: "low" } })

  test.each([MODEL, CLAUDE])("G68 are ours, and bring the signature of %s back", async (model) => {
    const output = await firstTurn(model)
    const carrier = output.find(({ type }) => type === "reasoning")?.["encrypted_content"]
    expect(carrier).toMatch(/^gw1\./)
    expect(textOf(responseOf(await nextTurn(model, output)))).toBe("noon")
    expect(JSON.stringify(upstreamRequest())).toContain('"thoughtSignature":"')
    expect(JSON.stringify(upstreamRequest())).not.toContain("skip_thought_signature_validator")
  })

  test.each([
    ["an emptied summary", (item: Item) => ({ ...item, summary: [], id: undefined, content: null })],
    ["no id and no content", ({ id: _id, ...item }: Item) => item],
  ])("G79 come back with %s", async (_name, change) => {
    const output = (await firstTurn(CLAUDE)).map((item) => (item.type === "reasoning" ? change(item) : item))
    expect((await nextTurn(CLAUDE, output as Item[])).status).toBe(200) // items still
    expect(upstreamRequest().contents[1]?.parts[0]).toMatchObject({ text: `Thought ${thoughts}.`, thought: true })
  })

  test.each([
    ["G78 a foreign one", () => "gAAAAABfernet"],
    ["G173 a changed one", (carrier: string) => `${carrier.slice(0, -4)}AAAA`],
  ])("%s is dropped", async (_name, change) => {
    const output = (await firstTurn(MODEL)).map((item) =>
      item.type === "reasoning" ? { ...item, encrypted_content: change(String(item["encrypted_content"])) } : item,
    )
    expect((await nextTurn(MODEL, output)).status).toBe(200)
  })

  test("G80 of Gemini are dropped when the model is a Claude", async () => {
    const output = await firstTurn(MODEL)
    expect((await nextTurn(CLAUDE, output)).status).toBe(200)
    expect(JSON.stringify(upstreamRequest())).not.toContain("thoughtSignature")
  })
})

describe("summaries", () => {
  const items = Array.from({ length: 15 }, (_item, index) => [
    user(`question ${index}`),
    { role: "assistant", content: [{ type: "output_text", text: `answer ${index}` }] },
  ]).flat()

  test("G97 of thirty items: a compaction whose text reaches the upstream when it comes back", async () => {
    system.simulator.script({ fault: { kind: "delay", ms: 0 }, times: 1 })
    const answer = await ask(
      { input: [...items, user("[[sim:text=We counted to fifteen.]]")] },
      "/v1/responses/compact",
    )
    expect(answer.status).toBe(200)
    const compacted = JSON.parse(answer.text) as { object: string; output: Item[] } // as asserted next
    expect(compacted.object).toBe("response.compaction")
    expect(compacted.output.at(-1)).toMatchObject({
      type: "compaction",
      encrypted_content: expect.stringMatching(/^gw1\./),
    })
    expect(compacted.output.slice(0, -1).every(({ role }) => role === "user")).toBe(true)
    const next = responseOf(await ask({ input: [...compacted.output, user("[[sim:text=go on]]")] }))
    expect(textOf(next)).toBe("go on")
    expect(JSON.stringify(upstreamRequest())).toContain("before this point:\\nWe counted to fifteen.")
  })

  test("G97 in place of an answer are one item, streamed or whole", async () => {
    const input = [...items, user("[[sim:text=Short.]]"), { type: "compaction_trigger" }]
    expect(responseOf(await ask({ input })).output).toMatchObject([{ type: "compaction" }])
    const events = eventsOf(await ask({ input, stream: true }))
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [{ type: "compaction" }] } })
  })

  test("G97 of others are left out", async () => {
    const input = [user("[[sim:text=fine]]"), { type: "compaction", encrypted_content: "gAAAAABfernet" }]
    expect(textOf(responseOf(await ask({ input })))).toBe("fine")
  })
})

describe("refusals", () => {
  const send = (path: string, call: Call) => fetchAnswer(`${system.url}${path}`, call)

  test("G14 a WebSocket is refused and its connection closed", async () => {
    for (const path of ["/v1/responses", "/responses"]) {
      const answer = await send(path, { headers: { upgrade: "websocket", connection: "Upgrade" } })
      expect(answer.status).toBe(426)
      expect(answer.headers["connection"]).toBe("close")
      expect(errorOf(answer)).toMatchObject({ code: "websocket_unsupported" })
    }
    expect((await send("/v1/responses", {})).status).toBe(405)
  })

  test.each([
    ["GET", "/v1/responses/resp_1"],
    ["DELETE", "/v1/responses/resp_1"],
    ["GET", "/v1/responses/resp_1/input_items"],
    ["POST", "/v1/responses/resp_1/cancel"],
  ])("%s %s: nothing is stored", async (method, path) => {
    const answer = await send(path, { method, ...(method === "POST" ? { body: {} } : {}) })
    expect(answer.status).toBe(404)
    expect(errorOf(answer)).toMatchObject({ type: "invalid_request_error", code: "not_found" })
  })

  test("G81 G82 G94 what would have to be stored reaches no upstream", async () => {
    const before = calls()
    const previous = await ask({ input: "x", previous_response_id: "resp_1" })
    expect([previous.status, errorOf(previous)["code"]]).toEqual([400, "previous_response_not_found"])
    const reference = await ask({ input: [{ type: "item_reference", id: "msg_1" }] })
    expect([reference.status, errorOf(reference)["code"]]).toEqual([404, "item_not_found"])
    const background = await ask({ input: "x", background: true })
    expect([background.status, errorOf(background)["code"]]).toEqual([400, "unsupported_parameter"])
    expect(calls()).toBe(before)
  })

  test("G98 without a model the default answers, where one is set", async () => {
    const nameless = { model: undefined, input: "[[sim:text=hello]]" }
    const refused = await ask(nameless)
    expect(refused.status).toBe(400)
    expect(errorOf(refused)).toMatchObject({ code: "missing_required_parameter", param: "model" })
    await system.push({ settings: { defaultModel: MODEL } })
    const answer = await ask(nameless)
    expect(JSON.parse(answer.text)).toMatchObject({ model: MODEL, status: "completed" })
  })
})

describe("failures", () => {
  test.each([
    ["G86 dies", "reset-mid-stream"],
    ["G177 ends without a finish reason", "truncated"],
  ])("R5 an upstream that %s after text is response.failed, and the end", async (_name, fault) => {
    const input = `[[sim:chunks=5]][[sim:words=60]][[sim:fault=${fault} {"after":2}]]`
    const events = eventsOf(await ask({ input, stream: true }))
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: "server_error", message: expect.any(String) } },
    })
    expect(events.some((event) => "error" in event)).toBe(false)
    const whole = await ask({ input })
    expect(whole.status).toBe(502)
    expect(errorOf(whole)).toMatchObject({ type: "server_error" })
  })

  test("G177 before any content it is a 502", async () => {
    const answer = await ask({ input: "[[sim:fault=no-events]]", stream: true })
    expect(answer.status).toBe(502)
    expect(answer.headers["content-type"]).toBe("application/json")
  })

  test("G89 too long a context is 400 context_length_exceeded, asked once", async () => {
    const before = calls()
    const answer = await ask({ input: "[[sim:fault=prompt-too-long]]", stream: true })
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({ type: "invalid_request_error", code: "context_length_exceeded" })
    expect(calls()).toBe(before + 1)
  })
})

test("G88 R8 an overloaded upstream is 503 server_is_overloaded", async () => {
  const clock = steeredClock()
  const full = await startSystem({ plane: { clock } })
  try {
    const coming = ask({ input: "[[sim:fault=overloaded]]", stream: true }, "/v1/responses", full)
    const answer = await clock.during(coming, () => isAnswering(full.simulator))
    expect(answer.status).toBe(503)
    expect(errorOf(answer)).toMatchObject({ code: "server_is_overloaded" })
  } finally {
    await full.stop()
  }
})

test("G87 R7 a pool that is exhausted for hours says until when, in the words that stop Codex", async () => {
  const single = await startSystem({ accounts: 1 })
  try {
    single.simulator.script({ fault: { kind: "quota-model", delayMs: 7_200_000 } })
    const answer = await ask({ input: "hi", stream: true }, "/v1/responses", single)
    expect(answer.status).toBe(429)
    expect(answer.headers["x-should-retry"]).toBe("false")
    const error = errorOf(answer)
    expect(error).toMatchObject({ type: "usage_limit_reached", resets_at: expect.any(Number) })
    expect(Number(error["resets_at"]) * 1000 - Date.now()).toBeGreaterThan(3_600_000)
  } finally {
    await single.stop()
  }
})

test("G99 ninety seconds of silence are kept alive, and the answer is still whole", async () => {
  const clock = steeredClock()
  const slow = await startSystem({ plane: { clock }, settings: { firstByteTimeoutMs: 600_000 } })
  const gate = await startGate(slow.simulator.url)
  try {
    await slow.push({ settings: { antigravityBaseUrls: [gate.url] } })
    gate.close()
    const coming = ask({ input: "[[sim:text=at last]]", stream: true }, "/v1/responses", slow)
    await waitFor(() => gate.held === 1)
    for (let passed = 0; passed < 90_000; passed += KEEP_ALIVE_MS) clock.advance(KEEP_ALIVE_MS)
    gate.open()
    const answer = await coming
    // The first sign of life is the head.
    expect(answer.text.match(/^: keep-alive$/gm)).toHaveLength(90_000 / KEEP_ALIVE_MS - 1)
    const events = eventsOf(answer)
    expect(events.filter(({ type }) => type === "keepalive").length).toBeGreaterThan(0)
    expect(events.filter(({ type }) => type === "response.in_progress")).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: "response.completed" })
  } finally {
    await slow.stop()
    await gate.stop()
  }
})

test("a client that goes away ends the upstream's answer", async () => {
  const outgoing = open(`${system.url}/v1/responses`, {
    body: { model: MODEL, input: "[[sim:pause=50]][[sim:words=400]][[sim:chunks=200]]", stream: true },
  })
  outgoing.on("error", () => undefined)
  await new Promise((resolve) => outgoing.on("response", (message) => message.once("data", resolve)))
  outgoing.destroy()
  await waitFor(() => system.simulator.seen().at(-1)?.aborted)
})
