/** Routing rules, account groups, strategies, own aliases and fallbacks, from a client's request to the upstream and the record. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { RequestTrait } from "#shared/request-trait.ts"
import { NO_ROUTING, type RuleAction, type RuleMatch, type Routing } from "#shared/routing.ts"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { callOf, type CallOptions } from "./support/calls.ts"
import { errorOf, fetchAnswer, type Answer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { API_KEY, MODEL, NARROW_API_KEY, OTHER_API_KEY } from "./support/snapshots.ts"

const OTHER = "claude-sonnet-4-6"
const LITE = "gemini-3.1-flash-lite"
const IMAGE = "gemini-3.1-flash-image"
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 3, settings: { maxConcurrentPerAccount: 0 } })
})
afterAll(() => system?.stop())
beforeEach(() => {
  system.simulator.clearFaults()
  for (const { scope } of system.plane.pool.cooldowns()) system.plane.pool.release(scope)
})

const rule = (match: RuleMatch, action: RuleAction, name = "one") => ({ name, match, action })
const route = (routing: Partial<Routing>): Promise<void> => system.push({ routing: { ...NO_ROUTING, ...routing } })

interface Asking extends CallOptions {
  readonly dialect?: ClientDialectName
  readonly key?: string
  readonly prompt?: string
}

function ask({
  dialect = "openai-chat",
  key = API_KEY,
  prompt = "Hi [[sim:text=ok]]",
  ...more
}: Asking = {}): Promise<Answer> {
  const { path, body } = callOf(dialect, prompt, more)
  const headers = { authorization: `Bearer ${key}`, "x-lagrange-explain": "1" }
  return fetchAnswer(`${system.url}${path}`, { body, headers })
}

const recordOf = ({ headers }: Answer): Promise<ExchangeRecord> =>
  waitFor(() => system.link.find("exchange").find(({ exchangeId }) => exchangeId === headers["x-request-id"]))

/** What answered, as the upstream was asked for it. */
async function answeredBy(asking: Asking): Promise<string | undefined> {
  const answer = await ask(asking)
  expect([answer.status, answer.status === 200 ? "" : answer.text]).toEqual([200, ""])
  return (await recordOf(answer)).model
}

const image = (url: string) => [{ type: "image_url", image_url: { url } }]
const said = (content: unknown) => ({ more: { messages: [{ role: "user", content }] } })
const file = {
  filename: "a.pdf",
  file_data: `data:application/pdf;base64,${Buffer.from("%PDF-1.4").toString("base64")}`,
}
const tool = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }
const title = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
}
const claudeTool = { name: "look", input_schema: { type: "object", properties: {} } }
const search = { type: "web_search_20250305", name: "web_search" }
const titleCall = { output_config: { format: { type: "json_schema", schema: title } } }

describe("a trait", () => {
  const yes: Readonly<Record<RequestTrait, Asking>> = {
    "image-output": { model: IMAGE, prompt: "a cat" },
    "image-input": said([{ type: "text", text: "Hi" }, ...image(`data:image/png;base64,${PIXEL}`)]),
    "file-input": said([
      { type: "text", text: "Hi" },
      { type: "file", file },
    ]),
    tools: { more: { tools: [tool] } },
    "web-search": { more: { web_search_options: {} } },
    thinking: { more: { reasoning_effort: "low" } },
    "structured-output": {
      more: { response_format: { type: "json_schema", json_schema: { name: "t", schema: title } } },
    },
    stream: { stream: true },
    background: { dialect: "anthropic-messages", more: titleCall },
  }

  test.each(Object.entries(yes) as [RequestTrait, Asking][])(
    "%s is seen where it is, and nowhere else",
    async (trait, asking) => {
      await route({ rules: [rule({ traits: [trait] }, { refuse: `no ${trait}` })] })
      const answer = await ask(asking)
      expect(errorOf(answer)).toMatchObject({ message: `This gateway refuses the request: no ${trait}` })
      expect([answer.status, (await recordOf(answer)).route]).toEqual([403, { rule: "one" }])
      expect((await ask()).status).toBe(200)
      await route({ rules: [rule({ withoutTraits: [trait] }, { refuse: "without" })] })
      expect((await ask()).status).toBe(403)
    },
  )

  test.each<[string, boolean, Asking]>([
    ["a name that thinks", true, { model: `${MODEL}(high)` }],
    ["thinking that is switched off", false, { model: `${MODEL}(high)`, more: { reasoning_effort: "none" } }],
  ])("thinking: %s", async (_what, isSuch, asking) => {
    await route({ rules: [rule({ traits: ["thinking"] }, { refuse: "no" })] })
    expect((await ask(asking)).status).toBe(isSuch ? 403 : 200)
  })

  const claude = (more: object, model = "claude-haiku-4-5"): Asking => ({ dialect: "anthropic-messages", model, more })
  test.each<[string, boolean, Asking]>([
    ["Claude Code's small model", true, claude({})],
    ["a title", true, claude(titleCall, OTHER)],
    ["the small model with tools", false, claude({ tools: [claudeTool] })],
    ["the small model that searches", false, claude({ tools: [search] })],
    ["the small model that thinks", false, claude({ thinking: { type: "enabled", budget_tokens: 1024 } })],
    [
      "another answer as JSON",
      false,
      claude(
        {
          output_config: {
            format: { type: "json_schema", schema: { type: "object", properties: { title: {}, x: {} } } },
          },
        },
        OTHER,
      ),
    ],
    ["another model", false, claude({}, OTHER)],
    ["gemini-cli's small model, whole", true, { dialect: "gemini", model: LITE }],
    ["and in a stream", false, { dialect: "gemini", model: LITE, stream: true }],
    ["the same name in another API", false, { model: LITE }],
  ])("background: %s", async (_what, isSuch, asking) => {
    await route({ rules: [rule({ traits: ["background"] }, { refuse: "no" })] })
    expect((await ask(asking)).status).toBe(isSuch ? 403 : 200)
  })
})

