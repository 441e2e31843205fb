/** Messages clients against a whole data plane: errors before and after the first byte, turns of any order, homes of sessions, silence. */
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, errorOf, fetchAnswer, messagesBody, type Answer } from "./support/client.ts"
import { startGate } from "./support/gate.ts"
import { startSystem, type System } from "./support/plane.ts"
import { steeredClock } from "./support/steered-clock.ts"

const MODELS = ["claude-sonnet-4-6", "gemini-3-flash"] as const

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterEach(() => system.simulator.clearFaults())
afterAll(() => system?.stop())

const send = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  fetchAnswer(`${system.url}/v1/messages`, { body, headers })

const eventNames = (answer: Answer) => [...answer.text.matchAll(/^event: (\S+)$/gm)].map(([, name]) => name)

describe("an upstream that fails", () => {
  test.each([
    ["prompt-too-long", 400, "invalid_request_error"],
    ["invalid-argument", 400, "invalid_request_error"],
    ["internal", 500, "api_error"],
  ])("G114 before bytes by %s is a status and an error body, streamed or not", async (kind, status, type) => {
    for (const stream of [true, false]) {
      const answer = await send(messagesBody(`[[sim:fault=${kind}]]`, { stream }))
      expect(answer.status).toBe(status)
      expect(answer.headers["content-type"]).toMatch(/^application\/json/)
      expect(JSON.parse(answer.text)).toMatchObject({
        type: "error",
        error: { type, message: expect.any(String) },
        request_id: answer.headers["request-id"],
      })
    }
  })

  test.each(["reset-mid-stream", "truncated"])(
    "G113 G178 R6 after text by %s is an error event without a stop; asked again without a stream it is JSON",
    async (kind) => {
      const text = "[[sim:chunks=4]][[sim:text=One two three four.]]"
      system.simulator.script({ fault: { kind, after: 2 }, times: 1 })
      const streamed = await send(messagesBody(text, { stream: true }))
      expect(streamed.status).toBe(200)
      expect(eventNames(streamed).at(-1)).toBe("error")
      expect(eventNames(streamed)).not.toContain("message_stop")
      const data = streamed.text.trim().split("\n").at(-1) ?? ""
      expect(JSON.parse(data.replace(/^data: /, ""))).toMatchObject({
        type: "error",
        error: { type: expect.stringMatching(/_error$/), message: expect.any(String) },
        request_id: expect.stringMatching(/^req_/),
      })
      const whole = await send(messagesBody(text, { stream: false }))
      expect(whole.headers["content-type"]).toMatch(/^application\/json/)
      expect(answerText(whole)).toBe("One two three four.")
    },
  )

  test("G178 without a finish reason is never a whole answer: 502 without a stream", async () => {
    const answer = await send(messagesBody("[[sim:text=half]][[sim:fault=truncated]]"))
    expect(answer.status).toBe(502)
    expect(errorOf(answer).type).toBe("api_error")
  })
})

describe("G130 turns that the upstream would refuse", () => {
  test.each(MODELS)("are made legal for %s", async (model) => {
    const messages = [
      { role: "assistant", content: "I begin." },
      { role: "user", content: "one" },
      { role: "user", content: [{ type: "text", text: "two" }] },
      { role: "assistant", content: [] },
      { role: "user", content: "[[sim:text=ok]]" },
    ]
    const answer = await send({ ...messagesBody("", { model }), messages })
    expect(answerText(answer)).toBe("ok")
    expect(system.simulator.seen().at(-1)?.body).toMatchObject({
      request: { contents: [{ role: "user" }, { role: "model" }, { role: "user" }] },
    })
  })
})

test("G142 G143 a thought with any letters and a long signature comes back to the upstream as it was", async () => {
  const thought = "One\r\ntwo 🙂 数据  \n\ttabs and trailing spaces   "
  const thinking = { model: MODELS[0], max_tokens: 9000, thinking: { type: "enabled", budget_tokens: 2000 } }
  const prompt = `[[sim:think=${JSON.stringify(thought)}]][[sim:signature=30000]][[sim:text=Hello.]]`
  const first = await send(messagesBody(prompt, thinking))
  const { content } = JSON.parse(first.text) as { content: { type: string; thinking?: string }[] } // a message
  expect(content[0]).toMatchObject({ type: "thinking", thinking: thought })
  const messages = [
    { role: "user", content: prompt },
    { role: "assistant", content },
    { role: "user", content: "[[sim:text=And again.]]" },
  ]
  expect(answerText(await send({ ...messagesBody("", thinking), messages }))).toBe("And again.")
  const signature = expect.stringMatching(/^.{40000,}$/)
  expect(system.simulator.seen().at(-1)?.body).toMatchObject({
    request: { contents: [{}, { parts: [{ thought: true, text: thought, thoughtSignature: signature }, {}] }, {}] },
  })
})

