/** What is captured of exchanges, over real sockets: all dialects, streamed and not, failures, bounds, its end by the clock, and what is never in it. */
import { MAX_CAPTURED_TEXT_BYTES, type CapturedExchange } from "#shared/capture.ts"
import { CAPTURE_BUDGET_BYTES } from "#data-plane/capture/captures.ts"
import { afterEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { callOf, TEXT_DIALECTS } from "./support/calls.ts"
import { chatBody, fetchAnswer, type Answer, type Call } from "./support/client.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { API_KEY, OTHER_API_KEY } from "./support/snapshots.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

/** Within the life of an access token. */
const CAPTURE_MS = 600_000
const CANARY = "canary-of-a-secret-text-4711"

let system: System
let clock: SteeredClock
let captureUntil: number
afterEach(() => system.stop())

async function begin(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  const settings = { firstByteTimeoutMs: 6_000_000, streamIdleTimeoutMs: 6_000_000, ...options.settings }
  system = await startSystem({ ...options, settings, plane: { clock, ...options.plane } })
  captureUntil = clock.now() + CAPTURE_MS
  await system.push({ captureUntil })
}

const ask = (path: string, call: Call): Promise<Answer> => fetchAnswer(`${system.url}${path}`, call)

const chat = (prompt: string, more: object = {}): Promise<Answer> =>
  ask("/v1/chat/completions", { body: chatBody(`${prompt} [[sim:text=pong]]`, more) })

/** Longer than what is captured of it, though it says no more than any. */
const askAtLength = (): Promise<Answer> =>
  ask("/v1/chat/completions", { body: JSON.stringify(chatBody("Hello.")) + " ".repeat(MAX_CAPTURED_TEXT_BYTES) })

const captureOf = ({ headers }: Answer): Promise<CapturedExchange> =>
  waitFor(() => system.link.captures.find(({ exchangeId }) => exchangeId === headers["x-request-id"]))

/** What the record says of the capture, as soon as it was reported. */
async function markOf({ headers }: Answer): Promise<string> {
  const record = await waitFor(() => {
    clock.advance(250)
    return system.link.find("exchange").find(({ exchangeId }) => exchangeId === headers["x-request-id"])
  })
  return record.capture ?? "none"
}

describe("of each dialect, streamed and not", () => {
  for (const dialect of TEXT_DIALECTS) {
    for (const stream of [false, true]) {
      test(`${dialect}${stream ? ", streamed" : ""}`, async () => {
        await begin()
        const { path, body } = callOf(dialect, "Hello. [[sim:text=pong]]", { stream })
        const answer = await ask(path, { body })
        const capture = await captureOf(answer)
        const [pathname = "", query = ""] = path.slice(1).split("?")
        expect(capture).toMatchObject({ dialect, apiKeyId: "key-1", attemptsLeftOut: 0, startedAt: clock.now() })
        expect(capture.request).toMatchObject({
          path: pathname,
          query,
          headers: { "content-type": "application/json" },
        })
        expect(JSON.parse(capture.request.body.text)).toEqual(body)
        expect(capture.answer.status).toBe(200)
        expect(capture.answer.body.text).toBe(answer.text)
        expect(capture.attempts).toHaveLength(1)
        const [attempt] = capture.attempts
        expect(attempt).toMatchObject({
          accountId: system.accounts[0]?.id,
          origin: system.simulator.url,
          path: "/v1internal:streamGenerateContent?alt=sse",
          answer: { status: 200 },
        })
        expect(JSON.parse(attempt?.body.text ?? "")).toMatchObject({ request: { contents: [{ role: "user" }] } })
        expect(attempt?.answer.body.text).toMatch(/^data: .*pong/s)
        expect(await markOf(answer)).toBe("taken")
      })
    }
  }
})

test("each attempt is there with what its upstream said, and an error answer as the client got it", async () => {
  await begin({ accounts: 2 })
  system.simulator.script({ fault: { kind: "rate-limit-long" }, times: 1 })
  const served = await captureOf(await chat("one"))
  expect(served.attempts.map(({ answer }) => answer.status)).toEqual([429, 200])
  expect(served.attempts[0]?.answer.body.text).toContain("RESOURCE_EXHAUSTED")
  expect(new Set(served.attempts.map(({ accountId }) => accountId)).size).toBe(2)
  const broken = await ask("/v1/chat/completions", { body: "{" })
  const capture = await captureOf(broken)
  expect(capture).toMatchObject({ attempts: [], answer: { status: 400 }, request: { body: { text: "{" } } })
  expect(capture.answer.body.text).toBe(broken.text)
})

test("a connection that cannot be had is told as the failure of its attempt", async () => {
  await begin({ settings: { antigravityBaseUrls: ["http://127.0.0.1:1"], maxAttempts: 1 } })
  const { attempts, answer } = await captureOf(await chat("hello"))
  expect(attempts).toMatchObject([{ failure: "ECONNREFUSED", answer: { status: 0, body: { bytes: 0 } } }])
  expect(answer.status).toBeGreaterThanOrEqual(500)
})

test("nothing by which anybody proves who they are is in it, and no text in the log", async () => {
  await begin()
  const account = system.accounts[0]?.credential?.accessToken ?? ""
  expect(account.length).toBeGreaterThan(10)
  const answers = [
    await ask("/v1/messages", {
      body: callOf("anthropic-messages", CANARY).body,
      anonymous: true,
      headers: { "x-api-key": API_KEY, cookie: "session=cookie-canary-4711-4711", "user-agent": "agent/1" },
    }),
    await ask(`/v1beta/models/gemini-3-flash:generateContent?key=${API_KEY}&%6bey_x=${API_KEY}&alt=json`, {
      body: callOf("gemini", CANARY).body,
      anonymous: true,
    }),
    await chat(CANARY),
  ]
  const captures = await Promise.all(answers.map(captureOf))
  for (const capture of captures) {
    const text = JSON.stringify(capture)
    expect(text).toContain(CANARY)
    for (const secret of [API_KEY, account, "cookie-canary-4711-4711"]) expect(text).not.toContain(secret)
  }
  expect(captures[0]?.request.headers).toMatchObject({ "user-agent": "agent/1" })
  expect(captures[1]?.request.query).toBe("alt=json")
  expect(system.lines.join("\n")).not.toContain(CANARY)
  expect(JSON.stringify(system.link.reports)).not.toContain(CANARY)
})

test("keys without capture leave nothing, nor does any when its time is over, with the control plane there or away", async () => {
  await begin()
  const other = { authorization: `Bearer ${OTHER_API_KEY}` }
  expect(await markOf(await ask("/v1/chat/completions", { body: chatBody(CANARY), headers: other }))).toBe("none")
  system.link.leave()
  clock.advance(captureUntil - 1 - clock.now())
  const last = await chat("the last")
  clock.advance(1)
  const late = await chat(CANARY)
  system.link.comeBack()
  await clock.during(captureOf(last), () => false)
  expect(await markOf(late)).toBe("none")
  expect(system.link.captures.map(({ exchangeId }) => exchangeId)).toEqual([last.headers["x-request-id"]])
  expect(JSON.stringify(system.link.captures)).not.toContain(CANARY)
})

test("a body that is too long is cut, and served whole", async () => {
  await begin()
  const answer = await askAtLength()
  expect(answer.status).toBe(200)
  const { request } = await captureOf(answer)
  expect(request.body).toMatchObject({ truncated: true, encoding: "utf8" })
  expect(request.body.text).toHaveLength(MAX_CAPTURED_TEXT_BYTES)
  expect(request.body.bytes).toBeGreaterThan(MAX_CAPTURED_TEXT_BYTES)
})

test("while the control plane is away captures wait in bounded memory; what has no room is left out and says so", async () => {
  await begin()
  system.link.leave()
  const most = CAPTURE_BUDGET_BYTES / MAX_CAPTURED_TEXT_BYTES
  const answers: Answer[] = []
  for (let turn = 0; turn <= most; turn++) answers.push(await askAtLength())
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  system.link.comeBack()
  await clock.during(
    waitFor(() => system.link.captures.length === most),
    () => false,
  )
  const marks: string[] = []
  for (const answer of answers) marks.push(await markOf(answer))
  expect(marks).toEqual([...answers.slice(1).map(() => "taken"), "left_out"])
  // The last to come had what was left. It need not be the last that is sent: who was tried in vain goes behind.
  const lengths = system.link.captures.map(({ request }) => request.body.text.length)
  expect(lengths.filter((length) => length < MAX_CAPTURED_TEXT_BYTES)).toHaveLength(1)
  // What was sent makes room.
  expect(await markOf(await chat("again"))).toBe("taken")
})
