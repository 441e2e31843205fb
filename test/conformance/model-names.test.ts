/** Names that people bring from elsewhere, against a whole gateway: each is listed and each answers, in the three calls of old. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

/** Those that this gateway's users knew before it. */
const KNOWN_NAMES = [
  "gemini-3-flash",
  "gemini-3-flash-thinking",
  "gemini-3-pro-high",
  "gemini-3-pro-low",
  "gemini-2.5-pro",
  "gemini-2.5-flash",
  "gemini-3-pro-image",
  "claude-opus-4-5",
  "claude-opus-4-5-thinking",
  "claude-sonnet-4-5",
  "claude-sonnet-4-5-thinking",
  "gpt-oss-120b-medium",
]

/** Those that gemini-cli asks for by itself, and Claude Code. */
const CLIENTS_NAMES = [
  "gemini-3-pro-preview",
  "gemini-3.1-pro-preview",
  "gemini-3-flash-preview",
  "gemini-3.1-flash-lite",
  "gemini-3.1-flash-lite-preview",
  "gemini-3.5-flash",
  "gemini-3.5-flash-preview",
  "gemini-3.8-flash",
  "gemini-3.8-flash-preview",
  "gemini-2.5-flash-lite",
  "gemini-3.5-flash-lite",
  "gemini-3.1-pro-preview-customtools",
  "claude-opus-4-6",
  "claude-sonnet-4-6",
]

/** Never listed, and yet they answer. */
const UNLISTED = [
  "gemini-2.5-pro-preview-06-05",
  "claude-opus-4-5-20251101",
  "claude-haiku-4-5-20251001",
  "claude-3-5-haiku-20241022",
  "claude-opus-4-6[1m]",
]

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 1 })
})
afterAll(() => system?.stop())

const post = (path: string, headers: Record<string, string>, body: object): Promise<Response> =>
  fetch(`${system.gatewayUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  })
const bearer = () => ({ authorization: `Bearer ${system.apiKey}` })
const openai = (model: string, content = "Hello!") =>
  post("/v1/chat/completions", bearer(), { model, messages: [{ role: "user", content }] })
const anthropic = (model: string) =>
  post(
    "/v1/messages",
    { "x-api-key": system.apiKey },
    { model, max_tokens: 1024, messages: [{ role: "user", content: "Hello!" }] },
  )
const gemini = (model: string) =>
  post(
    `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    { "x-goog-api-key": system.apiKey },
    {
      contents: [{ parts: [{ text: "Hello!" }] }],
    },
  )

test.each([...KNOWN_NAMES, ...CLIENTS_NAMES])("%s is listed", async (name) => {
  const answer = await fetch(`${system.gatewayUrl}/v1/models`, { headers: bearer() })
  const { data } = (await answer.json()) as { data: { id: string }[] } // OpenAI's list
  expect(data.map(({ id }) => id)).toContain(name)
})

describe.each([
  ["OpenAI", openai, true],
  ["Anthropic", anthropic, true],
  // Its answers are the upstream's own, which say what answered.
  ["Gemini", gemini, false],
])("%s", (_dialect, call, echoes) => {
  test.each([...KNOWN_NAMES, ...CLIENTS_NAMES, ...UNLISTED])("%s answers", async (name) => {
    const answer = await call(name)
    const text = await answer.text()
    expect([answer.status, text]).toEqual([200, expect.any(String)])
    if (echoes) expect(JSON.parse(text)).toHaveProperty("model", name)
  })
})

test("what stands behind a retired name is a model that is offered", async () => {
  await openai("claude-3-5-haiku-20241022")
  expect(generationsSeen(system.simulator).at(-1)?.body).toMatchObject({ model: "claude-sonnet-4-6" })
  await openai("gemini-3-pro-high")
  expect(generationsSeen(system.simulator).at(-1)?.body).toMatchObject({ model: "gemini-pro-agent" })
})
