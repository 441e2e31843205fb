import { describe, expect, test } from "vitest"
import { accountId, apiKeyId } from "#shared/ids.ts"
import type { RequestTrait } from "#shared/request-trait.ts"
import type { RuleMatch, Routing } from "#shared/routing.ts"
import { compileSnapshot } from "#shared/snapshot-compile.ts"
import { SNAPSHOT_SCHEMA_VERSION } from "#shared/snapshot.ts"
import { explainRoute } from "./explain.ts"

function worldOf(routing: Routing) {
  const base = { kind: "antigravity", usable: true, state: "READY", weight: 1, priority: 0, catalogue: "list" } as const
  return compileSnapshot({
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 1,
    issuedAt: 0,
    accounts: [{ ...base, id: accountId("a"), label: "a" }],
    apiKeys: [
      { id: apiKeyId("narrow"), name: "narrow", lineage: "one", digest: "", models: ["fast"], mayExplain: false },
    ],
    apiKeyPepper: Buffer.alloc(32).toString("base64"),
    catalogues: { list: { models: ["fast", "slow", "image-1"].map((id) => ({ id })), deprecatedModelIds: {} } },
    aliases: {},
    routing,
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["http://one"],
      antigravityUserAgent: "test/1.0.0",
      firstByteTimeoutMs: 1,
      streamIdleTimeoutMs: 1,
    },
  })
}

test("a chain that stands for a model nobody offers begins with what the key may use", () => {
  const world = worldOf({
    aliases: {},
    rules: [],
    fallbacks: [
      { model: "gone", next: ["slow", "fast"] },
      { model: "lost", next: ["slow"] },
    ],
  })
  const explain = (model: string) =>
    explainRoute(world, { model, apiKeyId: "narrow", dialect: "openai-chat", traits: [] }, 0)
  const { outcome, models, steps } = explain("gone")
  expect([outcome, models.map(({ model }) => model)]).toEqual(["ROUTED", ["fast"]])
  const text = "The key narrow may not use slow: fast takes its place."
  expect(steps).toContainEqual({ code: "MODEL_REPLACED", text, models: ["slow", "fast"] })
  expect(explain("lost").outcome).toBe("REFUSED")
})

describe("a trait that the name itself gives", () => {
  const aliases = { "house/deep": "slow(high)", "house/plain": "slow(none)", "house/art": "image-1" }
  const decides = (match: RuleMatch, model: string, traits: readonly RequestTrait[] = []): boolean => {
    const world = worldOf({ aliases, rules: [{ name: "one", match, action: { refuse: "no" } }], fallbacks: [] })
    return explainRoute(world, { model, dialect: "openai-chat", traits }, 0).rule === "one"
  }

  test("counts without being named: thinking by words in brackets, of the name or of its alias", () => {
    const thinking: RuleMatch = { traits: ["thinking"] }
    for (const model of ["slow(high)", "models/slow(auto)", "house/deep"]) expect(decides(thinking, model)).toBe(true)
    for (const model of ["slow", "slow(none)", "house/plain"]) expect(decides(thinking, model)).toBe(false)
    expect(decides(thinking, "house/plain", ["thinking"])).toBe(true)
  })

  test("counts beside those that are named, and what it rules out does not", () => {
    expect(decides({ traits: ["thinking", "stream"] }, "house/deep", ["stream"])).toBe(true)
    expect(decides({ withoutTraits: ["thinking"] }, "house/deep", ["stream"])).toBe(false)
    expect(decides({ traits: ["background"] }, "slow", ["background"])).toBe(true)
    expect(decides({ traits: ["background"] }, "house/deep", ["background"])).toBe(false)
  })

  test("is also that of a model that draws", () => {
    expect(decides({ traits: ["image-output"] }, "house/art")).toBe(true)
    expect(decides({ traits: ["image-output"] }, "slow")).toBe(false)
  })
})
