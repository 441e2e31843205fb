import { expect, test } from "vitest"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { compileSnapshot } from "#shared/snapshot-compile.ts"
import { SNAPSHOT_SCHEMA_VERSION } from "#shared/snapshot.ts"
import { explainRoute } from "./explain.ts"

test("a chain that stands for a model nobody offers begins with what the key may use", () => {
  const base = { kind: "antigravity", usable: true, state: "READY", weight: 1, priority: 0, catalogue: "list" } as const
  const world = compileSnapshot({
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 1,
    issuedAt: 0,
    accounts: [{ ...base, id: accountId("a"), label: "a" }],
    apiKeys: [
      { id: apiKeyId("narrow"), name: "narrow", lineage: "one", digest: "", models: ["fast"], mayExplain: false },
    ],
    apiKeyPepper: Buffer.alloc(32).toString("base64"),
    catalogues: { list: { models: [{ id: "fast" }, { id: "slow" }], deprecatedModelIds: {} } },
    aliases: {},
    routing: {
      aliases: {},
      rules: [],
      fallbacks: [
        { model: "gone", next: ["slow", "fast"] },
        { model: "lost", next: ["slow"] },
      ],
    },
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["http://one"],
      antigravityUserAgent: "test/1.0.0",
      firstByteTimeoutMs: 1,
      streamIdleTimeoutMs: 1,
    },
  })
  const explain = (model: string) =>
    explainRoute(world, { model, apiKeyId: "narrow", dialect: "openai-chat", traits: [] }, 0)
  const { outcome, models, steps } = explain("gone")
  expect([outcome, models.map(({ model }) => model)]).toEqual(["ROUTED", ["fast"]])
  const text = "The key narrow may not use slow: fast takes its place."
  expect(steps).toContainEqual({ code: "MODEL_REPLACED", text, models: ["slow", "fast"] })
  expect(explain("lost").outcome).toBe("REFUSED")
})