describe("a rule", () => {
  test("leads to another model for some keys, and the answer echoes the name that was asked", async () => {
    await route({ rules: [rule({ keyTags: ["team"] }, { model: OTHER })] })
    expect(await answeredBy({ key: OTHER_API_KEY })).toBe(OTHER)
    expect(await answeredBy({})).toBe(MODEL)
    await route({
      rules: [
        rule({ apiKeyIds: ["key-1"], dialects: ["openai-chat"], models: ["my-*"] }, { model: OTHER }, "für alle"),
      ],
    })
    const answer = await ask({ model: "my-model" })
    expect(JSON.parse(answer.text)).toMatchObject({ model: "my-model" })
    expect(answer.headers["x-lagrange-route"]).toBe(`${OTHER} by own name; rule f%C3%BCr%20alle`)
    expect(await recordOf(answer)).toMatchObject({
      requestedModel: "my-model",
      model: OTHER,
      route: { rule: "für alle" },
    })
    expect(await answeredBy({ dialect: "anthropic-messages", model: "my-model" })).toBe(MODEL)
  })

  test("gives to a key no model that it may not use", async () => {
    await route({ rules: [rule({}, { model: OTHER })] })
    expect((await ask()).status).toBe(200)
    expect((await ask({ key: NARROW_API_KEY })).status).toBe(403)
    await route({ rules: [rule({}, { model: MODEL })] })
    // By the model that answers, as with any name.
    expect(await answeredBy({ key: NARROW_API_KEY, model: OTHER })).toBe(MODEL)
  })

  test("answers a name that nobody offers, and is passed over while nobody offers its own model", async () => {
    await route({
      rules: [rule({ models: ["gpt-*"] }, { model: "nobody" }), rule({ models: ["gpt-*"] }, { model: OTHER }, "two")],
    })
    const answer = await ask({ model: "gpt-9" })
    expect(await recordOf(answer)).toMatchObject({ model: OTHER, route: { rule: "two" } })
    expect((await ask({ model: "gemini-9" })).status).toBe(404)
  })

  test("gives a request to the accounts with a tag, and to no other where those cannot", async () => {
    const accounts = system.accounts.map((account, index) => ({
      ...account,
      ...(index === 1 ? { tags: ["team"] } : {}),
    }))
    await system.push({
      accounts,
      routing: { ...NO_ROUTING, rules: [rule({ dialects: ["openai-chat"] }, { accountTags: ["team"] })] },
    })
    const served = async (asking: Asking): Promise<unknown[]> => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, turn) => ask({ prompt: `${asking.dialect} ${turn} [[sim:text=ok]]`, ...asking })),
      )
      return [...new Set(answers.map(({ headers }) => headers["x-lagrange-account"]))]
    }
    expect(await served({})).toEqual(["account-2"])
    expect((await served({ dialect: "anthropic-messages" })).length).toBeGreaterThan(1)
    const answer = await ask()
    expect(answer.headers["x-lagrange-route"]).toBe(`${MODEL} by own name; rule one; accounts tagged team`)
    expect(await recordOf(answer)).toMatchObject({
      route: { rule: "one", accountTags: ["team"] },
      attempts: [{ census: { known: 3, outside: 2, candidates: 1 } }],
    })
    await system.push({ accounts: system.accounts })
    const refused = await ask()
    expect([refused.status, errorOf(refused).code]).toEqual([503, "no_upstream_account"])
    expect(refused.headers["x-lagrange-refusal"]).toContain("3 outside the rule's accounts")
  })

  test("chooses by its strategy", async () => {
    const accounts = system.accounts.map((account, index) => ({ ...account, weight: index === 2 ? 5 : 1 }))
    await system.push({
      accounts,
      routing: { ...NO_ROUTING, rules: [rule({ models: [OTHER] }, { strategy: "fill-first" })] },
    })
    const labels = []
    for (let turn = 0; turn < 3; turn++)
      labels.push((await ask({ model: OTHER, prompt: `Turn ${turn} [[sim:text=ok]]` })).headers["x-lagrange-account"])
    expect(labels).toEqual(["account-3", "account-3", "account-3"])
    const answer = await ask({ model: OTHER, prompt: "Another [[sim:text=ok]]" })
    expect(answer.headers["x-lagrange-choice"]).toContain("fill-first")
    expect(await recordOf(answer)).toMatchObject({ route: { rule: "one", strategy: "fill-first" } })
    const usual = await ask({ prompt: "As usual [[sim:text=ok]]" })
    expect(usual.headers["x-lagrange-choice"]).toContain("round-robin")
    await system.push({ accounts: system.accounts })
  })
})

