import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import { GatewayError } from "../canonical/error.ts"
import { createSseReader } from "./sse-reader.ts"

const MIB = 1024 * 1024

function read(chunks: readonly Buffer[], maxEventBytes = 8 * MIB): string[] {
  const events: string[] = []
  const reader = createSseReader((data) => events.push(data), { maxEventBytes })
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return events
}

const readText = (text: string) => read([Buffer.from(text)])

describe("createSseReader", () => {
  it.each<[name: string, wire: string, events: string[]]>([
    ["an event a blank line", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["CR alone", "data: a\r\rdata: b\r\r", ["a", "b"]],
    ["mixed line ends", "data: a\r\n\ndata: b\n\r\ndata: c\r\n\r", ["a", "b", "c"]],
    ["no space after the colon", "data:a\n\n", ["a"]],
    ["only one space taken off", "data:  a \n\n", [" a "]],
    ["several data lines joined", "data: {\ndata:  1\ndata: }\n\n", ["{\n 1\n}"]],
    ["an empty line inside data", "data: a\ndata\ndata: b\n\n", ["a\n\nb"]],
    ["comments", ": hello\ndata: a\n: more\n\n:\n\n", ["a"]],
    ["other fields", "event: x\nid: 1\nretry: 5\ndatabase: no\ndata: a\nfoo\n\n", ["a"]],
    ["a byte order mark", "\ufeffdata: a\n\n", ["a"]],
    ["a byte order mark only at the start", "data: a\n\n\ufeffdata: b\n\n", ["a"]],
    ["[DONE] and empty data ignored", "data: a\n\ndata:\n\ndata: [DONE]\n\ndata\n\n", ["a"]],
    ["a last event without its blank line", "data: a\n\ndata: b\n", ["a", "b"]],
    ["a last event without its line end", "data: a\n\ndata: b", ["a", "b"]],
    ["a last line that is only CR", "data: a\r", ["a"]],
    ["colons in data", "data: a: b\n\n", ["a: b"]],
    ["text beyond ASCII", "data: grüß 你好 😀\n\n", ["grüß 你好 😀"]],
    ["nothing", "", []],
  ])("reads %s", (_name, wire, events) => {
    expect(readText(wire)).toEqual(events)
  })

  it("gives an event as soon as its blank line is complete, with CR too", () => {
    const events: string[] = []
    const reader = createSseReader((data) => events.push(data), { maxEventBytes: 100 })
    reader.push(Buffer.from("data: a\r\r"))
    expect(events).toEqual(["a"])
    reader.push(Buffer.from("\ndata: b\n\n"))
    expect(events).toEqual(["a", "b"])
  })

  it("ignores bytes after the end", () => {
    const events: string[] = []
    const reader = createSseReader((data) => events.push(data), { maxEventBytes: 100 })
    reader.end()
    reader.push(Buffer.from("data: a\n\n"))
    reader.end()
    expect(events).toEqual([])
  })

  it("reads an event of megabytes in small pieces", () => {
    const data = "x".repeat(3 * MIB)
    const wire = Buffer.from(`data: ${data}\n\ndata: next\n\n`)
    const chunks: Buffer[] = []
    for (let at = 0; at < wire.length; at += 1000) chunks.push(wire.subarray(at, at + 1000))
    expect(read(chunks)).toEqual([data, "next"])
  })

  it("does not keep the caller's chunk: it may be overwritten after push", () => {
    const events: string[] = []
    const reader = createSseReader((data) => events.push(data), { maxEventBytes: 100 })
    const chunk = Buffer.from("data: abc")
    reader.push(chunk)
    chunk.fill(0)
    reader.push(Buffer.from("def\n\n"))
    expect(events).toEqual(["abcdef"])
  })
})

describe("the limit of an event", () => {
  const tooLong = (wire: string, cut: number) => () => {
    const bytes = Buffer.from(wire)
    read([bytes.subarray(0, cut), bytes.subarray(cut)], 20)
  }

  it.each([
    ["a long line in one piece", `data: ${"x".repeat(20)}\n\n`, 0],
    ["a long line in two pieces", `data: ${"x".repeat(20)}\n\n`, 15],
    ["a line that never ends", "x".repeat(21), 10],
    ["a long comment", `:${"x".repeat(30)}\n`, 5],
    ["many data lines", "data: 1234\ndata: 1234\ndata: 1234\n\n", 0],
  ])("refuses %s", (_name, wire, cut) => {
    expect(tooLong(wire, cut)).toThrowError(GatewayError)
    expect(tooLong(wire, cut)).toThrowError("more than 20 bytes")
  })

  it("takes an event of exactly the limit, again and again", () => {
    const wire = `data: ${"x".repeat(14)}\n\n`.repeat(3)
    expect(read([Buffer.from(wire)], 20)).toHaveLength(3)
  })

  it("is over after a refusal", () => {
    const events: string[] = []
    const reader = createSseReader((data) => events.push(data), { maxEventBytes: 10 })
    expect(() => reader.push(Buffer.from("data: 1234567890\n\n"))).toThrowError(GatewayError)
    reader.push(Buffer.from("data: a\n\n"))
    reader.end()
    expect(events).toEqual([])
  })
})

/** Streams of everything the grammar knows, with line ends of every kind. */
const lineEnds = fc.constantFrom("\n", "\r", "\r\n")
const lines = fc.oneof(
  anyText().map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
  fc.constantFrom("", "data", "data:", "data: [DONE]", ": comment", "event: x", "data:x", "\ufeff", "data: 你好 😀"),
)
const wires = fc
  .array(fc.tuple(lines, lineEnds), { maxLength: 30, size: "max" })
  .map((pairs) => Buffer.from(pairs.map(([line, end]) => line + end).join("")))

function cutAt(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].toSorted((left, right) => left - right)
  return [...places, wire.length].map((place, index) => wire.subarray(index === 0 ? 0 : places[index - 1], place))
}

