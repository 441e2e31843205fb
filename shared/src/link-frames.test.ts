import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { createDownFrameDecoder, encodeDownFrame, FrameError } from "./link-frames.ts"
import type { DownFrame } from "./link-protocol.ts"
import { encodeSnapshotFrame, hashBody } from "./snapshot-check.ts"
import { testSnapshot } from "./testing/snapshot.ts"

const FRAMES: readonly DownFrame[] = [
  { type: "hello", controlPlaneVersion: "0.1.0", nodeId: "node-1" },
  encodeSnapshotFrame(testSnapshot({ aliases: { "ünïcode\u2028✓": "a\nb" } })),
  { type: "heartbeat", at: 1_750_000_000_000 },
  { type: "heartbeat", at: 1_750_000_005_000 },
]

function decode(chunks: readonly Uint8Array[], maxBytes?: number): DownFrame[] {
  const frames: DownFrame[] = []
  const decoder = createDownFrameDecoder((frame) => frames.push(frame), maxBytes === undefined ? {} : { maxBytes })
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return frames
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  )
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

const STREAM = Buffer.from(FRAMES.map(encodeDownFrame).join(""))

describe("down frames", () => {
  it("are one line each", () => {
    for (const frame of FRAMES) expect(encodeDownFrame(frame).match(/\n/g)).toHaveLength(1)
  })

  it("are the same however the bytes are cut", () => {
    expect(decode([STREAM])).toEqual(FRAMES)
    expect(decode(Array.from(STREAM, (byte) => Uint8Array.of(byte)))).toEqual(FRAMES)
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30, size: "max" }), (places) => {
        expect(decode(cutAt(STREAM, places))).toEqual(FRAMES)
      }),
    )
  })

  it("do not change when the caller uses its buffer again", () => {
    const frames: DownFrame[] = []
    const decoder = createDownFrameDecoder((frame) => frames.push(frame))
    const buffer = Buffer.alloc(64)
    for (let at = 0; at < STREAM.length; at += buffer.length) {
      const size = STREAM.copy(buffer, 0, at, at + buffer.length)
      decoder.push(buffer.subarray(0, size))
      buffer.fill(0x78)
    }
    expect(frames).toEqual(FRAMES)
  })

  it("of an unknown type and empty lines are passed over, unknown fields left out", () => {
    const text = '\n  \r\n{"type":"weather","id":1}\n{"type":"heartbeat","at":5,"future":true}\r\n'
    expect(decode([Buffer.from(text)])).toEqual([{ type: "heartbeat", at: 5 }])
  })

  it.each([
    ["not JSON", "hello\n"],
    ["no object", "[]\n"],
    ["no type", "{}\n"],
    ["a wrong field", '{"type":"heartbeat","at":"now"}\n'],
    ["a wrong hash", '{"type":"snapshot","epoch":1,"version":1,"schemaVersion":1,"hash":"x","body":""}\n'],
    ["an unfinished line", '{"type":"heartbeat","at":5}'],
  ])("refuse %s", (_, text) => {
    expect(() => decode([Buffer.from(text)])).toThrow(FrameError)
  })

  it("refuse bytes that are not UTF-8", () => {
    expect(() => decode([Buffer.from([0x7b, 0xff, 0x7d, 0x0a])])).toThrow(FrameError)
  })

  it("refuse a line without end as soon as it is too long", () => {
    const decoder = createDownFrameDecoder(() => undefined, { maxBytes: 100 })
    decoder.push(Buffer.alloc(100, 0x20))
    expect(() => decoder.push(Buffer.alloc(1, 0x20))).toThrow(/longer than 100 bytes/)
    expect(decode([Buffer.from('{"type":"heartbeat","at":5}\n'.repeat(50))], 30)).toHaveLength(50)
  })

  it("are decoded in linear time", () => {
    const frame: DownFrame = {
      ...encodeSnapshotFrame(testSnapshot()),
      body: "x".repeat(20_000_000),
      hash: hashBody(""),
    }
    const bytes = Buffer.from(encodeDownFrame(frame))
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, at) =>
      bytes.subarray(at * 1_000, (at + 1) * 1_000),
    )
    const spent = cpuMs(() => expect(decode(chunks)).toHaveLength(1))
    expect(spent).toBeLessThan(10_000)
  })

  it("never make the decoder throw anything but FrameError", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            fc.json().map((text) => Buffer.from(`${text}\n`)),
          ),
        ),
        (chunks) => {
          try {
            decode(chunks)
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError)
          }
        },
      ),
    )
  })
})
