import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fold } from "../canonical/fold.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { normaliseResponseSchema } from "../schema/normalise.ts"
import type { JsonAnswer } from "./dialect.ts"
import { bareJson } from "./json-answer.ts"

/** The joined text of one block that came in these pieces. */
function textOf(pieces: readonly string[], json: JsonAnswer = {}): string {
  const passed: StreamPart[] = []
  const take = bareJson((part) => passed.push(part), json)
  take({ type: "response-start" })
  take({ type: "text-start", block: 0 })
  for (const text of pieces) take({ type: "text-delta", block: 0, text })
  take({ type: "text-end", block: 0 })
  take({ type: "response-end", finishReason: { unified: "stop" } })
  expect(passed.some((part) => part.type === "text-delta" && part.text === "")).toBe(false)
  return fold(passed)
    .parts.map((part) => (part.type === "text" ? part.text : ""))
    .join("")
}

/** Cut at these places, whatever they are. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b)
  return at.slice(1).map((place, index) => text.slice(at[index], place))
}

const VALUE = '{"title":"A ``` fence, \\"quoted\\" } and ] 🙂","list":[1,{"a":[]}]}'

describe("a fence around the value goes", () => {
  it.each([
    ["with its language", `\`\`\`json\n${VALUE}\n\`\`\``, VALUE],
    ["without a language", `\`\`\`\n${VALUE}\n\`\`\`\n`, VALUE],
    ["on one line", `\`\`\`json ${VALUE}\`\`\``, VALUE],
    ["with CRLF", `\`\`\`JSON\r\n${VALUE}\r\n\`\`\`\r\n`, VALUE],
    ["after white space", `\n\n  \`\`\`json\n${VALUE}\n\`\`\``, VALUE],
    ["with words around it", `Here it is:\n\n\`\`\`json\n${VALUE}\n\`\`\`\n\nI hope it helps.`, VALUE],
    ["after a fence of something else", `\`\`\`sh\nls\n\`\`\`\nso:\n\`\`\`json\n${VALUE}\n\`\`\``, VALUE],
    ["around a list", '```json\n[1,"```"]\n```', '[1,"```"]'],
    ["around a text", '```json\n"a \\" b"\n```', '"a \\" b"'],
    ["that is not closed", `\`\`\`json\n${VALUE}`, VALUE],
    ["that is cut off inside the value", '```json\n{"title":"begi', '{"title":"begi'],
    ["that is cut off while it closes", `\`\`\`json\n${VALUE}\n\`\``, `${VALUE}\n\`\``],
  ])("%s", (_name, text, expected) => {
    expect(textOf([text])).toBe(expected)
  })
})

describe("everything else stays letter by letter", () => {
  it.each([
    ["a bare value", VALUE],
    ["a bare value with white space", ` \n${VALUE}\n`],
    ["a bare value and a fence after it", `${VALUE}\n\`\`\``],
    ["words", "I cannot answer that."],
    ["words and half a fence", "so: ``"],
    ["a fence that holds no value", "```python\nprint(1)\n```"],
    ["a fence without anything", "```json\n"],
    ["nothing", ""],
    ["a number", "42"],
    ["white space", " \n "],
  ])("%s", (_name, text) => {
    expect(textOf([text])).toBe(text)
  })

  it("loses no second value of a fence", () => {
    expect(textOf(['```\n{"a":1}\n{"b":2}\n```'])).toBe('{"a":1}\n{"b":2}\n```')
  })
})

it("gives the same however the text is cut", () => {
  const piece = fc.oneof(
    fc.constantFrom("```", "``", "`", "```json\n", "\n", " ", "Here: ", "{", "}", "[", "]", '"', "\\", '{"a":"```"}'),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, places) => {
      const text = pieces.join("")
      const whole = textOf([text])
      expect(textOf(cut(text, places))).toBe(whole)
      expect(textOf(Array.from(text, (letter) => letter))).toBe(whole)
      // Letters go, none comes.
      expect(text).toContain(whole)
    }),
    { numRuns: 1000 },
  )
})

describe("an answer that goes on and on costs no more a piece", () => {
  it.each([
    ["before its first letter", ""],
    ["in a fence", "```json"],
    ["behind a value", '```json\n{"a":1}'],
    ["in words", "Well"],
  ])("of white space, %s", (_name, before) => {
    const pieces = [before, ...Array.from({ length: 60_000 }, () => "\n         ")].filter((piece) => piece !== "")
    const text = pieces.join("")
    expect([text, '{"a":1}']).toContain(textOf(pieces))
  })

  it.each(["`", "x", "-"])("of %s in a fence", (letter) => {
    const pieces = Array.from({ length: 60_000 }, () => letter.repeat(10))
    expect(textOf(["```", ...pieces])).toBe(`\`\`\`${pieces.join("")}`)
  })
})

it("gives any fenced value back as it was", () => {
  const value = fc.jsonValue().filter((one) => typeof one === "object" && one !== null)
  const words = fc.string({ maxLength: 20 }).filter((text) => !/[`{["]/.test(text))
  fc.assert(
    fc.property(value, words, words, fc.array(fc.nat(), { maxLength: 8 }), (one, before, behind, places) => {
      const json = JSON.stringify(one, undefined, 1)
      expect(textOf(cut(`${before}\n\`\`\`json\n${json}\n\`\`\`\n${behind}`, places))).toBe(json)
    }),
  )
})

it("looks at each text block by itself, and leaves other blocks alone", () => {
  const passed: StreamPart[] = []
  const take = bareJson((part) => passed.push(part), {})
  const parts: StreamPart[] = [
    { type: "reasoning-start", block: 0 },
    { type: "reasoning-delta", block: 0, text: "```json\n{}\n```" },
    { type: "reasoning-end", block: 0 },
    { type: "text-start", block: 1 },
    { type: "text-delta", block: 1, text: "I look it up." },
    { type: "text-end", block: 1 },
    { type: "tool-input-start", block: 2, id: "a", name: "f" },
    { type: "tool-input-delta", block: 2, json: "{}" },
    { type: "tool-input-end", block: 2 },
  ]
  for (const part of parts) take(part)
  expect(passed).toEqual(parts)
})

describe("values that stand for others", () => {
  const schema = normaliseResponseSchema({ type: "object", properties: { n: { enum: [1, 2] } } }, { family: "gemini" })

  it("come back as the client's schema has them", () => {
    expect(textOf(['{"n":', ' "2"}'], { schema })).toBe('{"n":2}')
    expect(textOf(['```json\n{"n":"2"}\n```'], { schema })).toBe('{"n":2}')
  })

  it.each(['{"n": "3"}', '{"m": 1}', "no JSON", '{"n": "2"'])("%s stays as it is", (text) => {
    expect(textOf([text], { schema })).toBe(text)
  })
})

it("citations go where letters went, sources stay", () => {
  const sources = [{ url: "https://example.org", title: "example" }]
  const citations = [{ start: 0, end: 1, text: "x", sources: [0] }]
  const grounding = { queries: ["q"], sources, citations }
  const run = (text: string): StreamPart | undefined => {
    const passed: StreamPart[] = []
    const take = bareJson((part) => passed.push(part), {})
    take({ type: "text-start", block: 0 })
    take({ type: "text-delta", block: 0, text })
    take({ type: "text-end", block: 0 })
    take({ type: "grounding", grounding })
    return passed.at(-1)
  }
  expect(run("{}")).toEqual({ type: "grounding", grounding })
  expect(run("```\n{}\n```")).toEqual({ type: "grounding", grounding: { queries: ["q"], sources, citations: [] } })
})