describe("any cut", () => {
  it("gives the same events", () => {
    fc.assert(
      fc.property(wires, fc.array(fc.nat(), { maxLength: 20, size: "max" }), (wire, cuts) => {
        expect(read(cutAt(wire, cuts))).toEqual(read([wire]))
      }),
      { numRuns: 500 },
    )
  })

  it("gives the same events byte by byte", () => {
    fc.assert(
      fc.property(wires, (wire) => {
        expect(read(Array.from(wire, (byte) => Buffer.from([byte])))).toEqual(read([wire]))
      }),
    )
  })

  it("agrees with a plain reading of the whole text", () => {
    fc.assert(
      fc.property(wires, (wire) => {
        expect(read([wire])).toEqual(plainReading(wire.toString("utf8")))
      }),
    )
  })
})

/** The grammar of the HTML standard in its simplest form, on whole text. */
function plainReading(text: string): string[] {
  const events: string[] = []
  let data: string[] | undefined
  const dispatch = () => {
    const joined = data?.join("\n")
    if (joined !== undefined && joined !== "" && joined !== "[DONE]") events.push(joined)
    data = undefined
  }
  const withoutMark = text.startsWith("\ufeff") ? text.slice(1) : text
  const all = withoutMark.split(/\r\n|\r|\n/)
  if (all.at(-1) === "") all.pop()
  for (const line of all) {
    if (line === "") dispatch()
    else if (line === "data") (data ??= []).push("")
    else if (line.startsWith("data:")) (data ??= []).push(line.slice(5).replace(/^ /, ""))
  }
  dispatch()
  return events
}

describe("work", () => {
  afterEach(() => vi.restoreAllMocks())

  /** Bytes that the reader searched, copied or decoded, counted at the buffer's own methods. */
  function work(wire: Buffer, chunkBytes: number): number {
    const chunks: Buffer[] = []
    for (let at = 0; at < wire.length; at += chunkBytes) chunks.push(wire.subarray(at, at + chunkBytes))
    let bytes = 0
    const { indexOf, copy, toString } = Buffer.prototype
    vi.spyOn(Buffer.prototype, "indexOf").mockImplementation(function (this: Buffer, value, from = 0) {
      const found = indexOf.call(this, value, Number(from))
      bytes += (found < 0 ? this.length : found + 1) - Number(from)
      return found
    })
    vi.spyOn(Buffer.prototype, "copy").mockImplementation(function (this: Buffer, target, at, start, end) {
      const copied = copy.call(this, target, at, start, end)
      bytes += copied
      return copied
    })
    vi.spyOn(Buffer.prototype, "toString").mockImplementation(function (
      this: Buffer,
      encoding,
      start = 0,
      end = this.length,
    ) {
      bytes += Number(end) - Number(start)
      return toString.call(this, encoding, Number(start), Number(end))
    })
    try {
      read(chunks)
    } finally {
      vi.restoreAllMocks()
    }
    return bytes
  }

  const oneEvent = (length: number) => Buffer.from(`data: ${"x".repeat(length)}\n\n`)
  const manyEvents = (count: number) => Buffer.from("data: {}\n\n".repeat(count))

  it.each([
    ["one growing event in small pieces", (size: number) => work(oneEvent(size), 100)],
    ["many events in one piece", (size: number) => work(manyEvents(size / 10), size * 2)],
    ["many events in small pieces", (size: number) => work(manyEvents(size / 10), 7)],
  ])("grows in step with the bytes for %s", (_name, measure) => {
    const small = measure(20_000)
    const large = measure(320_000)
    expect(small).toBeGreaterThan(20_000)
    expect(large / small).toBeLessThan(20)
    expect(large).toBeLessThan(320_000 * 8)
  })
})
