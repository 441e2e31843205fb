import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { serialise } from "./serialise.ts"

const LONG = Buffer.alloc(60_000, "media").toString("base64")
const OTHER = Buffer.alloc(90_001, "other").toString("base64")
const media = (data: string, more: object = {}) => ({ inlineData: { mimeType: "image/png", data }, ...more })
const request = (...parts: object[]) => ({
  systemInstruction: { parts: [{ text: "s" }] },
  contents: [{ role: "user", parts }],
})

/** Of what it stands in for. */
const plain = (value: object) => Buffer.from(JSON.stringify(value))

describe("serialise", () => {
  it.each<[string, object]>([
    ["no media", request({ text: "ä🙂" })],
    ["short data", request(media("AAAA"))],
    ["long data", request({ text: "before" }, media(LONG), { text: "ä after" })],
    ["several", request(media(LONG), media(OTHER, { thoughtSignature: "s" }), media("AAAA"), media(LONG))],
    ["several turns", { contents: [...request(media(LONG)).contents, { role: "model", parts: [media(OTHER)] }], z: 1 }],
    ["nothing", {}],
    ["no parts", { contents: [{ role: "user" }, 5, null] }],
    ["a placeholder of the user's", request({ text: "\u0001media\u0001" }, media(LONG))],
    ["a placeholder among other words", request({ text: 'x"\u0001media\u0001"' }, media(LONG))],
    ["a placeholder as a value", request({ functionCall: { args: { data: "\u0001media\u0001" } } }, media(LONG))],
  ])("is what JSON.stringify makes of %s", (_name, value) => {
    expect(serialise({ ...value }).equals(plain(value))).toBe(true)
  })

  it("is that for any request", () => {
    const part = fc.oneof(
      fc.record({ text: fc.string({ unit: "grapheme" }) }),
      fc.constantFrom(media(LONG), media(OTHER), media("AAAA"), { text: "\u0001media\u0001" }),
      fc.object({ maxDepth: 2 }).filter((value) => JSON.stringify(value) !== undefined),
    )
    fc.assert(
      fc.property(
        fc.array(fc.record({ role: fc.string(), parts: fc.array(part, { maxLength: 6 }) }), { maxLength: 4 }),
        (contents) => {
          expect(serialise({ contents }).equals(plain({ contents }))).toBe(true)
        },
      ),
    )
  })
})
