/** What holds on every path and in every dialect in force: keys, shapes of refusals, packed bodies, clients that leave, lists of models. */
import { matchRoute, ROUTES } from "#data-plane/server/routes.ts"
import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { callOf, DIALECTS, readError, TEXT_DIALECTS, withUnknownFields, wordOf } from "./support/calls.ts"
import { fetchAnswer, messagesBody, open, type Answer, type Call } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { API_KEY, MODEL } from "./support/snapshots.ts"

let system: System
beforeAll(async () => {
  system = await startSystem({ settings: { maxConcurrentPerAccount: 0 } })
})
afterAll(() => system?.stop())

const at = (path: string, more: Call = {}): Promise<Answer> => fetchAnswer(`${system.url}${path}`, more)
const upstreamCalls = (): number => system.simulator.seen().length

/** What reached the control plane of one exchange. */
const recordOf = (id: unknown) => system.link.find("exchange").find(({ exchangeId }) => exchangeId === id)

/** A whole answer to one small call. */
function call(dialect: (typeof DIALECTS)[number], more: Call = {}): Promise<Answer> {
  const { path, body } = callOf(dialect, "[[sim:text=ok]]")
  return at(path, { body, ...more })
}

describe("keys", () => {
  const CARRIERS: readonly [string, Record<string, string>][] = [
    ["Authorization", { authorization: `Bearer ${API_KEY}` }],
    ["x-api-key", { "x-api-key": API_KEY }],
    ["x-goog-api-key", { "x-goog-api-key": API_KEY }],
  ]
  test.each(DIALECTS)("G1 %s takes a key from every carrier", async (dialect) => {
    for (const [carrier, headers] of CARRIERS) {
      expect((await call(dialect, { anonymous: true, headers })).status, carrier).toBe(200)
    }
    const { path, body } = callOf(dialect, "[[sim:text=ok]]")
    const mark = path.includes("?") ? "&" : "?"
    expect((await at(`${path}${mark}key=${API_KEY}`, { anonymous: true, body })).status).toBe(200)
  })

  test.each(DIALECTS)("G2 %s refuses a wrong key in its own shape, without an upstream call", async (dialect) => {
    const before = upstreamCalls()
    const answer = await call(dialect, { anonymous: true, headers: { authorization: "Bearer wrong" } })
    expect(answer.status).toBe(401)
    const words = { openai: "invalid_api_key", anthropic: "authentication_error", gemini: "UNAUTHENTICATED" }
    expect(readError(dialect, answer).word).toBe(wordOf(dialect, words))
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(answer.headers["x-request-id"]).toMatch(/^req_/)
    expect(answer.headers["request-id"]).toBe(answer.headers["x-request-id"])
    expect(upstreamCalls()).toBe(before)
  })

  test.each(DIALECTS)("G3 %s takes an empty bearer for none", async (dialect) => {
    for (const authorization of ["Bearer ", "Bearer"]) {
      const headers = { authorization, "x-api-key": API_KEY }
      expect((await call(dialect, { anonymous: true, headers })).status).toBe(200)
    }
  })
})

