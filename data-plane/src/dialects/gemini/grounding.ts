/**
 * `groundingMetadata` to where an answer comes from. The upstream counts bytes of UTF-8 and clients count UTF-16 units; what it
 * counts from is the answer's text or one part of it, so each stretch is checked against the words that the upstream says it holds.
 */
import type { Citation, Grounding, GroundingSource } from "../../canonical/grounding.ts"
import { isObject, type WireObject } from "../read-wire.ts"

export interface GroundingReader {
  /** A piece of visible text, as one part of an event had it. */
  text(text: string): void
  /** The newest metadata; of each of its lists the last one that holds something counts. */
  metadata(wire: unknown): void
  /** What there is at the answer's end; undefined when nothing was searched. */
  read(): Grounding | undefined
}

export function createGroundingReader(): GroundingReader {
  const pieces: string[] = []
  let last: WireObject | undefined
  return {
    text: (text) => void pieces.push(text),
    metadata: (wire) => {
      if (isObject(wire)) last = { ...last, ...withoutEmptyLists(wire) }
    },
    read: () => (last === undefined ? undefined : readGrounding(last, pieces)),
  }
}

function withoutEmptyLists(wire: WireObject): WireObject {
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => Array.isArray(value) && value.length > 0))
}

function readGrounding(wire: WireObject, pieces: readonly string[]): Grounding | undefined {
  const queries = listOf(wire["webSearchQueries"]).filter((query) => typeof query === "string" && query !== "")
  const { sources, positions } = readSources(listOf(wire["groundingChunks"]))
  if (queries.length === 0 && sources.length === 0) return undefined
  const answer = new AnswerText(pieces)
  const citations: Citation[] = []
  for (const support of listOf(wire["groundingSupports"])) {
    const { segment, groundingChunkIndices } = isObject(support) ? support : {}
    const named = listOf(groundingChunkIndices).map((index) => positions.get(index))
    const known = [...new Set(named)].filter((position) => position !== undefined)
    const stretch = isObject(segment) ? answer.stretch(segment) : undefined
    if (stretch !== undefined && known.length > 0) citations.push({ ...stretch, sources: known })
  }
  return { queries: queries.map(String), sources, citations }
}

/** Each page once; `positions` tells by the upstream's own number where it stands. */
function readSources(chunks: readonly unknown[]): {
  sources: readonly GroundingSource[]
  positions: ReadonlyMap<unknown, number>
} {
  const sources: GroundingSource[] = []
  const positions = new Map<unknown, number>()
  for (const [index, chunk] of chunks.entries()) {
    const web = isObject(chunk) ? chunk["web"] : undefined
    if (!isObject(web) || typeof web["uri"] !== "string" || web["uri"] === "") continue
    const { uri: url, title } = web
    let position = sources.findIndex((source) => source.url === url)
    if (position === -1) {
      position = sources.length
      sources.push({ url, title: typeof title === "string" && title !== "" ? title : url })
    }
    positions.set(index, position)
  }
  return { sources, positions }
}

type Stretch = Omit<Citation, "sources">

class AnswerText {
  private readonly pieces: readonly string[]
  private readonly text: string
  /** UTF-16 offset by byte, one more than there are bytes; a byte inside a letter stands for the letter's begin. */
  private readonly offsets: Uint32Array
  /** Where the last stretch ended: the upstream lists them in order. */
  private cursor = 0

  constructor(pieces: readonly string[]) {
    this.pieces = pieces
    this.text = pieces.join("")
    this.offsets = offsetsByByte(this.text)
  }

  /** Zeros are left out on this wire. */
  stretch(segment: WireObject): Stretch | undefined {
    const start = integer(segment["startIndex"]) ?? 0
    const end = integer(segment["endIndex"])
    const words = typeof segment["text"] === "string" && segment["text"] !== "" ? segment["text"] : undefined
    const found =
      end === undefined ? undefined : (this.at(start, end, words) ?? this.inPart(segment, start, end, words))
    const stretch = found ?? (words === undefined ? undefined : this.search(words))
    if (stretch !== undefined) this.cursor = stretch.end
    return stretch
  }

  private at(startByte: number, endByte: number, words: string | undefined): Stretch | undefined {
    const last = this.offsets.length - 1
    const start = this.offsets[Math.min(Math.max(startByte, 0), last)] ?? 0
    const end = this.offsets[Math.min(endByte, last)] ?? 0
    const text = this.text.slice(start, end)
    return text === "" || (words !== undefined && words !== text) ? undefined : { start, end, text }
  }

  private inPart(segment: WireObject, start: number, end: number, words: string | undefined): Stretch | undefined {
    const part = integer(segment["partIndex"]) ?? 0
    if (part <= 0 || part >= this.pieces.length || words === undefined) return undefined
    const before = Buffer.byteLength(this.pieces.slice(0, part).join(""))
    return this.at(before + start, before + end, words)
  }

  private search(words: string): Stretch | undefined {
    const next = this.text.indexOf(words, this.cursor)
    const start = next === -1 ? this.text.indexOf(words) : next
    return start === -1 ? undefined : { start, end: start + words.length, text: words }
  }
}

function offsetsByByte(text: string): Uint32Array {
  const offsets = new Uint32Array(Buffer.byteLength(text) + 1)
  let byte = 0
  let offset = 0
  for (const letter of text) {
    const end = byte + Buffer.byteLength(letter)
    offsets.fill(offset, byte, end)
    byte = end
    offset += letter.length
  }
  offsets[byte] = offset
  return offsets
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function integer(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined
}
