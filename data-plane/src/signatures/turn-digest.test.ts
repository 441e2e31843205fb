import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { turnDigest, type SaidCall } from "./turn-digest.ts"

const call = (args: SaidCall["arguments"], name = "f"): SaidCall => ({ name, arguments: args })
const visible = fc.string({ unit: fc.constantFrom("a", "é", "数", "👩‍💻", ".", "[", "]", '"') })

describe("the digest of a turn", () => {
  it("does not change with white space, the cuts of the text, and the order of keys", () => {
    const words = fc.array(visible, { minLength: 1 })
    const spaces = fc.constantFrom("", " ", "\n", "\r\n", "\t  ")
    const args = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
    fc.assert(
      fc.property(words, spaces, args, (text, space, given) => {
        const turned = Object.fromEntries(Object.entries(given).toReversed())
        expect(turnDigest([text.join(space), space], [call(turned)])).toBe(turnDigest(text, [call(given)]))
      }),
    )
  })

  it("differs where something else was said", () => {
    const said = [
      turnDigest(["a"], []),
      turnDigest(["b"], []),
      turnDigest(["a"], [call({})]),
      turnDigest([], [call({})]),
      turnDigest([], [call({}, "g")]),
      turnDigest([], [call({}), call({})]),
      turnDigest([], [call({ a: 1 })]),
      turnDigest([], [call({ a: "1" })]),
      turnDigest([], [call({ a: [1, 2] })]),
      turnDigest([], [call({ a: [2, 1] })]),
      turnDigest([], [call({ a: {} })]),
      turnDigest([], [call({ a: [] })]),
      turnDigest([], [call({ a: null })]),
      turnDigest(['[["f",{}]]'], []),
    ]
    expect(new Set(said).size).toBe(said.length)
  })

  it("is none of a turn that said nothing", () => {
    expect(turnDigest([], [])).toBeUndefined()
    expect(turnDigest(["", " \n"], [])).toBeUndefined()
  })
})
