/** A captured text holds the memory that it counts, however small the pieces are in which it came. */
import { MAX_CAPTURED_TEXT_BYTES } from "#shared/capture.ts"
import { expect, test } from "vitest"
import { CaptureBudget } from "./budget.ts"
import { CapturedBuffer } from "./captured-buffer.ts"

const PIECE = 'data: {"delta":"one more token"}\n\n'

/** Bytes of memory that these keep alive. */
const memoryOf = (chunks: readonly Buffer[]): number =>
  [...new Set(chunks.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0)

test("small pieces of many streams hold no more memory than was taken of the budget", () => {
  const budget = new CaptureBudget(MAX_CAPTURED_TEXT_BYTES)
  const streams = Array.from({ length: 20 }, () => new CapturedBuffer((bytes) => budget.take(bytes)))
  const pieces = 200
  for (let piece = 0; piece < pieces; piece += 1) for (const stream of streams) stream.text(PIECE)
  const held = streams.map(({ captured }) => captured)
  expect(memoryOf(held.flatMap(({ chunks }) => chunks))).toBeLessThanOrEqual(budget.used)
  expect(budget.used).toBeLessThanOrEqual(2 * held.length * pieces * PIECE.length)
  for (const { chunks, truncated, bytes } of held) {
    expect(Buffer.concat(chunks).toString()).toBe(PIECE.repeat(pieces))
    expect({ truncated, bytes }).toEqual({ truncated: false, bytes: PIECE.length * pieces })
  }
})

test("a whole body in memory of its own is kept as it is, and one in shared memory is copied", () => {
  const own = Buffer.allocUnsafeSlow(10_000).fill("a")
  const shared = Buffer.from("a body among others")
  const [kept, copied] = [own, shared].map((body) => {
    const buffer = new CapturedBuffer((bytes) => bytes)
    buffer.whole(body)
    return buffer.captured
  })
  expect(kept?.chunks[0]?.buffer).toBe(own.buffer)
  expect(copied?.chunks.map(String)).toEqual(["a body among others"])
  expect(copied?.chunks[0]?.buffer).not.toBe(shared.buffer)
})

test("what there is no room for is cut, in pieces and whole, and counted", () => {
  for (const room of [0, 1, 2_500]) {
    const limited = (): ((bytes: number) => number) => {
      const budget = new CaptureBudget(room)
      return (bytes) => budget.take(bytes)
    }
    const whole = new CapturedBuffer(limited())
    whole.whole(Buffer.allocUnsafeSlow(5_000).fill("b"))
    const pieces = new CapturedBuffer(limited())
    for (let piece = 0; piece < 50; piece += 1) pieces.text("b".repeat(100))
    for (const { captured } of [whole, pieces]) {
      expect(captured).toMatchObject({ bytes: 5_000, truncated: true })
      expect(Buffer.concat(captured.chunks).toString()).toBe("b".repeat(room))
    }
  }
  const longest = new CapturedBuffer((bytes) => bytes)
  longest.copy(Buffer.alloc(MAX_CAPTURED_TEXT_BYTES))
  longest.text("x")
  expect(longest.captured).toMatchObject({ bytes: MAX_CAPTURED_TEXT_BYTES + 1, truncated: true })
  expect(Buffer.concat(longest.captured.chunks)).toHaveLength(MAX_CAPTURED_TEXT_BYTES)
})
