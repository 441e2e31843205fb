/** A key with a daily number of tokens, through the whole system. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"
import { untilDayIsLong } from "../support/utc-day.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
beforeAll(async () => {
  await untilDayIsLong()
  system = await startSystem({ accounts: 1 })
})
afterAll(() => system?.stop())

const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { ... on CreateApiKeySuccess { secret apiKey { id } } ... on Failure { code path } }
}`
const KEYS = "{ apiKeys { edges { node { id tokensPerDay tokensToday } } } }"

interface Created {
  readonly createApiKey: { readonly secret: string; readonly apiKey: { readonly id: string }; readonly code?: string }
}

const messages = [{ role: "user", content: "[[sim:text=a few words]]" }]
const MODEL = "gemini-3-flash"

type Ask = readonly [path: string, body: object]
const chat: Ask = ["/v1/chat/completions", { model: MODEL, messages }]
const asks: Readonly<Record<string, Ask>> = {
  chat,
  responses: ["/v1/responses", { model: MODEL, input: messages[0]?.content }],
  messages: ["/v1/messages", { model: MODEL, max_tokens: 100, messages }],
  gemini: [`/v1beta/models/${MODEL}:generateContent`, { contents: [{ parts: [{ text: "hello" }] }] }],
}

async function ask(gatewayUrl: string, key: string, [path, body]: Ask) {
  const response = await fetch(gatewayUrl + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const QUOTA: unknown = expect.objectContaining({ reason: "QUOTA_EXHAUSTED" })

test("a number of tokens that means nothing is refused with its place", async () => {
  const { createApiKey } = await system.graphql<{ createApiKey: object }>(CREATE, {
    input: { name: "none", tokensPerDay: "0" },
  })
  expect(createApiKey).toEqual({ code: "out_of_range", path: ["input", "tokensPerDay"] })
})

test("G90 a key whose tokens of the day are used hears so in every dialect until the next day, also after a restart", async () => {
  const { createApiKey } = await system.graphql<Created>(CREATE, { input: { name: "small", tokensPerDay: "5" } })
  const { secret } = createApiKey
  expect((await ask(system.gatewayUrl, secret, chat)).status).toBe(200)
  const refused = {
    chat: { error: { type: "insufficient_quota", code: "insufficient_quota" } },
    responses: { error: { type: "insufficient_quota", code: "insufficient_quota" } },
    messages: { type: "error", error: { type: "rate_limit_error" } },
    gemini: { error: { code: 429, status: "RESOURCE_EXHAUSTED", details: expect.arrayContaining([QUOTA]) } },
  }
  const expectRefusals = async (gatewayUrl: string) => {
    for (const [dialect, body] of Object.entries(refused)) {
      const answer = await ask(gatewayUrl, secret, asks[dialect] ?? chat)
      expect({ dialect, ...answer }).toMatchObject({ dialect, status: 429, body })
      expect(answer.headers.get("x-should-retry")).toBe("false")
    }
  }
  await expectRefusals(system.gatewayUrl)
  expect((await ask(system.gatewayUrl, system.apiKey, chat)).status).toBe(200)

  const used = await waitFor(async () => {
    const { apiKeys } = await system.graphql<{
      apiKeys: { edges: { node: { id: string; tokensPerDay: string | null; tokensToday: string } }[] }
    }>(KEYS)
    const node = apiKeys.edges.map((edge) => edge.node).find(({ id }) => id === createApiKey.apiKey.id)
    return node !== undefined && Number(node.tokensToday) >= 5 ? node : undefined
  })
  expect(used.tokensPerDay).toBe("5")

  const { gatewayUrl } = await system.restart(() => Promise.resolve())
  await expectRefusals(gatewayUrl)
  expect((await ask(gatewayUrl, system.apiKey, chat)).status).toBe(200)
})
