import { EFFORT_TABLE } from "./effort-table.ts"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkSnapshot, decodeSnapshotFrame, encodeSnapshotFrame, hashBody } from "./snapshot-check.ts"
import { compileSnapshot } from "./snapshot-compile.ts"
import { TEST_CATALOGUE, testAccount, testApiKey, testSnapshot } from "./testing/snapshot.ts"

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const reasonOf = (value: unknown): string => {
  const check = checkSnapshot(value)
  return check.ok ? "" : check.reason
}
/** A copy of the test snapshot with one value replaced, by path. */
function withValue(path: readonly (string | number)[], value: unknown): unknown {
  const copy = plain(testSnapshot())
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => Reflect.get(Object(node), key), copy)
  Reflect.set(Object(parent), path.at(-1) ?? "", value)
  return copy
}

const READING = {
  bucket: "gemini",
  window: "weekly",
  remainingFraction: 0.25,
  resetsAt: 1_700_000_600_000,
  source: "summary",
  readAt: 1_700_000_000_000,
} as const
const STRATEGIES = { gemini: "weighted", third_party: "most-quota", image: "fill-first" } as const

describe("checkSnapshot", () => {
  it("takes a valid snapshot whole", () => {
    expect(checkSnapshot(plain(testSnapshot()))).toEqual({ ok: true, snapshot: testSnapshot() })
    const bare = testSnapshot({ accounts: [], apiKeys: [], catalogues: {}, aliases: {} })
    expect(checkSnapshot(bare)).toEqual({ ok: true, snapshot: bare })
  })

  it("takes what the pool chooses by", () => {
    const { resetsAt: _, ...unending } = { ...READING, window: "5h" as const, remainingFraction: 0 }
    const limits = { maxConcurrent: 0, disabledModels: ["gemini-3-flash"], reserve: 0.1, quota: [READING, unending] }
    const { settings } = testSnapshot()
    const waits = { poolStrategies: STRATEGIES, poolWaitMs: 5_000, poolCoolingWaitMs: 1_000 }
    const budget = { maxAttempts: 2, attemptBudgetMs: 9_000 }
    const snapshot = testSnapshot({
      accounts: [{ ...testAccount("a"), ...limits }],
      apiKeys: [{ ...testApiKey("k"), maxConcurrent: 3 }],
      settings: { ...settings, ...waits, ...budget },
    })
    expect(checkSnapshot(plain(snapshot))).toEqual({ ok: true, snapshot })
  })

  it("takes all that limits a key, and refuses a limit that it does not understand", () => {
    const replaced = [{ digest: Buffer.alloc(32, "old").toString("base64"), worksUntil: 5 }]
    const lists = { models: ["claude-*"], dialects: ["gemini" as const], addresses: ["10.0.0.0/8", "2001:db8::1"] }
    const rates = { requestsPerMinute: 1, tokensPerMinute: 2, tokensPerDay: 3, tokensPerMonth: 4 }
    const ends = { expiresAt: 9, exhaustedUntil: 10, monthExhaustedUntil: 11 }
    const limits = { ...lists, ...rates, ...ends, replaced, isDisabled: true }
    const snapshot = testSnapshot({ apiKeys: [testApiKey("k", limits)] })
    expect(checkSnapshot(plain(snapshot))).toEqual({ ok: true, snapshot })
    const wrong = (name: string, value: unknown): string => reasonOf(withValue(["apiKeys", 0, name], value))
    expect(wrong("dialects", ["gemini", "smoke-signals"])).toMatch(/dialects\[1\] is not a dialect/)
    expect(wrong("addresses", ["10.0.0.0/99"])).toMatch(/addresses\[0\] must be a network address/)
    expect(wrong("models", "claude-*")).toMatch(/models must be a list/)
    expect(wrong("requestsPerMinute", 0)).toMatch(/requestsPerMinute must be from 1/)
    expect(wrong("isDisabled", "no")).toMatch(/isDisabled must be true or false/)
  })

  it("refuses a replaced digest that another key has", () => {
    const { digest } = testApiKey("other")
    const keys = [testApiKey("k", { replaced: [{ digest, worksUntil: 1 }] }), testApiKey("other")]
    expect(reasonOf(testSnapshot({ apiKeys: keys }))).toMatch(/digest is used twice/)
  })

  it("leaves unknown fields out, everywhere", () => {
    const noisy = plain({
      ...testSnapshot({ accounts: [Object.assign(testAccount("a"), { future: { deep: true } })] }),
      future: 1,
    })
    expect(checkSnapshot(noisy)).toEqual({ ok: true, snapshot: testSnapshot({ accounts: [testAccount("a")] }) })
  })

  it("takes null for an optional field that is not there", () => {
    const { projectId: _, ...rest } = testAccount("a")
    expect(checkSnapshot(plain({ ...testSnapshot(), accounts: [{ ...rest, projectId: null }] }))).toEqual({
      ok: true,
      snapshot: testSnapshot({ accounts: [rest] }),
    })
  })

  it.each([
    [["schemaVersion"], 2, /schema version 2; this program knows 1/],
    [["schemaVersion"], "1", /snapshot.schemaVersion must be a whole number/],
    [["epoch"], -1, /snapshot.epoch must be from 0/],
    [["version"], 1.5, /whole number/],
    [["accounts"], {}, /snapshot.accounts must be a list/],
    [["accounts", 0], null, /snapshot.accounts\[0\] must be an object/],
    [["accounts", 0, "id"], "", /snapshot.accounts\[0\].id is too short/],
    [["accounts", 1, "id"], "a", /snapshot.accounts\[1\].id is used twice/],
    [["accounts", 0, "kind"], "other", /not one this program knows/],
    [["accounts", 0, "usable"], 1, /must be true or false/],
    [["accounts", 0, "catalogue"], "missing", /names no entry of catalogues/],
    [["accounts", 0, "catalogue"], "__proto__", /names no entry of catalogues/],
    [["accounts", 0, "catalogue"], "toString", /names no entry of catalogues/],
    [["accounts", 0, "weight"], Number.NaN, /must be a number/],
    [["accounts", 0, "weight"], 0, /weight must be from 0.001/],
    [["accounts", 0, "maxConcurrent"], -1, /from 0/],
    [["accounts", 0, "reserve"], 1.5, /reserve must be from 0 to 1/],
    [["accounts", 0, "disabledModels"], "m", /disabledModels must be a list/],
    [["accounts", 0, "disabledModels"], [""], /disabledModels\[0\] is too short/],
    [
      ["accounts", 0, "quota"],
      [{ ...READING, bucket: "other" }],
      /quota\[0\].bucket must be one of gemini, third_party/,
    ],
    [["accounts", 0, "quota"], [{ ...READING, window: "day" }], /quota\[0\].window must be one of 5h, weekly, nearest/],
    [["accounts", 0, "quota"], [{ ...READING, source: "guess" }], /quota\[0\].source must be one of/],
    [["accounts", 0, "quota"], [{ ...READING, remainingFraction: 1.1 }], /remainingFraction must be from 0 to 1/],
    [["accounts", 0, "quota"], [{ ...READING, readAt: undefined }], /readAt must be a whole number/],
    [["accounts", 0, "quota"], [{ ...READING, emptyAt: -1 }], /emptyAt must be/],
    [["accounts", 0, "quota"], [READING, READING], /quota\[1\] reads a bucket and window a second time/],
    [["apiKeys", 0, "maxConcurrent"], -1, /maxConcurrent must be from 0/],
    [["settings", "poolStrategies"], { gemini: "weighted" }, /poolStrategies.third_party must be a text/],
    [["settings", "poolStrategies"], { ...STRATEGIES, image: "best" }, /poolStrategies.image is not a strategy/],
    [["settings", "poolWaitMs"], 0, /poolWaitMs must be from 1/],
    [["settings", "maxAttempts"], 0, /maxAttempts must be from 1/],
    [["settings", "attemptBudgetMs"], 0, /attemptBudgetMs must be from 1/],
    [["accounts", 0, "credential", "accessToken"], "a\r\nx-evil: 1", /form that is not allowed/],
    [["accounts", 0, "credential", "generation"], "1", /whole number/],
    [["apiKeys", 0, "digest"], "short", /form that is not allowed/],
    [["apiKeyPepper"], "", /too short/],
    [["catalogues"], [], /must be an object/],
    [["catalogues", "common", "models", 0, "id"], 5, /must be a text/],
    [["catalogues", "common", "deprecatedModelIds", "x"], 5, /must be a text/],
    [["aliases", "x"], null, /must be a text/],
    [["settings", "maxConcurrentPerModel"], 1e9, /from 0 to 1000000/],
    [["settings", "antigravityBaseUrls"], [], /at least one address/],
    [["settings", "antigravityBaseUrls", 0], "ftp://x", /http or https/],
    [["settings", "antigravityUserAgent"], "a\nb", /form that is not allowed/],
    [["settings", "firstByteTimeoutMs"], 0, /from 1/],
    [["settings", "thinkingBudgets"], { ...EFFORT_TABLE, low: 0 }, /thinkingBudgets.low must be a number of tokens/],
    [["settings", "thinkingBudgets"], { ...EFFORT_TABLE, auto: "maximum" }, /thinkingBudgets.auto/],
    [["settings", "thinkingBudgets"], { low: 5 }, /thinkingBudgets.minimal/],
    [["settings", "fetchRemoteMedia"], "on", /fetchRemoteMedia must be/],
    [["settings", "attributionBlock"], "maybe", /must be drop or keep/],
  ] as const)("refuses %j = %j", (path, value, reason) => {
    expect(reasonOf(withValue(path, value))).toMatch(reason)
  })

  it("refuses two keys with one digest", () => {
    const apiKeys = [testApiKey("k"), { ...testApiKey("l"), digest: testApiKey("k").digest }]
    expect(reasonOf(testSnapshot({ apiKeys }))).toMatch(/apiKeys\[1\].digest is used twice/)
  })

  it.each([undefined, null, 1, "x", [], {}, () => 1])("refuses %s", (value) => {
    expect(checkSnapshot(value).ok).toBe(false)
  })

  it("refuses an object that throws when it is read", () => {
    const hostile = {
      get schemaVersion(): number {
        throw new Error("boo")
      },
    }
    expect(checkSnapshot(hostile).ok).toBe(false)
  })

  it("never names a secret in its reason", () => {
    expect(reasonOf(withValue(["accounts", 0, "credential", "accessToken"], "canary secret"))).not.toContain("canary")
  })

  it("refuses any change of a field's type, or the change does no harm; it never throws", () => {
    const paths = pathsOf(plain(testSnapshot()))
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const check = checkSnapshot(withValue(path, value))
        if (!check.ok) expect(check.reason).toMatch(/^snapshot.*\.$/)
        else compileSnapshot(check.snapshot).resolve("claude-opus-4-5")
      }),
      { numRuns: 1_000 },
    )
  })

  it("takes __proto__ and its kin as names like any other", () => {
    const text = JSON.stringify(testSnapshot()).replace(
      '"claude-opus-4-5":',
      '"__proto__":"gemini-pro-agent","constructor":"gemini-pro-agent","claude-opus-4-5":',
    )
    const check = checkSnapshot(JSON.parse(text))
    if (!check.ok) throw new Error(check.reason)
    const compiled = compileSnapshot(check.snapshot)
    expect(compiled.resolve("__proto__")).toEqual({ model: "gemini-pro-agent", via: "alias" })
    expect(compiled.resolve("constructor")).toEqual({ model: "gemini-pro-agent", via: "alias" })
    expect(compiled.resolve("toString")).toHaveProperty("notFound")
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
    const named = JSON.stringify(testSnapshot()).replaceAll('"common"', '"__proto__"')
    const other = checkSnapshot(JSON.parse(named))
    if (!other.ok) throw new Error(other.reason)
    expect(compileSnapshot(other.snapshot).accountsByModel.get("gemini-pro-agent")).toHaveLength(2)
  })
})

