import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { carrierKey, isCarrier, openCarrier, sealCarrier } from "./carrier.ts"

const key = carrierKey(Buffer.alloc(32, 1))
const other = carrierKey(Buffer.alloc(32, 2))
const families = ["claude", "gemini-3", "gemini-2.5", "other"] as const

describe("a sealed carrier", () => {
  it("gives back what it holds, whatever that is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...families),
        fc.string(),
        fc.string(),
        fc.string(),
        (family, lineage, signature, id) => {
          const carrier = sealCarrier(key, lineage, family, signature, { kind: "call", callId: id })
          expect(carrier).toMatch(/^gw1\.[\w-]+$/)
          expect(openCarrier([other, key], lineage, carrier)).toEqual({ kind: "call", family, signature, callId: id })
        },
      ),
    )
  })

  it("belongs to one text", () => {
    const carrier = sealCarrier(key, "a", "claude", "sig", { kind: "thought", text: "I think." })
    const opened = openCarrier([key], "a", carrier)
    expect(opened).toMatchObject({ kind: "thought", family: "claude", signature: "sig" })
    if (opened?.kind !== "thought") throw new Error("no thought")
    expect([opened.isOver("I think."), opened.isOver("I think. "), opened.isOver("")]).toEqual([true, false, false])
    expect(opened.text).toBeUndefined()
  })

  it("takes the text along where the client is not given it", () => {
    const carrier = sealCarrier(key, "a", "claude", "sig", { kind: "thought", text: "I think.", isHidden: true })
    const opened = openCarrier([key], "a", carrier)
    if (opened?.kind !== "thought") throw new Error("no thought")
    expect(opened.text).toBe("I think.")
    expect([opened.isOver(""), opened.isOver("I think."), opened.isOver("else")]).toEqual([true, true, false])
  })

  it("holds signatures of a megabyte", () => {
    const signature = "R".repeat(1024 * 1024)
    const carrier = sealCarrier(key, "a", "claude", signature, { kind: "thought", text: "x" })
    expect(openCarrier([key], "a", carrier)).toMatchObject({ signature })
  })

  it("is absent for another lineage and another key", () => {
    const carrier = sealCarrier(key, "a", "claude", "sig", { kind: "thought", text: "x" })
    expect(openCarrier([key], "b", carrier)).toBeUndefined()
    expect(openCarrier([other], "a", carrier)).toBeUndefined()
    expect(openCarrier([], "a", carrier)).toBeUndefined()
  })

  it("is absent when any bit of it was changed (G173)", () => {
    const carrier = sealCarrier(key, "a", "gemini-3", "signature", { kind: "call", callId: "call_1" })
    const bytes = Buffer.from(carrier.slice(4), "base64url")
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openCarrier([key], "a", `gw1.${changed.toString("base64url")}`)).toBeUndefined()
    }
    for (let length = 0; length < bytes.length; length += 1)
      expect(openCarrier([key], "a", `gw1.${bytes.subarray(0, length).toString("base64url")}`)).toBeUndefined()
  })

  it("never throws at what it is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `gw1.${text}`),
        ),
        (value) => {
          expect(openCarrier([key], "a", value)).toBeUndefined()
        },
      ),
    )
    expect(isCarrier("Rabc")).toBe(false)
  })
})
