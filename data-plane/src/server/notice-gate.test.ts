import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { StreamPart } from "../canonical/stream-part.ts"
import { createNoticeGate } from "./notice-gate.ts"

const NOTICES = [
  "This version of Antigravity is no longer supported. Please update to receive the latest features!",
  "Gemini 3.5 Flash is no longer available. Please switch to Gemini 3.7 Flash in the latest version of Antigravity",
  "Gemini 3 Pro is no longer available. Please switch to Gemini 3.1 Pro.",
]

/** Text cut into deltas at the given places. */
function answer(text: string, cuts: readonly number[]): StreamPart[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b)
  const pieces: string[] = []
  let from = 0
  for (const to of [...places, text.length]) {
    if (to > from) pieces.push(text.slice(from, to))
    from = to
  }
  return [
    { type: "response-start" },
    { type: "text-start", block: 0 },
    ...pieces.map((piece): StreamPart => ({ type: "text-delta", block: 0, text: piece })),
    { type: "text-end", block: 0 },
    { type: "response-end", finishReason: { unified: "stop", raw: "STOP" } },
  ]
}

function run(parts: readonly StreamPart[]) {
  const passed: StreamPart[] = []
  const gate = createNoticeGate((part) => passed.push(part))
  for (const part of parts) {
    const notice = gate.part(part)
    if (notice !== undefined) return { passed, notice }
  }
  return { passed, notice: undefined }
}

describe("notices", () => {
  test.each(NOTICES)("however it is cut, nothing of it passes: %s", (text) => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 30, size: "max" }), (cuts) => {
        const { passed, notice } = run(answer(text, cuts))
        expect(passed).toEqual([])
        expect(text.startsWith(notice ?? "?")).toBe(true)
      }),
    )
  })
})

describe("answers", () => {
  test.each([
    "This version of the file is older.",
    "Gemini 3 Pro is a model.",
    "The error reads: This version of Antigravity is no longer supported.",
    "This",
    "Gemini 3 Pro is",
    "",
  ])("pass unchanged and in order: %s", (text) => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 30, size: "max" }), (cuts) => {
        const parts = answer(text, cuts)
        expect(run(parts)).toEqual({ passed: parts, notice: undefined })
      }),
    )
  })

  test("an ordinary first word is not held", () => {
    const passed: StreamPart[] = []
    const gate = createNoticeGate((part) => passed.push(part))
    for (const part of answer("Hello", []).slice(0, 3)) gate.part(part)
    expect(passed).toHaveLength(3)
  })

  test("what follows the first words is passed as it comes", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!NOTICES.some((notice) => text.includes(notice.slice(0, 5))))
        const parts = answer(`Well, ${text}`, [3, 8, 12])
        expect(run(parts).passed).toEqual(parts)
      }),
    )
  })
})
