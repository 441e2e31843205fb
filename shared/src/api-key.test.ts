import { randomBytes } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  ADMIN_TOKEN_PREFIX,
  API_KEY_PREFIX,
  apiKeyPrefix,
  digestApiKey,
  digestsEqual,
  hasValidChecksum,
  LINK_TOKEN_PREFIX,
  looksLikeApiKey,
  mintApiKey,
  mintToken,
} from "./api-key.ts"

describe("mintApiKey", () => {
  it("makes keys of one form, all different", () => {
    const keys = Array.from({ length: 200 }, () => mintApiKey())
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) {
      expect(key).toMatch(/^lag_[0-9A-Za-z]{49}$/)
      expect(looksLikeApiKey(key)).toBe(true)
      expect(hasValidChecksum(key)).toBe(true)
    }
  })

  it("keeps all 256 bits: random bytes and keys are one to one at both ends", () => {
    const none = mintApiKey(() => Buffer.alloc(32, 0))
    const all = mintApiKey(() => Buffer.alloc(32, 0xff))
    expect(none.slice(4, 47)).toBe("0".repeat(43))
    expect(all.slice(4, 47)).not.toContain("undefined")
    expect(all).toHaveLength(53)
    const last = Buffer.alloc(32, 0)
    last[31] = 1
    expect(mintApiKey(() => last).slice(4, 47)).toBe(`${"0".repeat(42)}1`)
  })

  it("finds every single wrong character", () => {
    const key = mintApiKey()
    for (let at = API_KEY_PREFIX.length; at < key.length; at += 1) {
      const wrong = key[at] === "x" ? "y" : "x"
      expect(hasValidChecksum(`${key.slice(0, at)}${wrong}${key.slice(at + 1)}`)).toBe(false)
    }
  })

  it("makes tokens that no key is mistaken for", () => {
    for (const prefix of [LINK_TOKEN_PREFIX, ADMIN_TOKEN_PREFIX] as const) {
      const token = mintToken(prefix)
      expect(token.startsWith(prefix)).toBe(true)
      expect(hasValidChecksum(token)).toBe(true)
      expect(looksLikeApiKey(token)).toBe(false)
    }
  })
})

describe("looksLikeApiKey and hasValidChecksum", () => {
  it("refuse any other text and never throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(looksLikeApiKey(text)).toBe(false)
        expect(hasValidChecksum(text)).toBe(false)
      }),
    )
  })
})

describe("apiKeyPrefix", () => {
  it("shows the first and last four characters", () => {
    const key = mintApiKey()
    expect(apiKeyPrefix(key)).toBe(`lag_${key.slice(4, 8)}…${key.slice(-4)}`)
  })

  it("shows less of a key set by hand, and nothing of a short one", () => {
    expect(apiKeyPrefix("a-key-that-was-set-by-hand")).toBe("a-…nd")
    expect(apiKeyPrefix("hunter2")).toBe("…")
  })
})

describe("digests", () => {
  const pepper = randomBytes(32)

  it("differ by key and pepper and are stable", () => {
    const key = mintApiKey()
    expect(digestApiKey(pepper, key)).toBe(digestApiKey(pepper, key))
    expect(digestApiKey(pepper, key)).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    expect(digestApiKey(pepper, mintApiKey())).not.toBe(digestApiKey(pepper, key))
    expect(digestApiKey(randomBytes(32), key)).not.toBe(digestApiKey(pepper, key))
  })

  it("are compared whole", () => {
    const digest = digestApiKey(pepper, "a")
    expect(digestsEqual(digest, digest)).toBe(true)
    expect(digestsEqual(digest, digestApiKey(pepper, "b"))).toBe(false)
    expect(digestsEqual(digest, digest.slice(1))).toBe(false)
    expect(digestsEqual("", "")).toBe(true)
  })
})
