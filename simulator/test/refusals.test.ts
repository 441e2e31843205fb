/** For every recorded refusal a hand-written request, or the fault that stands for it, gives exactly that body. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, eventsIn, overHttp1, prompt } from "./client.ts"

const folder = new URL("./samples/", import.meta.url)
const sample = (name: string): string => readFileSync(new URL(name, folder), "utf8")

let simulator: Simulator
let now = Date.parse("2026-04-27T07:46:00Z")

beforeAll(async () => {
  simulator = await startSimulator({ seed: "refusals", now: () => now })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  simulator.addAccount({ email, projectId: "example-project" })
  now = Date.parse("2026-04-27T07:46:00Z")
})

const stream = "/v1internal:streamGenerateContent?alt=sse"
const post = (body: object, headers: Record<string, string> = {}) =>
  overHttp1(simulator.url, { path: stream, headers: { ...bearer(simulator), ...headers }, body })

const user = (...parts: readonly object[]): object => ({ role: "user", parts })
const model = (...parts: readonly object[]): object => ({ role: "model", parts })
const call = (name: string, id: string): object => ({ functionCall: { name, id, args: {} } })
const result = (name: string, id: string): object => ({ functionResponse: { name, id, response: {} } })
const claude = (request: object): object => prompt("Hi", request, "claude-opus-4-6-thinking")
const talk = (turns: number): object[] =>
  Array.from({ length: turns }, (_, index) => (index % 2 === 0 ? user : model)({ text: `Turn ${index}` }))
const declaration = (name: string, more: object = {}): object => ({
  name,
  parameters: { type: "object", properties: { path: { type: "string" } }, ...more },
})

/** A request for each refusal that a request can trigger. */
const requests: Readonly<Record<string, () => object>> = {
  "400-claude-expected-thinking.json": () =>
    claude({
      contents: [user({ text: "Hi" }), model(call("ls", "t1")), user(result("ls", "t1"))],
      generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } },
    }),
  "400-claude-input-schema-required.json": () => claude({ tools: [{ functionDeclarations: [{ name: "ls" }] }] }),
  "400-claude-invalid-signature.json": () =>
    claude({
      contents: [
        user({ text: "Hi" }),
        model({ thought: true, text: "Hm.", thoughtSignature: "skip_thought_signature_validator" }, { text: "Yes." }),
        user({ text: "Go on." }),
      ],
    }),
  "400-claude-no-prefill.json": () => claude({ contents: [user({ text: "Hi" }), model({ text: "{" })] }),
  "400-claude-tool-names-unique.json": () =>
    claude({ tools: [{ functionDeclarations: [declaration("ls"), declaration("ls")] }] }),
  "400-claude-tool-result-role.json": () =>
    claude({ contents: [...talk(11), model(result("ls", "t1")), user({ text: "Go on." })] }),
  "400-claude-tool-use-without-result.json": () =>
    claude({
      contents: [
        ...talk(27),
        model({ text: "Shift." }),
        // Index 28 must be the model's turn, so one neighbouring pair shares its role.
        model(call("ls", "toolu_vrtx_EXAMPLE1"), call("ls", "toolu_vrtx_EXAMPLE2")),
        user({ text: "Never mind." }),
      ],
    }),
  "400-corrupted-thought-signature.json": () =>
    prompt("", {
      contents: [
        user({ text: "Hi" }),
        model({ text: "Yes.", thoughtSignature: "RWNsYXVkZQ==" }),
        user({ text: "Go on." }),
      ],
    }),
  "400-generic-invalid-argument.json": () => prompt("Hi", {}, "gemini-3.1-pro-high"),
  "400-missing-thought-signature.json": () =>
    prompt("", { contents: [user({ text: "Hi" }), model(call("list_files", "a")), user(result("list_files", "a"))] }),
  "400-mixed-builtin-and-function-tools.json": () =>
    prompt("Hi", { tools: [{ functionDeclarations: [declaration("ls")] }, { googleSearch: {} }] }),
  "400-unknown-schema-field.json": () => {
    const properties = {
      a: { type: "string" },
      b: { type: "string" },
      c: { type: "string" },
      d: { type: "string", enumDescriptions: ["x"] },
    }
    const declarations = Array.from({ length: 42 }, (_, index) => declaration(`tool_${index}`))
    return prompt("Hi", { tools: [{ functionDeclarations: [...declarations, declaration("last", { properties })] }] })
  },
  "403-service-disabled.json": () => ({ ...prompt("Hi"), project: "example-project" }),
  "404-entity-not-found.json": () => prompt("Hi", {}, "claude-sonnet-4-6-thinking"),
  "500-internal.json": () => ({ ...prompt("Hi"), project: "" }),
}

