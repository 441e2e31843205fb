/** What is said of a key through GraphQL decides its next exchange: control plane, data planes and simulator over real sockets. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { systemClock, type Clock } from "#data-plane/clock.ts"
import type { DataPlane } from "#data-plane/data-plane.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { callOf, DIALECTS, readError, wordOf } from "../../data-plane/test/support/calls.ts"
import { fetchAnswer, open, type Answer } from "../../data-plane/test/support/client.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { generationsSeen } from "../support/seen.ts"
import { waitFor } from "../support/wait-for.ts"

const FAILURE = "... on Failure { code message path }"
const CREATE = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) {
  ... on CreateApiKeySuccess { secret apiKey { id } } ${FAILURE} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateApiKeyInput!) { result: updateApiKey(id: $id, input: $input) {
  ... on UpdateApiKeySuccess { apiKey { id } } ${FAILURE} } }`
const ROTATE = `mutation ($id: ID!, $minutes: Int!) { result: rotateApiKey(id: $id, overlapMinutes: $minutes) {
  ... on RotateApiKeySuccess { secret apiKey { id } } ${FAILURE} } }`
const USE =
  "{ apiKeys(first: 100) { edges { node { id requestsToday tokensToday requestsThisMonth tokensThisMonth lastUsedAt } } } }"

const CLAUDE = "claude-sonnet-4-6"
const MINUTE = 60_000

/** Stands still until it is moved; timers run all the same. */
let passed = 0
const startedAt = Date.now()
const clock: Clock = {
  now: () => startedAt + passed,
  monotonic: () => passed,
  after: (ms, run) => systemClock.after(ms, run),
}

let planes: Planes
/** With the clock that stands still. */
let plane: DataPlane
beforeAll(async () => {
  planes = await startPlanes({ env: { MAX_CONCURRENT_PER_ACCOUNT: "0", POOL_WAIT_MS: "1" } })
  await planes.addAccount("a@example.test")
  await planes.addAccount("b@example.test")
  plane = await planes.addPlane("still", { clock })
})
afterAll(() => planes.stop())

interface Made {
  readonly secret: string
  readonly apiKey: { readonly id: string }
}

async function mutate(document: string, variables: object): Promise<Made> {
  const { result } = await planes.control.data<{ result: Made & { code?: string } }>(document, variables)
  expect(result.code).toBeUndefined()
  // On a busy machine a data plane may take longer than a mutation waits for it.
  await planes.settled()
  return result
}

async function createKey(input: object = {}): Promise<{ id: string; secret: string }> {
  const { apiKey, secret } = await mutate(CREATE, { input: { name: "one", ...input } })
  return { id: apiKey.id, secret }
}
const update = (id: string, input: object) => mutate(UPDATE, { id, input })

interface Asked {
  readonly dialect?: ClientDialectName
  readonly model?: string
  readonly headers?: Record<string, string>
  readonly plane?: DataPlane
  readonly more?: object
}

function ask(secret: string, { dialect = "openai-chat", model, headers, more, ...asked }: Asked = {}): Promise<Answer> {
  const given = { ...(model === undefined ? {} : { model }), ...(more === undefined ? {} : { more }) }
  const { path, body } = callOf(dialect, `${Math.random()} [[sim:text=a few words]]`, given)
  const { url } = asked.plane ?? plane
  return fetchAnswer(`${url}${path}`, { headers: { authorization: `Bearer ${secret}`, ...headers }, body })
}

/** What the control plane has of a key's first request; undefined before. */
async function usedBy(id: string): Promise<Record<string, unknown> | undefined> {
  const { apiKeys } = await planes.control.data<{ apiKeys: { edges: { node: Record<string, unknown> }[] } }>(USE)
  const node = apiKeys.edges.map((edge) => edge.node).find((key) => key["id"] === id)
  return node?.["requestsToday"] === 1 ? node : undefined
}

function get(secret: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return fetchAnswer(`${plane.url}${path}`, { headers: { authorization: `Bearer ${secret}`, ...headers } })
}

