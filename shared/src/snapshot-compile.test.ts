import { describe, expect, it } from "vitest"
import { digestApiKey, mintApiKey } from "./api-key.ts"
import { checkSnapshot } from "./snapshot-check.ts"
import { compileSnapshot } from "./snapshot-compile.ts"
import { TEST_CATALOGUE, testAccount, testApiKey, testSnapshot } from "./testing/snapshot.ts"

describe("compileSnapshot", () => {
  it("finds a key by the digest of what a client sends", () => {
    const snapshot = testSnapshot()
    const key = mintApiKey()
    const pepper = Buffer.from(snapshot.apiKeyPepper, "base64")
    const apiKey = testApiKey("k", { digest: digestApiKey(pepper, key) })
    const compiled = compileSnapshot({ ...snapshot, apiKeys: [apiKey] })
    expect(compiled.apiKeyPepper).toEqual(pepper)
    expect(compiled.keyByDigest.get(digestApiKey(compiled.apiKeyPepper, key))).toBe(apiKey)
    expect(compiled.keyByDigest.get(digestApiKey(compiled.apiKeyPepper, mintApiKey()))).toBeUndefined()
  })

  it("finds a key by what it was before a rotation, apart from those that it is now", () => {
    const { digest } = testApiKey("old")
    const apiKey = testApiKey("k", { replaced: [{ digest, worksUntil: 5 }] })
    const compiled = compileSnapshot(testSnapshot({ apiKeys: [apiKey] }))
    expect(compiled.keyByDigest.get(digest)).toBeUndefined()
    expect(compiled.replacedByDigest.get(digest)).toEqual({ digest, worksUntil: 5, key: apiKey })
  })

  it("groups usable accounts by the models they offer, in their order", () => {
    const second = { models: [{ id: "gemini-pro-agent" }, { id: "only-here" }], deprecatedModelIds: {} }
    const accounts = [
      testAccount("1", { catalogue: "second" }),
      testAccount("2"),
      testAccount("3", { usable: false, state: "NEEDS_LOGIN" }),
      testAccount("4", { catalogue: "second" }),
    ]
    const compiled = compileSnapshot(testSnapshot({ accounts, catalogues: { common: TEST_CATALOGUE, second } }))
    const ids = (model: string) => compiled.accountsByModel.get(model)?.map(({ id }) => id)
    expect(ids("gemini-pro-agent")).toEqual(["1", "2", "4"])
    expect(ids("only-here")).toEqual(["1", "4"])
    expect(ids("claude-opus-4-6-thinking")).toEqual(["2"])
    expect(ids("nope")).toBeUndefined()
    expect(compiled.accountsWithoutCatalogue).toEqual([])
    expect(compiled.accountById.size).toBe(4)
  })

  it("keeps usable accounts without a catalogue apart", () => {
    const { catalogue: _, ...bare } = testAccount("new")
    const { catalogue: __, ...off } = testAccount("off", { usable: false })
    const compiled = compileSnapshot(testSnapshot({ accounts: [testAccount("a"), bare, off] }))
    expect(compiled.accountsWithoutCatalogue).toEqual([bare])
  })

  it("counts a model that a catalogue lists twice once", () => {
    const catalogues = { common: { models: [{ id: "m" }, { id: "m" }], deprecatedModelIds: {} } }
    const compiled = compileSnapshot(testSnapshot({ accounts: [testAccount("a")], catalogues }))
    expect(compiled.accountsByModel.get("m")).toHaveLength(1)
  })

  it("lists ids and aliases, sorted, without internal models", () => {
    const compiled = compileSnapshot(
      testSnapshot({
        aliases: {
          "claude-opus-4-5": "claude-opus-4-6-thinking",
          gone: "not-offered",
          "my-pro*": "gemini-pro-agent*",
          "c-*": "gemini-pro-agent",
        },
      }),
    )
    expect(compiled.listedModels.map(({ id, aliasOf }) => [id, aliasOf])).toEqual([
      ["claude-opus-4-5", "claude-opus-4-6-thinking"],
      ["claude-opus-4-6-thinking", undefined],
      ["gemini-pro-agent", undefined],
      ["my-pro", "gemini-pro-agent"],
    ])
    expect(compiled.listedModels[0]?.model.maxOutputTokens).toBe(64_000)
    expect(compiled.modelById.get("gemini-pro-agent")?.maxInputTokens).toBe(1_048_576)
  })

  it("lists and resolves only what usable accounts offer", () => {
    const compiled = compileSnapshot(testSnapshot({ accounts: [testAccount("a", { usable: false })] }))
    expect(compiled.listedModels).toEqual([])
    expect(compiled.resolve("anything")).toEqual({ model: "anything", via: "pass-through" })
  })

  it("resolves by the live lists", () => {
    const compiled = compileSnapshot(testSnapshot())
    const resolve = (asked: string) => compiled.resolve(asked)
    expect(resolve("gemini-3-pro-high")).toEqual({ model: "gemini-pro-agent", via: "deprecated" })
    expect(resolve("claude-opus-4-5")).toEqual({ model: "claude-opus-4-6-thinking", via: "alias" })
    expect(resolve("models/gemini-pro-agent")).toEqual({ model: "gemini-pro-agent", via: "exact" })
    expect(resolve("gemini-pro-agnet")).toEqual({
      notFound: "gemini-pro-agnet",
      nearest: ["gemini-pro-agent", "claude-opus-4-6-thinking"],
    })
    for (let round = 0; round < 3_000; round += 1) resolve(`no-such-${round}`)
    expect(resolve("gemini-pro-agent")).toEqual({ model: "gemini-pro-agent", via: "exact" })
  })

  it("checks and compiles a hundred thousand accounts without growing by model", () => {
    const accounts = Array.from({ length: 100_000 }, (_, index) => testAccount(`acc-${index}`))
    const check = checkSnapshot(testSnapshot({ accounts }))
    if (!check.ok) throw new Error(check.reason)
    const started = performance.now()
    const compiled = compileSnapshot(check.snapshot)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(compiled.accountsByModel.get("gemini-pro-agent")).toBe(
      compiled.accountsByModel.get("claude-opus-4-6-thinking"),
    )
  })
})
