import { expect, test } from "vitest"
import { provesRoom, type QuotaRest, type RoomReading } from "./quota-room.ts"

const HOUR = 3_600_000
const MINUTE = 60_000
/** When the upstream refused. */
const at = 1_700_000_000_000
const short: QuotaRest = { bucket: "gemini", since: at, until: at + 2 * HOUR }
const long: QuotaRest = { bucket: "gemini", since: at, until: at + 71 * HOUR }

/** Read ten minutes after the refusal; the window is the one that was open then. */
function reading(window: RoomReading["window"], remainingFraction: number, more: Partial<RoomReading> = {}) {
  const resetsAt = window === "5h" ? at + 2 * HOUR : at + 71 * HOUR
  const source = window === "nearest" ? "catalogue" : "summary"
  return { bucket: "gemini", window, source, remainingFraction, resetsAt, readAt: at + 10 * MINUTE, ...more } as const
}
/** What was read as empty five minutes after the refusal. */
const wasEmpty = { emptyAt: at + 5 * MINUTE }
/** Of a window that was opened three minutes after the refusal. */
const anew = (window: "5h" | "weekly") => ({ resetsAt: at + 3 * MINUTE + (window === "5h" ? 5 : 168) * HOUR })

test.each<[string, boolean, QuotaRest, readonly RoomReading[]]>([
  ["nothing was read", false, short, []],
  ["it never showed the exhaustion", false, short, [reading("5h", 0.6), reading("weekly", 0.7)]],
  ["it was read before the refusal", false, short, [reading("5h", 0.6, { readAt: at - 1, emptyAt: at - HOUR })]],
  ["it was empty before the refusal, not after", false, short, [reading("5h", 0.6, { emptyAt: at - 1 })]],
  ["it showed nothing left and now shows more", true, short, [reading("5h", 0.01, wasEmpty), reading("weekly", 0.7)]],
  ["it still shows nothing left", false, short, [reading("5h", 0, wasEmpty), reading("weekly", 0.7)]],
  ["its window moved on, the other is empty", false, short, [reading("5h", 1, wasEmpty), reading("weekly", 0)]],
  ["what was read as empty is newer than the reading", false, short, [reading("5h", 0.1, { emptyAt: at + HOUR })]],
  ["another bucket has room", false, short, [reading("5h", 0.5, { bucket: "third_party", ...wasEmpty })]],
  ["its window began after the refusal", true, short, [reading("5h", 0.99, anew("5h")), reading("weekly", 0.7)]],
  ["a window that nobody has opened", false, short, [reading("5h", 1, { resetsAt: at + 10 * MINUTE + 5 * HOUR })]],
  ["one with nothing used, but opened before it was read", true, short, [reading("5h", 1, anew("5h"))]],
  ["a window without an end", false, short, [reading("5h", 0.9, { resetsAt: undefined })]],
  [
    "the window that ends with the rest has not moved",
    false,
    short,
    [reading("5h", 0.99, anew("5h")), reading("weekly", 0.4, { resetsAt: at + 2 * HOUR })],
  ],
  [
    "a long rest is not about the short window",
    false,
    long,
    [reading("5h", 0.9, wasEmpty), reading("weekly", 0.4, { resetsAt: at + 100 * HOUR })],
  ],
  ["a long rest ends with the week", true, long, [reading("5h", 0.9), reading("weekly", 0.4, wasEmpty)]],
  ["a week that began after the refusal", true, long, [reading("5h", 0.9), reading("weekly", 0.9, anew("weekly"))]],
  ["the list of models was empty and is not any more", true, long, [reading("nearest", 0.3, wasEmpty)]],
  ["a window of which nobody knows which it is may be the week", false, short, [reading("nearest", 0.9, anew("5h"))]],
])("%s: %s", (_name, expected, rest, readings) => {
  expect(provesRoom(rest, readings)).toBe(expected)
})