describe("a key is as good as what is said of it, and that can be taken back", () => {
  test.each<[name: string, limit: object, free: object, status: number, message: RegExp]>([
    ["models", { models: ["claude-*"] }, { models: null }, 403, /may not use the model "gemini-3-flash"/],
    [
      "models by their patterns",
      { models: ["gemini-*-pro"] },
      { models: ["x", "gemini-*"] },
      403,
      /may not use the model/,
    ],
    ["dialects", { dialects: ["GEMINI"] }, { dialects: null }, 403, /not be used for openai-chat, only for gemini/],
    ["dialects that are named", { dialects: ["GEMINI"] }, { dialects: ["OPENAI_CHAT"] }, 403, /only for gemini/],
    ["addresses", { addresses: ["192.0.2.0/24", "::1"] }, { addresses: null }, 403, /from the address 127\.0\.0\.1/],
    ["addresses in a range", { addresses: ["192.0.2.0/24"] }, { addresses: ["127.0.0.0/8"] }, 403, /from the address/],
    ["enabled", { enabled: false }, { enabled: true }, 401, /is disabled/],
  ])("%s", async (_name, limit, free, status, message) => {
    const { id, secret } = await createKey()
    expect((await ask(secret)).status).toBe(200)
    await update(id, limit)
    const before = generationsSeen(planes.simulator).length
    const refused = await ask(secret)
    expect(refused.status).toBe(status)
    expect(readError("openai-chat", refused).message).toMatch(message)
    expect(generationsSeen(planes.simulator)).toHaveLength(before)
    await update(id, free)
    expect((await ask(secret)).status).toBe(200)
    // The same of a key that is made so.
    if (!("enabled" in limit)) expect((await ask((await createKey(limit)).secret)).status).toBe(status)
  })

  test.each<[name: string, limit: object, status: number, word: string]>([
    ["requestsPerMinute", { requestsPerMinute: 1 }, 429, "rate_limit_exceeded"],
    // Minutes are paid back, more than a client should wait for.
    ["tokensPerMinute", { tokensPerMinute: "1" }, 429, "usage_limit_reached"],
    ["tokensPerDay", { tokensPerDay: "1" }, 429, "insufficient_quota"],
    ["tokensPerMonth", { tokensPerMonth: "1" }, 429, "insufficient_quota"],
  ])("%s", async (name, limit, status, word) => {
    const { id, secret } = await createKey(limit)
    expect((await ask(secret)).status).toBe(200)
    const refused = await ask(secret)
    expect({ status: refused.status, word: readError("openai-chat", refused).word }).toEqual({ status, word })
    await update(id, { [name]: null })
    expect((await ask(secret)).status).toBe(200)
    await update(id, limit)
    await ask(secret)
    expect((await ask(secret)).status).toBe(status)
  })

  test.each([
    ["before an answer", { kind: "hang-before-headers" }, false],
    ["in the middle of one", { kind: "hang-mid-stream", after: 2 }, true],
  ] as const)("tokensPerDay, by a client that leaves %s: what nobody told is guessed", async (_when, fault, hears) => {
    const { id, secret } = await createKey({ tokensPerDay: "1" })
    planes.simulator.script({ fault, times: 1 })
    const before = generationsSeen(planes.simulator).length
    const prompt = "[[sim:usage=last]] [[sim:chunks=6]] [[sim:text=one of six pieces is what a client hears]]"
    const { path, body } = callOf("openai-chat", prompt, { stream: true })
    const left = open(`${plane.url}${path}`, { headers: { authorization: `Bearer ${secret}` }, body })
    left.on("error", () => undefined)
    let isHeard = !hears
    left.on("response", (response) => response.on("data", () => (isHeard = true)).on("error", () => undefined))
    await waitFor(() => isHeard && generationsSeen(planes.simulator).length === before + 1)
    left.destroy()
    // Records keep to what was told.
    expect(await waitFor(() => usedBy(id))).toMatchObject({ requestsToday: 1, tokensToday: "0" })
    expect(readError("openai-chat", await ask(secret)).word).toBe("insufficient_quota")
  })

  test("maxConcurrent", async () => {
    // Who waits in turn needs time that passes.
    const { plane: running } = planes
    const { id, secret } = await createKey({ maxConcurrent: 1 })
    planes.simulator.script({ fault: { kind: "hang-before-headers" }, times: 1 })
    const before = generationsSeen(planes.simulator).length
    const { path, body } = callOf("openai-chat", "runs")
    const first = open(`${running.url}${path}`, { headers: { authorization: `Bearer ${secret}` }, body })
    first.on("error", () => undefined)
    await waitFor(() => generationsSeen(planes.simulator).length === before + 1)
    const refused = await ask(secret, { plane: running })
    expect(refused.status).toBe(429)
    expect(readError("openai-chat", refused).message).toContain("has one request running already")
    await update(id, { maxConcurrent: null })
    expect((await ask(secret, { plane: running })).status).toBe(200)
    await update(id, { maxConcurrent: 1 })
    expect((await ask(secret, { plane: running })).status).toBe(429)
    first.destroy()
  })

  test("mayExplain", async () => {
    const { id, secret } = await createKey({ mayExplain: false })
    const headers = { "x-lagrange-explain": "1" }
    expect((await ask(secret, { headers })).headers).not.toHaveProperty("x-lagrange-account")
    await update(id, { mayExplain: true })
    expect((await ask(secret, { headers })).headers).toHaveProperty("x-lagrange-account")
  })

  test("expiresAt", async () => {
    const { id, secret } = await createKey({ expiresAt: new Date(Date.now() + 5 * MINUTE).toISOString() })
    expect((await ask(secret)).status).toBe(200)
    passed = Date.now() - startedAt + 5 * MINUTE
    const refused = await ask(secret)
    expect(refused.status).toBe(401)
    expect(readError("openai-chat", refused).message).toMatch(/has expired, at 20/)
    await update(id, { expiresAt: null })
    expect((await ask(secret)).status).toBe(200)
    await update(id, { expiresAt: new Date(startedAt + passed + MINUTE).toISOString() })
    passed += MINUTE
    expect((await ask(secret)).status).toBe(401)
  })
})