describe("G135 sampling that the newest version of the API no longer has", () => {
  test.each(MODELS)("is accepted for %s", async (model) => {
    const body = messagesBody("[[sim:text=ok]]", { model, temperature: 0.5, top_p: 0.9, top_k: 40 })
    const answer = await send(body, { "anthropic-version": "2026-10-21" })
    expect([answer.status, answerText(answer)]).toEqual([200, "ok"])
  })
})

describe("G136 `metadata.user_id`", () => {
  const session = "00000000-0000-4000-8000-000000000002"
  const home = async (userId: string | undefined) => {
    const metadata = userId === undefined ? {} : { metadata: { user_id: userId } }
    await send(messagesBody(`[[sim:text=ok]] ${userId?.length ?? 0}`, metadata))
    const { body } = system.simulator.seen().at(-1) ?? {}
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${session}|device-1|account-1`))
    return (body as { request: { sessionId: string } }).request.sessionId // the envelope
  }

  test("names one session in both its forms, and is not sent on", async () => {
    const written = await home(
      JSON.stringify({ device_id: "device-1", account_uuid: "account-1", session_id: session }),
    )
    expect(await home(`user_device-1_account_account-1_session_${session}`)).toBe(written)
    expect(await home(JSON.stringify({ device_id: "device-1", session_id: session.replace("2", "3") }))).not.toBe(
      written,
    )
    expect(await home(undefined)).not.toBe(written)
  })
})

test("G140 a thread is refused so that the SDK sends the whole history", async () => {
  const before = system.simulator.seen().length
  const answer = await send(messagesBody("hi", { thread: { type: "continue", id: "thread_1" } }))
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.text)).toMatchObject({
    error: { type: "invalid_request_error", details: { error_code: "thread_unsupported_request" } },
  })
  expect(system.simulator.seen()).toHaveLength(before)
})

test("G141 silence is broken by named pings only", async () => {
  const clock = steeredClock()
  const slow = await startSystem({ plane: { clock }, settings: { firstByteTimeoutMs: 600_000 } })
  const gate = await startGate(slow.simulator.url)
  try {
    await slow.push({ settings: { antigravityBaseUrls: [gate.url] } })
    gate.close()
    const body = messagesBody("[[sim:text=at last]]", { stream: true })
    const coming = fetchAnswer(`${slow.url}/v1/messages`, { body })
    await waitFor(() => gate.held === 1)
    for (let times = 0; times < 3; times += 1) clock.advance(KEEP_ALIVE_MS)
    gate.open()
    const answer = await coming
    const names = eventNames(answer)
    expect(names.filter((name) => name === "ping")).toHaveLength(3)
    expect(names.filter((name) => name !== "ping")).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ])
    expect(answer.text).not.toMatch(/^:/m)
    expect(answerText(answer)).toBe("at last")
  } finally {
    await slow.stop()
    await gate.stop()
  }
})

describe("a web search of another dialect's client", () => {
  test("keeps to the asked model, and is not made where that cannot search", async () => {
    const body = { messages: [{ role: "user", content: "[[sim:text=Paris.]]" }], web_search_options: {} }
    const claude = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: { ...body, model: MODELS[0] } })
    expect(JSON.parse(claude.text)).toMatchObject({ choices: [{ message: { content: "Paris." } }] })
    expect(claude.text).not.toContain("annotations")
    const gemini = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: { ...body, model: MODELS[1] } })
    expect(JSON.parse(gemini.text)).toMatchObject({
      choices: [
        { message: { annotations: [{ url_citation: { title: "example.org", start_index: 0, end_index: 6 } }] } },
      ],
    })
    const records = await waitFor(() => {
      const made = system.link.find("exchange").filter(({ dialect }) => dialect === "openai-chat")
      return made.length === 2 ? made : undefined
    })
    expect(records.map(({ dropped }) => dropped)).toEqual([["webSearch"], []])
  })
})
