import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Grounding } from "../../canonical/grounding.ts"
import { createGroundingReader } from "./grounding.ts"

const CHUNKS = [
  { web: { uri: "https://one.example/", title: "one" } },
  { web: { uri: "https://two.example/", title: "two" } },
]

function read(pieces: readonly string[], ...metadata: readonly unknown[]): Grounding | undefined {
  const reader = createGroundingReader()
  for (const piece of pieces) reader.text(piece)
  for (const one of metadata) reader.metadata(one)
  return reader.read()
}

function supported(pieces: readonly string[], segment: object, indices: readonly unknown[] = [0]) {
  const groundingSupports = [{ segment, groundingChunkIndices: indices }]
  return read(pieces, { webSearchQueries: ["q"], groundingChunks: CHUNKS, groundingSupports })?.citations
}

describe("offsets", () => {
  it("are bytes upstream and UTF-16 units here, for any letters, cuts and stretch", () => {
    const letters = fc.array(fc.constantFrom("a", "ß", "数", "🙂", "👩‍👧", "\n", " "), {
      minLength: 1,
      maxLength: 30,
      size: "max",
    })
    fc.assert(
      fc.property(letters, fc.nat(), fc.nat(), fc.boolean(), (text, one, other, isSaid) => {
        const [from, to] = [one % text.length, other % text.length].toSorted((a, b) => a - b) as [number, number] // two of two
        const before = text.slice(0, from).join("")
        const words = text.slice(from, to + 1).join("")
        const start = Buffer.byteLength(before)
        const segment = {
          ...(start === 0 ? {} : { startIndex: start }),
          endIndex: start + Buffer.byteLength(words),
          ...(isSaid ? { text: words } : {}),
        }
        expect(supported(text, segment)).toEqual([
          { start: before.length, end: before.length + words.length, text: words, sources: [0] },
        ])
      }),
    )
  })

  it("count from the begin of a part where the upstream says so", () => {
    const pieces = ["Städte: ", "Paris, ", "北京 und Paris"]
    const segment = { partIndex: 2, startIndex: 11, endIndex: 16, text: "Paris" }
    expect(supported(pieces, segment)).toEqual([{ start: 22, end: 27, text: "Paris", sources: [0] }])
  })

  it("that name other words are looked for by their words", () => {
    expect(supported(["一二三 and Paris"], { startIndex: 3, endIndex: 8, text: "Paris" })).toEqual([
      { start: 8, end: 13, text: "Paris", sources: [0] },
    ])
    expect(supported(["Paris"], { text: "Paris" })).toEqual([{ start: 0, end: 5, text: "Paris", sources: [0] }])
  })

  it("find equal words in the order in which they are listed", () => {
    const support = (startIndex: number) => ({
      segment: { startIndex, endIndex: startIndex + 2, text: "ab" },
      groundingChunkIndices: [0],
    })
    // Counted from elsewhere: none fits.
    const grounding = read(["ab ab"], { groundingChunks: CHUNKS, groundingSupports: [support(1), support(4)] })
    expect(grounding?.citations.map(({ start }) => start)).toEqual([0, 3])
  })

  it.each([
    ["no words and no end", {}],
    ["an end before its begin", { startIndex: 4, endIndex: 2 }],
    ["words that are not there", { startIndex: 0, endIndex: 3, text: "xyz" }],
    ["nothing", { startIndex: 2, endIndex: 2 }],
    ["numbers that are none", { startIndex: "1", endIndex: 1.5 }],
  ])("with %s cite nothing", (_name, segment) => {
    expect(supported(["some text"], segment)).toEqual([])
  })

  it("beyond the text end with it, and never inside a letter", () => {
    expect(supported(["a🙂b"], { startIndex: 2, endIndex: 900 })).toEqual([
      { start: 1, end: 4, text: "🙂b", sources: [0] },
    ])
  })
})

describe("sources", () => {
  it("are listed once each, under the number they have here", () => {
    const groundingChunks = [
      { retrievedContext: {} },
      CHUNKS[0],
      CHUNKS[1],
      CHUNKS[0],
      { web: { uri: "https://bare.example/" } },
    ]
    const groundingSupports = [{ segment: { endIndex: 1 }, groundingChunkIndices: [3, 2, 1, 0, 9, "x"] }]
    expect(read(["text"], { groundingChunks, groundingSupports })).toEqual({
      queries: [],
      sources: [
        { url: "https://one.example/", title: "one" },
        { url: "https://two.example/", title: "two" },
        { url: "https://bare.example/", title: "https://bare.example/" },
      ],
      citations: [{ start: 0, end: 1, text: "t", sources: [0, 1] }],
    })
  })

  it("may be missing: a search that found nothing is told by its words", () => {
    expect(read(["text"], { webSearchQueries: ["q", "", 5] })).toEqual({ queries: ["q"], sources: [], citations: [] })
  })
})

it.each([[], [{}], ["x"], [null], [{ searchEntryPoint: {} }]])("no search: %j", (...metadata) => {
  expect(read(["text"], ...metadata)).toBeUndefined()
})

it("takes of each list the last that holds something", () => {
  const first = { webSearchQueries: ["first"], groundingChunks: [CHUNKS[0]] }
  const last = { groundingChunks: CHUNKS, webSearchQueries: [] }
  expect(read([], first, last, {}, { groundingChunks: null })).toEqual({
    queries: ["first"],
    sources: [
      { url: "https://one.example/", title: "one" },
      { url: "https://two.example/", title: "two" },
    ],
    citations: [],
  })
})

it("takes any JSON, and cites only words that are there", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (wire, text) => {
      const grounding = read([text], wire, { groundingChunks: CHUNKS, groundingSupports: wire })
      for (const { start, end, text: words } of grounding?.citations ?? []) expect(text.slice(start, end)).toBe(words)
    }),
  )
})