describe("in every dialect", () => {
  const RATE = { openai: "rate_limit_exceeded", anthropic: "rate_limit_error", gemini: "RESOURCE_EXHAUSTED" }
  const DENIED = { openai: "permission_denied", anthropic: "permission_error", gemini: "PERMISSION_DENIED" }

  test.each(DIALECTS)("%s tells a limit of a minute with the time until it ends", async (dialect) => {
    const { secret } = await createKey({ requestsPerMinute: 2 })
    expect((await ask(secret, { dialect })).status).toBe(200)
    expect((await ask(secret, { dialect })).status).toBe(200)
    const refused = await ask(secret, { dialect })
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "30", "retry-after-ms": "30000" } })
    expect(readError(dialect, refused)).toEqual({
      word: wordOf(dialect, RATE),
      message: "This API key is limited to 2 requests a minute. Please try again in 30s.",
    })
    passed += 30_000
    expect((await ask(secret, { dialect })).status).toBe(200)
  })

  test.each(DIALECTS)("%s says that a key may not be used for it, or for a model", async (dialect) => {
    const others = DIALECTS.filter((name) => name !== dialect)
    const dialects = others.map((name) => name.toUpperCase().replaceAll("-", "_"))
    for (const input of [{ dialects }, { models: ["gpt-*"] }]) {
      const refused = await ask((await createKey(input)).secret, { dialect })
      expect(refused.status).toBe(403)
      expect(readError(dialect, refused).word).toBe(wordOf(dialect, DENIED))
    }
  })

  test("a count of tokens is for keys of its dialect", async () => {
    const { secret } = await createKey({ dialects: ["GEMINI"] })
    const { body } = callOf("anthropic-messages", "hello")
    const call = { headers: { authorization: `Bearer ${secret}` }, body }
    expect((await fetchAnswer(`${plane.url}/v1/messages/count_tokens`, call)).status).toBe(403)
  })
})

describe("where a key stands with a minute", () => {
  test("is told in the headers of OpenAI's and Anthropic's dialects, with refusals too", async () => {
    const { secret } = await createKey({ requestsPerMinute: 2, tokensPerMinute: "6000" })
    const limits = ({ headers }: Answer) => Object.entries(headers).filter(([name]) => name.includes("ratelimit"))
    const first = await ask(secret)
    expect(first.headers).toMatchObject({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-reset-requests": "30s",
      "x-ratelimit-limit-tokens": "6000",
      "x-ratelimit-remaining-tokens": "6000",
      "x-ratelimit-reset-tokens": "0ms",
    })
    const second = await ask(secret, { dialect: "anthropic-messages", more: { stream: true } })
    const reset = new Date(Math.ceil((clock.now() + MINUTE) / 1_000) * 1_000).toISOString().replace(".000Z", "Z")
    expect(second.headers).toMatchObject({
      "anthropic-ratelimit-requests-limit": "2",
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": reset,
      "anthropic-ratelimit-tokens-limit": "6000",
    })
    expect(Number(second.headers["anthropic-ratelimit-tokens-remaining"])).toBeLessThan(6_000)
    const refused = await ask(secret)
    expect(refused).toMatchObject({ status: 429, headers: { "x-ratelimit-remaining-requests": "0" } })
    expect(limits(await ask(secret, { dialect: "gemini" }))).toEqual([])
    expect(limits(await ask((await createKey()).secret))).toEqual([])
  })
})