describe("paths", () => {
  const exchanges = ROUTES.flatMap(({ path, action }) =>
    action.type === "exchange" && action.form === undefined ? [{ path: path.replace("*", MODEL), action }] : [],
  )
  test.each(exchanges)("POST /$path answers in its dialect, and so do its doubled forms", async ({ path, action }) => {
    const { body } = callOf(action.dialect, "[[sim:text=ok]]")
    const paths = path.startsWith("v1/") ? [path, `v1/${path}`, `${path}/`] : [path, `/${path}`]
    for (const one of paths) expect((await at(`/${one}`, { body })).status, one).toBe(200)
  })

  test("a doubled /v1 is hinted at once in the log", async () => {
    const hints = (): number => system.lines.filter((line) => line.includes("request.path-doubled")).length
    await at("/v1/v1/models")
    await at("/v1/v1/models")
    expect(hints()).toBe(1)
  })

  test.each(["/", "/api/hello"])("G12 HEAD %s needs no key", async (path) => {
    expect(await at(path, { method: "HEAD", anonymous: true })).toMatchObject({ status: 200, text: "" })
  })

  test("G12 GET /api/hello needs no key", async () => {
    expect(await at("/api/hello", { anonymous: true })).toMatchObject({ status: 200, text: "" })
  })

  test.each(["/api/event_logging/batch", "/api/event_logging/v2/batch", "/v1/api/event_logging/batch"])(
    "G13 POST %s takes telemetry for another vendor and keeps nothing",
    async (path) => {
      const before = upstreamCalls()
      const body = { events: [{ secret: "telemetry of a user" }] }
      expect(await at(path, { anonymous: true, body })).toMatchObject({ status: 200, text: "{}" })
      expect(upstreamCalls()).toBe(before)
      expect(system.lines.join("")).not.toContain("telemetry of a user")
    },
  )

  test.each([...DIALECTS.map((dialect) => callOf(dialect, "x").path), "/v1/models", "/live"])(
    "G15 a browser may call %s from any page",
    async (path) => {
      const origin = "https://page.example"
      const asked = "authorization,content-type,x-stainless-os,x-stainless-new-one,http-referer,x-title"
      const headers = { origin, "access-control-request-method": "POST", "access-control-request-headers": asked }
      const preflight = await at(path, { method: "OPTIONS", anonymous: true, headers })
      expect(preflight).toMatchObject({ status: 204, text: "" })
      expect(preflight.headers["access-control-allow-origin"]).toBe("*")
      const allowed = String(preflight.headers["access-control-allow-headers"]).split(",")
      const known = "authorization,x-api-key,x-goog-api-key,anthropic-version,anthropic-beta,content-type"
      const direct = "anthropic-dangerous-direct-browser-access"
      expect(allowed).toEqual(expect.arrayContaining([...known.split(","), direct, ...asked.split(",")]))
      expect(new Set(allowed).size).toBe(allowed.length)
      const refused = await at(path, { method: "DELETE", anonymous: true, headers: { origin } })
      expect(refused.headers["access-control-allow-origin"]).toBe("*")
      const exposed = String(refused.headers["access-control-expose-headers"]).split(",")
      expect(exposed).toEqual(
        expect.arrayContaining(["request-id", "x-request-id", "retry-after", "retry-after-ms", "x-should-retry"]),
      )
    },
  )

  test("G15 names of headers that are none are not given back", async () => {
    const headers = { origin: "https://page.example", "access-control-request-headers": "x-good, <bad>,x y" }
    const preflight = await at("/v1/models", { method: "OPTIONS", anonymous: true, headers })
    expect(preflight.headers["access-control-allow-headers"]).toMatch(/,x-good$/)
  })

  test.each(["/v1/nothing", "/v1/messages/nothing", "/v1/chat", "/v1/embedding", "/v2/messages", "/anthropic/v1/x"])(
    "G18 %s is a 404 in JSON",
    async (path) => {
      const answer = await at(path, { body: {} })
      expect(answer.status).toBe(404)
      expect(answer.headers["content-type"]).toBe("application/json")
      expect(JSON.parse(answer.text)).toHaveProperty("error.message", `Nothing is served at POST ${path}.`)
    },
  )

  test.each(["/v1/embeddings", "/embeddings"])("%s says that there are no embeddings, whoever asks", async (path) => {
    const answer = await at(path, {
      body: { model: "text-embedding-3-small", input: "x" },
      headers: { "anthropic-version": "x" },
    })
    expect(answer.status).toBe(404)
    expect(readError("openai-chat", answer)).toEqual({
      word: "model_not_found",
      message: expect.stringContaining("embeddings") as string,
    })
    const stranger = await at(path, { anonymous: true, body: {}, headers: { "x-api-key": "wrong" } })
    expect(stranger.status).toBe(401)
    expect(readError("openai-chat", stranger).word).toBe("invalid_api_key")
  })
})

