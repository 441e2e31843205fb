/** Projects, catalogue, quota and the control endpoints, over the wire. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, overHttp1, prompt, textIn } from "./client.ts"

let simulator: Simulator
const start = Date.parse("2026-09-01T00:00:00Z")

beforeAll(async () => {
  simulator = await startSimulator({ seed: "accounts", now: () => start })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  simulator.advance(start - simulator.world.now())
  simulator.addAccount({ email, projectId: "example-project" })
})

type Json = Record<string, unknown>
const api = async (method: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await overHttp1(simulator.url, {
    path: `/v1internal:${method}`,
    headers: { ...bearer(simulator), ...headers },
    body,
  })
  return { status: answer.status, body: JSON.parse(answer.body) as Json } // every method answers an object
}
const generate = (model: string, text = "Hi", request: object = {}) =>
  overHttp1(simulator.url, {
    path: "/v1internal:streamGenerateContent?alt=sse",
    headers: bearer(simulator),
    body: prompt(text, request, model),
  })
const control = (path: string, body: object) => overHttp1(simulator.url, { path: `/simulator/${path}`, body })
const metadata = { ideType: "ANTIGRAVITY" }

describe("onboarding", () => {
  it("gives a project after as many calls as the account says, by repeating or by polling", async () => {
    simulator.addAccount({ email, projectId: null, onboardingCalls: 2 })
    const load = await api("loadCodeAssist", { metadata })
    expect(load.body["cloudaicompanionProject"]).toBeUndefined()
    expect(load.body["allowedTiers"]).toContainEqual({ id: "free-tier", isDefault: true })
    const first = await api("onboardUser", { tierId: "free-tier", metadata })
    expect(first.body["done"]).toBeUndefined()
    const poll = (name: string) =>
      overHttp1(simulator.url, { method: "GET", path: `/v1internal/${name}`, headers: bearer(simulator) })
    expect((await poll("operations/unknown")).status).toBe(404)
    expect(JSON.parse((await poll(String(first.body["name"]))).body)).not.toHaveProperty("done")
    const done = JSON.parse((await poll(String(first.body["name"]))).body) as {
      done: boolean
      response: { cloudaicompanionProject: { id: string } }
    } // checked below
    expect(done.done).toBe(true)
    expect((await api("loadCodeAssist", { metadata })).body["cloudaicompanionProject"]).toBe(
      done.response.cloudaicompanionProject.id,
    )
  })

  it("takes an own project for the standard tier only", async () => {
    simulator.addAccount({ email, projectId: null, projectSource: "own" })
    expect((await api("onboardUser", { tierId: "free-tier", metadata })).status).toBe(400)
    const answer = await api("onboardUser", {
      tierId: "standard-tier",
      cloudaicompanionProject: "own-project",
      metadata,
    })
    expect(answer.body).toMatchObject({ done: true, response: { cloudaicompanionProject: { id: "own-project" } } })
    expect((await api("loadCodeAssist", { metadata })).body["cloudaicompanionProject"]).toBe("own-project")
  })

  it("shows the paid tier where there is one", async () => {
    expect((await api("loadCodeAssist", { metadata })).body).toMatchObject({
      paidTier: { id: "g1-pro-tier" },
      currentTier: { id: "free-tier" },
    })
    simulator.addAccount({ email, tier: "free-tier" })
    expect((await api("loadCodeAssist", { metadata })).body["paidTier"]).toBeUndefined()
  })
})

describe("the catalogue", () => {
  const ids = async (agent: string) =>
    Object.keys((await api("fetchAvailableModels", {}, { "user-agent": agent })).body["models"] as Json) // an object by the protocol

  it("hides newer models from old clients, and they are 404 for them", async () => {
    expect(await ids("lagrange/0.1.0")).toContain("gemini-3.8-flash-high")
    expect(await ids("lagrange/0.0.9")).not.toContain("gemini-3.8-flash-high")
    expect(await ids("lagrange/0.0.9")).toContain("gemini-3-flash")
    expect(textIn((await generate("gemini-3.8-flash-high")).body)).toContain("Hi")
  })

  it("lists only what the account is given", async () => {
    simulator.addAccount({ email, projectId: "example-project", models: ["gemini-3-flash"] })
    expect(await ids("lagrange/0.1.0")).toEqual(["gemini-3-flash"])
    expect((await generate("gemini-pro-agent")).status).toBe(404)
  })

  it("leaves the fraction out when nothing is left, and names the nearest window", async () => {
    await control("quota", { email, bucket: "gemini", window: "weekly", remainingFraction: 0 })
    const { models } = (await api("fetchAvailableModels", {})).body as { models: Record<string, { quotaInfo: object }> } // checked below
    expect(models["gemini-3-flash"]?.quotaInfo).toEqual({ resetTime: "2026-09-08T00:00:00Z" })
    expect(models["claude-sonnet-4-6"]?.quotaInfo).toEqual({ remainingFraction: 1, resetTime: "2026-09-01T05:00:00Z" })
  })
})

describe("quota", () => {
  const buckets = async () => {
    const { groups } = (await api("retrieveUserQuotaSummary", { project: "example-project" })).body as {
      groups: { buckets: { bucketId: string; remainingFraction?: number; resetTime: string }[] }[]
    } // the protocol's shape
    return Object.fromEntries(groups.flatMap((group) => group.buckets).map((bucket) => [bucket.bucketId, bucket]))
  }

  it("is charged by tokens to the model's bucket in both windows", async () => {
    simulator.addAccount({
      email,
      projectId: "example-project",
      quota: { gemini: { fiveHours: 1000, weekly: 10_000 } },
    })
    await generate("gemini-3-flash", `[[sim:text=${"x".repeat(340)}]]`)
    const usage = simulator.seen().at(-1)?.outcome?.usage as { totalTokenCount: number } // what the answer said
    const after = await buckets()
    expect(after["gemini-5h"]?.remainingFraction).toBeCloseTo(1 - usage.totalTokenCount / 1000, 6)
    expect(after["gemini-weekly"]?.remainingFraction).toBeCloseTo(1 - usage.totalTokenCount / 10_000, 6)
    expect(after["3p-5h"]?.remainingFraction).toBe(1)
    expect(after["gemini-5h"]?.resetTime).toBe("2026-09-01T05:00:00Z")
  })

  it("refuses an empty bucket with its true reset, and no other; a new window is full", async () => {
    simulator.addAccount({ email, projectId: "example-project", quota: { third_party: { fiveHours: 9, weekly: 15 } } })
    expect((await generate("claude-sonnet-4-6")).status).toBe(200)
    simulator.advance(60 * 60_000)
    const five = JSON.parse((await generate("gpt-oss-120b-medium")).body) as {
      error: { message: string; details: { metadata: Json }[] }
    } // checked below
    expect(five.error.message).toBe(
      "You have exhausted your capacity on this model. Your quota will reset after 4h0m0s.",
    )
    expect(five.error.details[0]?.metadata).toMatchObject({
      model: "gpt-oss-120b-medium",
      quotaResetDelay: "4h0m0s",
      quotaResetTimeStamp: "2026-09-01T05:00:00Z",
    })
    expect((await generate("gemini-3-flash")).status).toBe(200)
    simulator.advance(4 * 60 * 60_000)
    expect((await generate("claude-sonnet-4-6")).status).toBe(200)
    const week = JSON.parse((await generate("claude-sonnet-4-6")).body) as { error: { message: string } } // checked below
    expect(week.error.message).toBe(
      "Individual quota reached. Contact your administrator to enable overages. Resets in 163h0m0s.",
    )
    expect((await buckets())["3p-weekly"]).toEqual({
      bucketId: "3p-weekly",
      displayName: "Weekly Limit",
      window: "weekly",
      resetTime: "2026-09-08T00:00:00Z",
    })
  })

  it("of images is a bucket of its own", async () => {
    simulator.addAccount({ email, projectId: "example-project", quota: { image: { fiveHours: 100, weekly: 100 } } })
    const image = () =>
      overHttp1(simulator.url, {
        path: "/v1internal:streamGenerateContent?alt=sse",
        headers: bearer(simulator),
        body: { ...prompt("A bridge", {}, "gemini-3.1-flash-image"), requestType: "image_gen" },
      })
    const first = await image()
    expect(first.body).toContain('"mimeType":"image/png"')
    expect((await image()).status).toBe(429)
    expect((await generate("gemini-3-flash")).status).toBe(200)
  })
})

describe("the control endpoints", () => {
  it("add, change and remove accounts", async () => {
    await control("accounts", { email: "new@simulator.example", tier: "free-tier" })
    expect(simulator.state()).toMatchObject({
      accounts: [{ email }, { email: "new@simulator.example", refreshToken: "sim-refresh-new@simulator.example" }],
    })
    await control("accounts/state", { email, state: "validation-required" })
    expect((await api("loadCodeAssist", { metadata })).status).toBe(403)
    await control("accounts/state", { email, state: "ok" })
    expect((await api("loadCodeAssist", { metadata })).status).toBe(200)
    await control("accounts/remove", { email: "new@simulator.example" })
    expect((await control("accounts/state", { email: "new@simulator.example" })).status).toBe(400)
    expect((await control("accounts/state", { email, state: "no-such" })).status).toBe(400)
    expect((await control("accounts", {})).status).toBe(400)
    expect((await control("accounts", { email, tier: 1 })).status).toBe(400)
    expect((await control("accounts", { email, quota: { gemini: {} } })).status).toBe(400)
    const full = {
      email: "full@simulator.example",
      refreshToken: "r",
      tier: "free-tier",
      projectId: null,
      projectSource: "own",
      models: ["gemini-3-flash"],
      quota: { gemini: { fiveHours: 1, weekly: 2 } },
      state: "location",
      rotatesRefreshToken: true,
      withholdsRefreshToken: true,
      onboardingCalls: 3,
    }
    const { projectId: _none, ...answered } = full
    expect(JSON.parse((await control("accounts", full)).body)).toMatchObject(answered)
    await control("accounts/remove", { email: "full@simulator.example" })
    expect((await control("nothing", {})).status).toBe(404)
  })

  it("switch rules, move the clock, void tokens, reset", async () => {
    await control("rules", { id: "project-missing", enabled: false })
    const without = { ...prompt("Hi"), project: "" }
    expect((await api("streamGenerateContent", without)).status).toBe(200)
    await control("rules", { id: "project-missing", enabled: true })
    expect((await api("streamGenerateContent", without)).status).toBe(500)
    const headers = bearer(simulator)
    await control("accounts/state", { email, expireTokens: true })
    expect((await api("loadCodeAssist", { metadata }, headers)).status).toBe(401)
    await control("clock", { advanceMs: 1000 })
    expect(simulator.state()).toMatchObject({ now: start + 1000 })
    await control("reset", {})
    expect(simulator.state()).toMatchObject({ accounts: [] })
  })
})

describe("token counting", () => {
  it("counts contents only", async () => {
    const contents = [{ role: "user", parts: [{ text: "x".repeat(41) }] }]
    const request = { model: "models/gemini-3-flash", contents }
    expect((await api("countTokens", { request })).body).toEqual({ totalTokens: 11 })
    expect(
      (
        await api("countTokens", {
          request: { ...request, systemInstruction: { parts: [{ text: "long".repeat(100) }] } },
        })
      ).body,
    ).toEqual({ totalTokens: 11 })
  })
})