describe("a key for some models", () => {
  const LISTS: [path: string, headers: Record<string, string>][] = [
    ["/v1/models", {}],
    ["/v1/models?limit=1000", { "anthropic-version": "2023-06-01" }],
    ["/v1beta/models?pageSize=1000", {}],
  ]

  test.each(LISTS)("sees no others at %s", async (path, headers) => {
    const all = (await get((await createKey()).secret, path, headers)).text
    expect([all.includes(CLAUDE), all.includes("gemini-3-flash")]).toEqual([true, true])
    const { secret } = await createKey({ models: ["claude-sonnet-*"] })
    const some = (await get(secret, path, headers)).text
    expect([some.includes(CLAUDE), some.includes("gemini-3-flash")]).toEqual([true, false])
  })

  test("is led round them by no alias, but has those that are named", async () => {
    const { id, secret } = await createKey({ models: ["claude-*"] })
    expect((await ask(secret, { model: "claude-gw-gemini-3-flash" })).status).toBe(403)
    expect((await ask(secret, { model: "claude-3-opus" })).status).toBe(200)
    expect((await get(secret, "/v1/models/gemini-3-flash")).status).toBe(403)
    expect((await get(secret, `/v1/models/${CLAUDE}`)).status).toBe(200)
    await update(id, { models: ["claude-3-opus"] })
    expect((await ask(secret, { model: "claude-3-opus" })).status).toBe(200)
    expect((await ask(secret, { model: CLAUDE })).status).toBe(403)
  })

  test("is told of no others by the name of one that is not there", async () => {
    const { secret } = await createKey({ models: ["claude-*"] })
    const answer = await ask(secret, { model: "gemini-3-flesh" })
    expect(answer.status).toBe(404)
    expect(answer.text).not.toContain("gemini-3-flash")
  })
})

describe("a rotated key", () => {
  test("is the same key under both secrets until the overlap ends", async () => {
    const { id, secret: first } = await createKey({ requestsPerMinute: 3 })
    const conversation = { headers: { "x-session-id": id, "x-lagrange-explain": "1" } }
    expect((await ask(first, conversation)).status).toBe(200)
    // By the control plane's clock, which does not stand still.
    const minutes = Math.ceil(passed / MINUTE) + 5
    const { secret: second } = await mutate(ROTATE, { id, minutes })
    const answer = await ask(second, conversation)
    expect(answer.status).toBe(200)
    expect(answer.headers["x-lagrange-choice"]).toContain("the conversation lives there")
    expect((await ask(first)).status).toBe(200)
    expect((await ask(second)).status).toBe(429)
    passed = Date.now() - startedAt + minutes * MINUTE
    const replaced = await ask(first)
    expect(replaced.status).toBe(401)
    expect(readError("openai-chat", replaced).message).toMatch(/was replaced by a new one and stopped working at 20/)
    expect((await ask(second)).status).toBe(200)
    const { secret: third } = await mutate(ROTATE, { id, minutes: 0 })
    expect([(await ask(second)).status, (await ask(third)).status]).toEqual([401, 200])
  })
})

describe("what a key used", () => {
  test("is counted once over all data planes, and a budget that is used up at one is so at the others", async () => {
    const { id, secret } = await createKey({ tokensPerMonth: "1" })
    const answer = await ask(secret)
    const { usage } = JSON.parse(answer.text) as { usage: { prompt_tokens: number; completion_tokens: number } } // OpenAI's
    const tokens = String(usage.prompt_tokens + usage.completion_tokens)
    const told = await waitFor(() => usedBy(id))
    expect(told).toMatchObject({ tokensToday: tokens, requestsThisMonth: 1, tokensThisMonth: tokens })
    expect(told["lastUsedAt"]).not.toBeNull()
    const other = await waitFor(async () => {
      const there = await ask(secret, { plane: planes.plane })
      return there.status === 429 && there
    })
    expect(readError("openai-chat", other).message).toMatch(/has used its 1 tokens of the month/)
  })
})
