import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isSentinel, Signatures } from "./signatures.ts"

const signatures = new Signatures("seed")

describe("signatures", () => {
  it("of Claude hold for exactly their thought", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (thought, other) => {
        const signature = signatures.claude(thought, "turn 1")
        return signatures.isClaude(signature, thought) && (other === thought || !signatures.isClaude(signature, other))
      }),
    )
    expect(signatures.isClaude(signatures.claude("", "x"), "\u200B")).toBe(true)
  })

  it("have the shapes of the protocol: R… and E…, at least fifty characters", () => {
    for (let turn = 0; turn < 50; turn += 1) {
      expect(signatures.claude("Hm.", String(turn))).toMatch(/^R.{49,}$/)
      expect(signatures.gemini(String(turn))).toMatch(/^E.{49,}$/)
    }
  })

  it("do not pass from family to family or from seed to seed", () => {
    const other = new Signatures("other")
    expect(signatures.isGemini(signatures.claude("", "x"))).toBe(false)
    expect(signatures.isClaude(signatures.gemini("x"), "")).toBe(false)
    expect(signatures.isGemini(other.gemini("x"))).toBe(false)
    expect(signatures.isGemini(new Signatures("seed").gemini("x"))).toBe(true)
    expect(signatures.gemini("x")).not.toBe(signatures.gemini("y"))
  })

  it("are refused when any character is altered, cut off or added", () => {
    const gemini = signatures.gemini("x")
    const claude = signatures.claude("Hm.", "x")
    fc.assert(
      fc.property(fc.nat(gemini.length - 1), fc.constantFrom("A", "b", "_", "=", ""), (place, letter) => {
        const altered = gemini.slice(0, place) + letter + gemini.slice(place + 1)
        return altered === gemini || !signatures.isGemini(altered)
      }),
    )
    fc.assert(
      fc.property(fc.nat(claude.length - 1), fc.constantFrom("A", "b", "_", "=", ""), (place, letter) => {
        const altered = claude.slice(0, place) + letter + claude.slice(place + 1)
        return altered === claude || !signatures.isClaude(altered, "Hm.")
      }),
    )
    for (const added of [`${gemini} `, `${gemini}A`, gemini.slice(4), "", "skip_thought_signature_validator"]) {
      expect(signatures.isGemini(added)).toBe(false)
    }
  })

  it("know the two sentinels", () => {
    expect(isSentinel("skip_thought_signature_validator")).toBe(true)
    expect(isSentinel("context_engineering_is_the_way_to_go")).toBe(true)
    expect(isSentinel("skip")).toBe(false)
  })
})
