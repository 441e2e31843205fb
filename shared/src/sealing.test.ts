import { createDecipheriv, randomBytes } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { deriveKey, open, seal, SealError } from "./sealing.ts"

const key = randomBytes(32)
const context = ["Account", "acc_1", "refreshToken"]

describe("deriveKey", () => {
  it("gives another key for every purpose, the same each time", () => {
    expect(deriveKey(key, "tokens")).toEqual(deriveKey(key, "tokens"))
    expect(deriveKey(key, "tokens")).not.toEqual(deriveKey(key, "link"))
    expect(deriveKey(key, "tokens")).toHaveLength(32)
    expect(() => deriveKey(Buffer.alloc(16, 1), "tokens")).toThrow(SealError)
  })
})

describe("seal and open", () => {
  it("give back any bytes under the same key and context", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300, size: "max" }),
        fc.array(fc.string(), { maxLength: 4 }),
        (bytes, where) => {
          expect(open(key, seal(key, Buffer.from(bytes), where), where)).toEqual(Buffer.from(bytes))
        },
      ),
    )
    expect(open(key, seal(key, "ünïcode ✓", context), context).toString("utf8")).toBe("ünïcode ✓")
  })

  it("write another text each time, of the documented form", () => {
    const sealed = seal(key, "secret", context)
    expect(sealed).toMatch(/^s1\.[A-Za-z0-9_-]+$/)
    expect(Buffer.from(sealed.slice(3), "base64url")).toHaveLength(12 + 6 + 16)
    expect(seal(key, "secret", context)).not.toBe(sealed)
    expect(sealed).not.toContain("secret")
  })

  it("fail under another key, purpose or context", () => {
    const sealed = seal(key, "secret", context)
    expect(() => open(randomBytes(32), sealed, context)).toThrow(SealError)
    expect(() => open(deriveKey(key, "x"), sealed, context)).toThrow(SealError)
    for (const other of [
      [],
      ["Account"],
      ["Account", "acc_1"],
      ["Account", "acc_2", "refreshToken"],
      [...context, ""],
    ]) {
      expect(() => open(key, sealed, other)).toThrow(SealError)
    }
  })

  it("tell contexts apart that are the same text when joined", () => {
    const sealed = seal(key, "secret", ["ab", "c"])
    expect(() => open(key, sealed, ["a", "bc"])).toThrow(SealError)
    expect(() => open(key, sealed, ["abc"])).toThrow(SealError)
  })

  it("fail when any bit is changed", () => {
    const sealed = seal(key, "secret", context)
    const bytes = Buffer.from(sealed.slice(3), "base64url")
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => open(key, `s1.${changed.toString("base64url")}`, context)).toThrow(SealError)
    }
  })

  it("fail with a shortened tag, which node alone would take", () => {
    const sealed = seal(key, "", [])
    const bytes = Buffer.from(sealed.slice(3), "base64url")
    for (const cut of [1, 4, 8, 12]) {
      expect(() => open(key, `s1.${bytes.subarray(0, -cut).toString("base64url")}`, [])).toThrow(SealError)
    }
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 })
    expect(() => decipher.setAuthTag(bytes.subarray(12, 16))).toThrow(/tag length/)
  })

  it("take only the one spelling of a sealed value", () => {
    const sealed = seal(key, "secret", context)
    for (const other of [
      "",
      "s1.",
      "s1",
      sealed.slice(3),
      `s2.${sealed.slice(3)}`,
      `${sealed}=`,
      `${sealed}\n`,
      ` ${sealed}`,
      `s1.!${sealed.slice(3)}`,
    ]) {
      expect(() => open(key, other, context)).toThrow(SealError)
    }
  })

  it("never throw anything but SealError", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => open(key, `s1.${text}`, context)).toThrow(SealError)
      }),
    )
  })

  it("refuse keys of another length", () => {
    expect(() => seal(Buffer.alloc(16, 3), "x", [])).toThrow(SealError)
    expect(() => open(Buffer.alloc(31, 3), "s1.x", [])).toThrow(SealError)
  })
})