/** What else a refusal needs: an account's state, a fault, another token or User-Agent. */
const circumstances: Readonly<Record<string, () => Record<string, string> | void>> = {
  "400-claude-tool-use-without-result.json": () => simulator.setRule("consecutive-roles", false),
  "400-location-not-supported.json": () => void (account().state = "location"),
  "401-unauthenticated.json": () => ({ authorization: "Bearer sim-access.unknown" }),
  "403-service-disabled.json": () => void (account().projectId = "another-project"),
  "403-subscription-required.json": () => void (account().state = "subscription-required"),
  "403-tos-violation.json": () => void (account().state = "terms-violation"),
  "403-tos-violation-old-no-details.json": () => void (account().state = "terms-violation-old"),
  "403-validation-required.json": () => void (account().state = "validation-required"),
  "429-bare-no-details.json": () => fault("bare-429"),
  "429-rate-limit-subsecond.json": () => {
    now = Date.parse("2026-04-20T09:19:49.100Z")
    fault("rate-limit-short")
  },
  "429-quota-exhausted-model.json": () => {
    now = Date.parse("2026-04-28T09:06:26.500Z") - 91_226_180
    fault("quota-model")
  },
  "429-quota-exhausted-individual.json": () => {
    now = Date.parse("2026-05-27T16:32:54.900Z") - 256_527_792
    fault("quota-individual")
  },
  "503-model-capacity.json": () => fault("capacity"),
  "503-model-capacity-retryinfo.json": () => fault("capacity-retry"),
}

/** The model a recorded body names. */
const models: Readonly<Record<string, string>> = {
  "429-rate-limit-subsecond.json": "claude-opus-4-6-thinking",
  "429-quota-exhausted-model.json": "claude-opus-4-6-thinking",
  "429-quota-exhausted-individual.json": "gpt-oss-120b-medium",
  "503-model-capacity.json": "claude-opus-4-6-thinking",
  "503-model-capacity-retryinfo.json": "gemini-3-pro-low",
}

function account() {
  const found = simulator.world.accounts.of(email)
  if (!found) throw new Error("the tests' account is gone")
  return found
}

function fault(kind: string): void {
  simulator.script({ fault: { kind } })
}

const refusals = readdirSync(fileURLToPath(folder)).filter((name) => /^[45]\d\d-/.test(name))

describe("every recorded refusal", () => {
  it("is covered", () => {
    expect(refusals.length).toBeGreaterThan(24)
    expect(refusals.filter((name) => !(name in requests) && !(name in circumstances))).toEqual([])
  })

  it.each(refusals)("%s comes back word for word", async (name) => {
    const headers = circumstances[name]?.() ?? {}
    const answer = await post(requests[name]?.() ?? prompt("Hi", {}, models[name]), headers)
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(sample(name)))
    expect(answer.status).toBe(Number(name.slice(0, 3)))
    expect(answer.headers["content-type"]).toBe("application/json; charset=UTF-8")
  })
})

describe("the texts inside a 200", () => {
  const texts = (JSON.parse(sample("200-text-version-unsupported.json")) as { text_variants: string[] }).text_variants // as recorded

  it.each([
    [0, () => post(prompt("Hi"), { "user-agent": "node" })],
    [2, () => post(prompt("Hi", {}, "gemini-3.5-flash-low"))],
    [3, () => post(prompt("Hi", {}, "gemini-3-pro-high"))],
  ])("variant %i is the whole answer", async (index, ask) => {
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(eventsIn(answer.body)).toMatchObject([
      { response: { candidates: [{ content: { parts: [{ text: texts[index] }] }, finishReason: "STOP" }] } },
    ])
  })

  it("variant 1 can come as plain text", async () => {
    fault("plain-text")
    const answer = await post(prompt("Hi"))
    expect(answer.body).toBe(texts[1])
    expect(answer.headers["content-type"]).toMatch(/^text\/plain/)
  })
})

describe("other recorded bodies", () => {
  it("an invalid grant", async () => {
    const form = {
      grant_type: "refresh_token",
      refresh_token: "sim-refresh-unknown",
      client_id: "simulator-client",
      client_secret: "simulator-secret",
    }
    const answer = await overHttp1(simulator.url, {
      path: "/token",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(sample("oauth-invalid-grant.json")))
  })

  it("an account without a project of its own", async () => {
    simulator.addAccount({ email, projectId: null, projectSource: "own" })
    const answer = await overHttp1(simulator.url, {
      path: "/v1internal:loadCodeAssist",
      headers: bearer(simulator),
      body: { metadata: { ideType: "ANTIGRAVITY" } },
    })
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(sample("loadCodeAssist-no-project-fragment.json")))
  })

  it("the quota summary has the recorded shape", async () => {
    const answer = await overHttp1(simulator.url, {
      path: "/v1internal:retrieveUserQuotaSummary",
      headers: bearer(simulator),
      body: { project: "example-project" },
    })
    const shape = (text: string): unknown =>
      (
        JSON.parse(text) as { groups: { displayName: string; buckets: { bucketId: string; window: string }[] }[] }
      ).groups.map(
        ({ displayName, buckets }) => [displayName, buckets.map(({ bucketId, window }) => [bucketId, window])], // both are the recorded shape
      )
    expect(shape(answer.body)).toEqual(shape(sample("retrieveUserQuotaSummary.json")))
  })

  it("a model of the catalogue has the recorded members", async () => {
    const answer = await overHttp1(simulator.url, {
      path: "/v1internal:fetchAvailableModels",
      headers: bearer(simulator),
      body: {},
    })
    expect(JSON.parse(answer.body)).toMatchObject(JSON.parse(sample("fetchAvailableModels-fragment.json")))
  })

  it("a malformed function call", async () => {
    simulator.script({ fault: { kind: "finish", reason: "MALFORMED_FUNCTION_CALL", after: 0 } })
    const recorded = eventsIn(sample("stream-gemini-malformed-function-call.sse"))[0] as {
      response: { candidates: unknown }
    } // one recorded event
    const answer = await post(prompt("Hi"))
    expect(eventsIn(answer.body)).toMatchObject([{ response: { candidates: recorded.response.candidates } }])
  })
})