describe("snapshot frames", () => {
  it("carry a snapshot there and back", () => {
    const frame = encodeSnapshotFrame(testSnapshot())
    expect(frame).toMatchObject({
      type: "snapshot",
      epoch: 1,
      version: 7,
      schemaVersion: 1,
      hash: hashBody(frame.body),
    })
    expect(decodeSnapshotFrame(frame)).toEqual({ ok: true, snapshot: testSnapshot() })
  })

  it("are refused when body, hash, stamp or schema do not agree", () => {
    const frame = encodeSnapshotFrame(testSnapshot())
    const reason = (change: object): string => {
      const check = decodeSnapshotFrame({ ...frame, ...change })
      return check.ok ? "" : check.reason
    }
    expect(reason({ body: frame.body.replace("account a", "account A") })).toMatch(/hash/)
    expect(reason({ hash: hashBody("x") })).toMatch(/hash/)
    expect(reason({ epoch: 2 })).toMatch(/another epoch or version/)
    expect(reason({ version: 8 })).toMatch(/another epoch or version/)
    expect(reason({ schemaVersion: 2 })).toMatch(/schema version 2/)
    expect(reason({ body: "{", hash: hashBody("{") })).toMatch(/not JSON/)
  })

  it("hash the exact bytes", () => {
    expect(hashBody("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  })

  it("carry any list of accounts and keys", () => {
    const text = fc.string({ minLength: 1, maxLength: 20, size: "max" })
    const ids = fc.uniqueArray(text, { maxLength: 8 })
    fc.assert(
      fc.property(ids, ids, fc.dictionary(text, text), (accountIds, keyIds, aliases) => {
        const snapshot = testSnapshot({
          accounts: accountIds.map((id, index) =>
            testAccount(id, {
              label: id,
              usable: index % 2 === 0,
              credential: { accessToken: `t${index}`, expiresAt: index, generation: index },
            }),
          ),
          apiKeys: keyIds.map((id, index) =>
            testApiKey(id, { digest: Buffer.alloc(32, `${index}-`).toString("base64") }),
          ),
          aliases,
          catalogues: { common: TEST_CATALOGUE },
        })
        const check = decodeSnapshotFrame(encodeSnapshotFrame(snapshot))
        expect(check).toEqual({ ok: true, snapshot })
        const compiled = compileSnapshot(snapshot)
        expect(compiled.keyByDigest.size).toBe(keyIds.length)
        expect(compiled.accountById.size).toBe(accountIds.length)
        expect(compiled.accountsByModel.get("gemini-pro-agent")?.length ?? 0).toBe(Math.ceil(accountIds.length / 2))
      }),
    )
  })
})

function pathsOf(value: unknown, prefix: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[...prefix]]
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  const own = prefix.length === 0 ? [] : [[...prefix]]
  return [...own, ...keys.flatMap((key) => pathsOf(Reflect.get(value, key), [...prefix, key]))]
}
