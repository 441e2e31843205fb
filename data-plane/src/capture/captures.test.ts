/** All that waits for a control plane is within the budget, also what is hardly longer than nothing. */
import type { TranslationNote } from "#shared/capture.ts"
import { apiKeyId, exchangeId } from "#shared/ids.ts"
import { createLogger } from "#shared/log.ts"
import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { Captures, LEAST_ROOM_BYTES } from "./captures.ts"
import type { ExchangeCapture } from "./exchange-capture.ts"

const BUDGET_BYTES = 1_048_576
const NOTE: TranslationNote = { code: "field-unknown", kind: "dropped", reason: "r".repeat(500), client: "/a" }

function begin() {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const away = { send: () => Promise.reject(new Error("away")) }
  const captures = new Captures({ clock: manualClock(), log, post: away, budgetBytes: BUDGET_BYTES })
  const one = (headers: Record<string, string> = {}): ExchangeCapture | undefined =>
    captures.begin({
      exchangeId: exchangeId("req_1"),
      apiKeyId: apiKeyId("key_1"),
      startedAt: 0,
      dialect: "openai-chat",
      incoming: { segments: ["v1", "chat", "completions"], query: new URLSearchParams(), headers },
    })
  return { captures, one }
}

test("captures of nearly nothing are counted with what they hold beside their texts", async () => {
  const { captures, one } = begin()
  const most = BUDGET_BYTES / 4_096
  for (let turn = 0; turn < 2 * most; turn += 1) {
    const capture = one({ "user-agent": "u".repeat(4_000) })
    if (capture !== undefined) captures.end(capture, [])
  }
  expect(captures.facts.waiting).toBeLessThan(most / 2)
  expect(captures.facts.bytes).toBeGreaterThan(BUDGET_BYTES - 2 * LEAST_ROOM_BYTES)
  await captures.stop(0)
  expect(captures.facts).toEqual({ bytes: 0, waiting: 0 })
})

test("notes are counted, and left out where there is no room", async () => {
  const { captures, one } = begin()
  const capture = one()
  const notes = Array.from({ length: 1_000 }, () => NOTE)
  if (capture === undefined) throw new Error("no room")
  expect(capture.holdNotes(notes)).toBe(false)
  expect(capture.holdNotes(notes.slice(500))).toBe(true)
  captures.end(capture, notes)
  expect(captures.facts.bytes).toBeLessThanOrEqual(BUDGET_BYTES)
  await captures.stop(0)
  expect(captures.facts).toEqual({ bytes: 0, waiting: 0 })
})