test.each(DIALECTS)(
  "another method on a path of %s is told which there are, in its vendor's shape",
  async (dialect) => {
    const { path } = callOf(dialect, "x")
    const answer = await at(path, { method: "PUT", headers: { authorization: "", "x-api-key": API_KEY } })
    expect(answer.status).toBe(405)
    expect(answer.headers["allow"]).toContain("POST")
    const words = { openai: "method_not_allowed", anthropic: "invalid_request_error", gemini: "INVALID_ARGUMENT" }
    expect(readError(dialect, answer).word).toBe(wordOf(dialect, words))
  },
)

describe("bodies", () => {
  test.each(TEXT_DIALECTS)("G16 %s reads a packed body and refuses an unknown packing", async (dialect) => {
    const { path, body } = callOf(dialect, "[[sim:text=unpacked]]")
    const text = JSON.stringify(body)
    const json = { "content-type": "application/json" }
    const answer = await at(path, {
      method: "POST",
      body: gzipSync(text),
      headers: { ...json, "content-encoding": "gzip" },
    })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain("unpacked")
    const foo = await at(path, { method: "POST", body: text, headers: { ...json, "content-encoding": "foo" } })
    expect(foo.status).toBe(415)
    expect(readError(dialect, foo).message).toContain("foo")
  })

  test.each(DIALECTS)("G17 %s refuses a body over the limit in its own shape", async (dialect) => {
    const { path } = callOf(dialect, "x")
    const { hostname, port } = new URL(system.url)
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let received = ""
      socket.on("data", (chunk) => (received += chunk.toString()))
      socket.on("close", () => resolve(received))
      socket.on("error", reject)
      const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-length: 99999999999\r\n\r\n{`
      socket.write(head)
    })
    expect(text).toMatch(/^HTTP\/1\.1 413/)
    const words = { openai: "request_too_large", anthropic: "request_too_large", gemini: "INVALID_ARGUMENT" }
    expect(readError(dialect, { text: text.slice(text.indexOf("\r\n\r\n") + 4) }).word).toBe(wordOf(dialect, words))
  })

  test.each(DIALECTS)("G20 %s ignores fields nobody knows, at every depth", async (dialect) => {
    const { path, body } = callOf(dialect, "[[sim:text=ok]]")
    const answer = await at(path, { body: withUnknownFields(body) as object }) // an object in, an object out
    expect(answer.status).toBe(200)
    expect(JSON.stringify(system.simulator.seen().at(-1)?.body)).not.toContain("field_of_tomorrow")
  })
})

test.each(TEXT_DIALECTS)("G19 a client of %s that leaves in the middle frees its account", async (dialect) => {
  const hang = '[[sim:chunks=9]][[sim:words=90]][[sim:fault=hang-mid-stream {"after":2}]]'
  const { path, body } = callOf(dialect, hang, { stream: true })
  const outgoing = open(`${system.url}${path}`, { body })
  outgoing.on("error", () => undefined)
  const message = await new Promise<IncomingMessage>((resolve) => outgoing.once("response", resolve))
  await once(message, "data")
  expect(system.plane.pool.facts().inFlight).toBe(1)
  outgoing.destroy()
  await waitFor(() => system.plane.pool.facts().inFlight === 0)
  await waitFor(() => system.simulator.seen().at(-1)?.aborted)
  const record = await waitFor(() => recordOf(message.headers["x-request-id"]))
  expect(record).toMatchObject({ dialect, outcome: "cancelled", errorCode: "client_cancelled" })
})

describe("headers of other vendors' own", () => {
  const FORBIDDEN = /^(?:anthropic-ratelimit-unified-|x-codex-|x-models-etag)/
  test.each(TEXT_DIALECTS)("%s never sends what clients would take for a subscription", async (dialect) => {
    const streamed = callOf(dialect, "[[sim:text=ok]]", { stream: true })
    const unknown = callOf(dialect, "x", { model: "nobodys-model" })
    const answers = [
      await call(dialect),
      await at(streamed.path, { body: streamed.body }),
      await at(unknown.path, { body: unknown.body }),
      await call(dialect, { anonymous: true }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 401])
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => FORBIDDEN.test(name))).toEqual([])
      expect(headers["request-id"]).toBe(headers["x-request-id"])
    }
  })
})

describe("names of models", () => {
  test.each(DIALECTS)(
    "G118 an unknown model is a 404 of %s with the nearest ids, without an upstream call",
    async (dialect) => {
      const before = upstreamCalls()
      const { path, body } = callOf(dialect, "x", { model: "gemini-3-flush" })
      const answer = await at(path, { body })
      expect(answer.status).toBe(404)
      const words = { openai: "model_not_found", anthropic: "not_found_error", gemini: "NOT_FOUND" }
      const { word, message } = readError(dialect, answer)
      expect(word).toBe(wordOf(dialect, words))
      expect(message).toMatch(/gemini-3-flush.*The nearest are: gemini-3-flash, /)
      if (dialect === "anthropic-messages") expect(message).toMatch(/^model: gemini-3-flush\b/)
      expect(upstreamCalls()).toBe(before)
    },
  )

  test("a listed model that the upstream does not know is the same 404, and stays it while that is remembered", async () => {
    system.simulator.script({ fault: { kind: "not-found" }, match: { model: "gemini-3.1-flash-lite" } })
    try {
      const { path, body } = callOf("openai-chat", "x", { model: "gemini-3.1-flash-lite" })
      for (const calls of [1, 0]) {
        const before = upstreamCalls()
        const answer = await at(path, { body })
        expect(answer.status).toBe(404)
        const { word, message } = readError("openai-chat", answer)
        expect(word).toBe("model_not_found")
        expect(message).toMatch(/The nearest are: gemini-3.1-flash-image, /)
        expect(upstreamCalls() - before > 0).toBe(calls > 0)
      }
    } finally {
      system.simulator.clearFaults()
    }
  })

  interface Sent {
    readonly model: string
    readonly request: { readonly generationConfig?: { readonly thinkingConfig?: object } }
  }
  const lastSent = (): Sent => system.simulator.seen().at(-1)?.body as Sent // the envelope that we made
  const thinking = (): object | undefined => lastSent().request.generationConfig?.thinkingConfig

  test.each(TEXT_DIALECTS)("%s takes what a name asks where the request says nothing", async (dialect) => {
    for (const [model, sent, config] of [
      ["claude-gw-gemini-3-flash", MODEL, undefined],
      ["my-model(high)", MODEL, { includeThoughts: true, thinkingBudget: 24_576 }],
      ["gemini-3-flash[1m](2000)", MODEL, { includeThoughts: true, thinkingBudget: 2000 }],
      ["gemini-3-flash-low", MODEL, { includeThoughts: true, thinkingBudget: 1024 }],
      ["gemini-3-flash-thinking", MODEL, { includeThoughts: true, thinkingBudget: -1 }],
      ["claude-sonnet-4-5-thinking", "claude-sonnet-4-6", { includeThoughts: true, thinkingBudget: 8192 }],
      ["claude-sonnet-4-5-20250929", "claude-sonnet-4-6", { includeThoughts: false, thinkingBudget: 0 }],
    ] as const) {
      const { path, body } = callOf(dialect, "[[sim:text=ok]]", { model })
      expect((await at(path, { body })).status, model).toBe(200)
      expect([lastSent().model, thinking()], model).toEqual([sent, config])
    }
  })

  test("what the request says wins over its model's name", async () => {
    const model = "gemini-3-flash(high)"
    await at("/v1/chat/completions", {
      body: callOf("openai-chat", "x", { model, more: { reasoning_effort: "low" } }).body,
    })
    expect(thinking()).toMatchObject({ thinkingBudget: 1024 })
    const off = { thinking: { type: "disabled" } }
    await at("/v1/messages", { body: callOf("anthropic-messages", "x", { model, more: off }).body })
    expect(thinking()).toMatchObject({ includeThoughts: false })
  })

  test.each(DIALECTS.filter((name) => name !== "gemini"))(
    "a name of a megabyte is refused by %s and not kept",
    async (dialect) => {
      const { path, body } = callOf(dialect, "x", { model: "m".repeat(1_000_000) })
      const answer = await at(path, { body })
      expect(answer.status).toBe(404)
      expect(answer.text.length).toBeLessThan(1_000)
      const record = await waitFor(() => recordOf(answer.headers["x-request-id"]))
      expect(record.requestedModel).toHaveLength(300)
    },
  )

  test("a name is echoed as it was asked, whatever it means", async () => {
    const { path, body } = callOf("openai-chat", "[[sim:text=ok]]", { model: "claude-gw-gemini-3-flash[1m]" })
    expect(JSON.parse((await at(path, { body })).text)).toHaveProperty("model", "claude-gw-gemini-3-flash[1m]")
  })
})

describe("lists of models", () => {
  interface List {
    readonly object?: string
    readonly data: readonly Record<string, unknown>[]
    readonly models?: readonly unknown[]
    readonly has_more?: boolean
    readonly last_id?: string
  }
  const list = async (query = "", headers: Record<string, string> = {}, path = "/v1/models"): Promise<List> => {
    const answer = await at(`${path}${query}`, { headers })
    expect(answer.status).toBe(200)
    return JSON.parse(answer.text) as List // checked field by field below
  }
  const ids = ({ data }: List): unknown[] => data.map(({ id }) => id)
  const ANTHROPIC = { "anthropic-version": "2023-06-01" }

  test.each([
    ["anthropic-version", ANTHROPIC],
    ["the newer version", { "anthropic-version": "2026-10-21" }],
    ["a client's name", { "user-agent": "claude-code/2.1.330" }],
    ["x-api-key beside an empty bearer", { authorization: "Bearer ", "x-api-key": API_KEY }],
  ])("G5 %s: Anthropic's list, every entry whole", async (_name, headers) => {
    const { data, has_more: hasMore } = await list("", headers)
    expect(hasMore).toBe(false)
    for (const entry of data) {
      expect(entry).toMatchObject({ type: "model", lifecycle: "active" })
      for (const field of ["id", "display_name", "created_at"]) expect(entry[field]).toMatch(/./)
    }
    expect(data.map(({ id }) => id)).toContain(MODEL)
  })

  test.each(["/v1/models", "/models", "/v1/v1/models"])("G6 a bearer alone on %s: OpenAI's list", async (path) => {
    const answer = await list("", {}, path)
    expect(answer.object).toBe("list")
    for (const entry of answer.data)
      expect(entry).toMatchObject({ object: "model", created: expect.any(Number) as number })
    expect(ids(answer)).toEqual(expect.arrayContaining([MODEL, "my-model", "claude-opus-4-5"].slice(0, 2)))
    expect(ids(answer).filter((id) => String(id).startsWith("claude-gw-"))).toEqual([])
  })

  test.each([{}, ANTHROPIC])("G7 Codex's probe finds `data` and an empty `models`", async (headers) => {
    const answer = await list("?client_version=0.169.0", headers)
    expect(answer).toMatchObject({ object: "list", models: [] })
    expect(ids(answer)).toContain(MODEL)
  })

  test("G8 page by page gives every model once and ends", async () => {
    const whole = ids(await list("?limit=1000", ANTHROPIC))
    const seen: unknown[] = []
    let after = ""
    for (let page = 0; page <= whole.length; page += 1) {
      const answer = await list(`?limit=1${after}`, ANTHROPIC)
      seen.push(...ids(answer))
      if (answer.has_more !== true) break
      after = `&after_id=${encodeURIComponent(String(answer.last_id))}`
    }
    expect(seen).toEqual(whole)
  })

  test("G9 Claude Code finds Gemini models under ids that look like Claude's, and each answers", async () => {
    const headers = { "user-agent": "claude-code/2.1.330" }
    const shown = ids(await list("?limit=1000", headers)).filter((id) => /claude/i.test(String(id)))
    expect(shown).toEqual(expect.arrayContaining(["claude-sonnet-4-6", `claude-gw-${MODEL}`]))
    for (const id of shown.filter((one) => String(one).startsWith("claude-gw-"))) {
      expect(await at(`/v1/models/${String(id)}`)).toMatchObject({ status: 200 })
    }
    const body = messagesBody("[[sim:text=ok]]", { model: `claude-gw-${MODEL}` })
    expect((await at("/v1/messages", { body })).status).toBe(200)
  })

  test.each([
    ["/v1/models/team%2Ffast", "team/fast"],
    ["/v1/models/team/fast", "team/fast"],
    ["/models/my-model", "my-model"],
    ["/v1/models/claude-opus-4-5-20251101", undefined],
    ["/v1/models/claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929"],
    ["/v1/models/gemini-3-flash%28high%29", "gemini-3-flash(high)"],
  ])("G10 %s", async (path, id) => {
    const openai = await at(path)
    const anthropic = await at(path, { headers: ANTHROPIC })
    expect([openai.status, anthropic.status]).toEqual(id === undefined ? [404, 404] : [200, 200])
    if (id !== undefined) {
      expect(JSON.parse(openai.text)).toMatchObject({ id, object: "model" })
      expect(JSON.parse(anthropic.text)).toMatchObject({ id, type: "model" })
      return
    }
    expect(readError("openai-chat", openai).word).toBe("model_not_found")
    expect(readError("anthropic-messages", anthropic)).toMatchObject({ word: "not_found_error" })
  })

  test("below /anthropic the list is Anthropic's, whoever asks", async () => {
    expect(await list("", {}, "/anthropic/v1/models")).toHaveProperty("has_more", false)
    expect(JSON.parse((await at(`/anthropic/v1/models/${MODEL}`)).text)).toHaveProperty("type", "model")
  })
})

describe("counts of tokens", () => {
  const probe = {
    model: MODEL,
    messages: [{ role: "user", content: "foo" }],
    tools: [{ name: "Read", description: "Reads a file.", input_schema: { type: "object", properties: {} } }],
  }

  test.each(["/v1/messages/count_tokens?beta=true", "/messages/count_tokens", "/anthropic/v1/messages/count_tokens"])(
    "G138, R9: forty at a time on %s, all counted here",
    async (path) => {
      const before = upstreamCalls()
      const answers = await Promise.all(Array.from({ length: 40 }, () => at(path, { body: probe })))
      for (const answer of answers) {
        expect(answer.status).toBe(200)
        expect(answer.headers["x-lagrange-tokens"]).toBe("estimate")
        const { input_tokens: tokens } = JSON.parse(answer.text) as { input_tokens: number } // the answer's one field
        expect(Number.isInteger(tokens) && tokens > 0).toBe(true)
      }
      expect(upstreamCalls()).toBe(before)
      // Records leave in order: when a later exchange's is there, theirs would be.
      const later = await call("anthropic-messages")
      await waitFor(() => recordOf(later.headers["x-request-id"]))
      expect(answers.map(({ headers }) => recordOf(headers["x-request-id"])).filter(Boolean)).toEqual([])
    },
  )

  test("G139 without an output limit, with one tool and a word", async () => {
    expect((await at("/v1/messages/count_tokens", { body: probe })).status).toBe(200)
  })

  test("a count needs a key and a body that could be asked", async () => {
    const path = "/v1/messages/count_tokens"
    const stranger = await at(path, { anonymous: true, body: probe })
    expect(stranger.status).toBe(401)
    expect(readError("anthropic-messages", stranger).word).toBe("authentication_error")
    const broken = await at(path, { method: "POST", body: "{" })
    expect(broken.status).toBe(400)
    expect(readError("anthropic-messages", broken).word).toBe("invalid_request_error")
    expect((await at(path, { body: { model: MODEL, messages: "no" } })).status).toBe(400)
    expect((await at(path)).status).toBe(405)
  })

  test("every route that counts belongs to a dialect that can", () => {
    expect(matchRoute("POST", ["v1", "messages", "count_tokens"])).toMatchObject({
      route: { action: { type: "count-tokens", dialect: "anthropic-messages" } },
    })
  })
})