describe("an alias of the operator", () => {
  test("answers, is listed, and goes before one that is built in", async () => {
    await route({ aliases: { "house/best": OTHER, "claude-haiku-*": LITE } })
    expect(await answeredBy({ model: "house/best" })).toBe(OTHER)
    expect(await answeredBy({ model: "claude-haiku-4-5" })).toBe(LITE)
    const list = await fetchAnswer(`${system.url}/v1/models`)
    expect(list.text).toContain("house/best")
    await route({})
    expect((await ask({ model: "house/best" })).status).toBe(404)
    expect(await answeredBy({ model: "claude-haiku-4-5" })).toBe(OTHER)
  })
})

describe("a fallback", () => {
  const fallbacks = [
    { model: MODEL, next: ["my-missing", OTHER] },
    { model: OTHER, next: [LITE] },
  ]
  const exhaust = (model: string): void =>
    void system.simulator.script({ fault: { kind: "quota-model" }, match: { model } })

  test.each([false, true])(
    "answers once the last account has no quota left, and at once from then on (stream: %s)",
    async (stream) => {
      await route({ fallbacks })
      exhaust(MODEL)
      const first = await ask({ stream })
      expect(first.status).toBe(200)
      // The name is the one that was asked for.
      expect(first.text).toContain(`"model":"${MODEL}"`)
      expect(first.headers["x-lagrange-route"]).toBe(`${OTHER} by own name; in place of ${MODEL}: pool_exhausted`)
      const record = await recordOf(first)
      expect(record).toMatchObject({ requestedModel: MODEL, model: OTHER, outcome: "completed" })
      expect(record.route).toEqual({ fallbacks: [{ from: MODEL, to: OTHER, because: "pool_exhausted", attempts: 3 }] })
      expect(record.attempts.map(({ failureClass }) => failureClass)).toEqual(["quota", "quota", "quota", undefined])
      expect(record).not.toHaveProperty("refusal")
      const second = await recordOf(await ask({ stream }))
      expect(second.attempts).toHaveLength(1)
      expect(second.route?.fallbacks).toEqual([{ from: MODEL, to: OTHER, because: "pool_exhausted", attempts: 0 }])
    },
  )

  test("leads on along the chain, and where it ends the answer is what the asked model's would have been", async () => {
    await route({ fallbacks })
    const until = Date.now() + 3_600_000
    const rest = (bucket: "gemini" | "third_party"): void => {
      for (const { id } of system.accounts) {
        const scope = { type: "account-bucket", accountId: id, bucket } as const
        system.plane.pool.cool({ scope, cause: "quota", evidence: "test", since: Date.now(), until })
      }
    }
    rest("third_party")
    expect(await answeredBy({ model: OTHER })).toBe(LITE)
    rest("gemini")
    const refused = await ask({ model: OTHER })
    expect(refused.status).toBe(429)
    expect(await recordOf(refused)).toMatchObject({ model: OTHER, errorCode: "pool_exhausted", attempts: [] })
  })

  test("that is back before the others is when to come again, and only for a key that may use it", async () => {
    await route({ fallbacks })
    const rest = (bucket: "gemini" | "third_party", ms: number): void => {
      for (const { id } of system.accounts) {
        const scope = { type: "account-bucket", accountId: id, bucket } as const
        const since = Date.now()
        system.plane.pool.cool({ scope, cause: "quota", evidence: "test", since, until: since + ms })
      }
    }
    rest("gemini", 7_200_000)
    rest("third_party", 3_600_000)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(3_600)
    expect((await recordOf(refused)).errorCode).toBe("pool_exhausted")
    const narrow = await ask({ key: NARROW_API_KEY })
    expect(Number(narrow.headers["retry-after"])).toBeGreaterThan(3_600)
  })

  test("is no way round what a key may use", async () => {
    await route({ fallbacks })
    exhaust(MODEL)
    const refused = await ask({ key: NARROW_API_KEY })
    expect([refused.status, (await recordOf(refused)).model]).toEqual([429, MODEL])
  })

  test("never follows a fault of the request or of nobody's quota", async () => {
    await route({ fallbacks })
    system.simulator.script({ fault: { kind: "invalid-argument" }, match: { model: MODEL } })
    const refused = await ask()
    expect([refused.status, (await recordOf(refused)).model]).toEqual([400, MODEL])
  })

  test("never follows content", async () => {
    await route({ fallbacks })
    system.simulator.script({ fault: { kind: "cut-mid-event" }, match: { model: MODEL } })
    const cut = await ask({ stream: true, prompt: "Hi [[sim:words=50]]" })
    expect((await recordOf(cut)).model).toBe(MODEL)
  })

  test("takes the place of a model that no account lists", async () => {
    await route({ fallbacks: [{ model: "retired-9", next: [OTHER] }] })
    const answer = await ask({ model: "retired-9" })
    expect(JSON.parse(answer.text)).toMatchObject({ model: "retired-9" })
    const fallback = { from: "retired-9", to: OTHER, because: "model_not_found", attempts: 0 }
    expect(await recordOf(answer)).toMatchObject({ model: OTHER, route: { fallbacks: [fallback] } })
  })

  test("takes its place by the first of the chain that the key may use", async () => {
    await route({ fallbacks: [{ model: "retired-9", next: [OTHER, MODEL] }] })
    const answer = await ask({ model: "retired-9", key: NARROW_API_KEY })
    expect(answer.status).toBe(200)
    const fallback = { from: "retired-9", to: MODEL, because: "model_not_found", attempts: 0 }
    expect(await recordOf(answer)).toMatchObject({ model: MODEL, route: { fallbacks: [fallback] } })
    await route({ fallbacks: [{ model: "retired-9", next: [OTHER] }] })
    expect((await ask({ model: "retired-9", key: NARROW_API_KEY })).status).toBe(403)
  })

  test("takes its place by the first of the chain that can do what is asked", async () => {
    await route({ fallbacks: [{ model: "retired-9", next: [OTHER, MODEL, LITE] }] })
    const audio = { type: "input_audio", input_audio: { data: "UklGRiQAAABXQVZF", format: "wav" } }
    const asking = { model: "retired-9", ...said([{ type: "text", text: "Hi [[sim:text=ok]]" }, audio]) }
    const answer = await ask(asking)
    expect([answer.status, answer.status === 200 ? "" : answer.text]).toEqual([200, ""])
    const fallback = { from: "retired-9", to: MODEL, because: "model_not_found", attempts: 0 }
    expect(await recordOf(answer)).toMatchObject({ model: MODEL, route: { fallbacks: [fallback] } })
    // Where none can, the first one's refusal is told.
    await route({ fallbacks: [{ model: "retired-9", next: [OTHER] }] })
    const refused = await ask(asking)
    expect([refused.status, errorOf(refused)?.message]).toEqual([400, expect.stringMatching(/audio/)])
  })

  test("keeps within the budget of attempts", async () => {
    await system.push({ settings: { maxAttempts: 3 }, routing: { ...NO_ROUTING, fallbacks } })
    exhaust(MODEL)
    const refused = await ask()
    expect([refused.status, (await recordOf(refused)).attempts.length]).toEqual([429, 3])
    // Its attempts are spent, and who comes again is served by the one that follows.
    expect([refused.headers["retry-after"], (await recordOf(refused)).errorCode]).toEqual(["1", "pool_cooling"])
    expect(await answeredBy({})).toBe(OTHER)
    await system.push({ settings: { maxAttempts: 4 } })
  })
})
