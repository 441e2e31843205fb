import { expect, test } from "vitest"
import { mostUrgent, whenToTell, type TellableReading, type Telling } from "./tell.ts"

const HOUR = 3_600_000
const now = 1_700_000_000_000
const told: TellableReading = { remainingFraction: 0.5, resetsAt: now + 3 * HOUR, readAt: now }

test.each<[string, Partial<TellableReading>, number, Telling]>([
  ["the same again", { readAt: now + 600_000 }, 0, "not"],
  ["a little less", { remainingFraction: 0.485 }, 0, "not"],
  ["much less", { remainingFraction: 0.48 }, 0, "soon"],
  ["nothing left", { remainingFraction: 0 }, 0, "now"],
  ["a little less, and then the reserve is all there is", { remainingFraction: 0.499 }, 0.499, "now"],
  ["the window is over half an hour nearer to its end", { readAt: now + 0.6 * HOUR }, 0, "soon"],
  ["a window whose end nobody tells any more", { resetsAt: undefined }, 0, "now"],
  ["another end, and much time until then", { resetsAt: now + 3.3 * HOUR }, 0, "not"],
])("%s", (_name, change, reserve, expected) => {
  expect(whenToTell(told, { ...told, ...change }, "5h", reserve)).toBe(expected)
})

test("the first reading is told at once, and so is another end of what is used up", () => {
  expect(whenToTell(undefined, told, "5h", 0)).toBe("now")
  const empty = { ...told, remainingFraction: 0 }
  expect(whenToTell(empty, { ...empty, resetsAt: now + 4 * HOUR }, "5h", 0)).toBe("now")
})

test("a window that nobody has opened, and that therefore always ends in five hours, is told before its told end", () => {
  const unused = (readAt: number): TellableReading => ({ remainingFraction: 1, resetsAt: readAt + 5 * HOUR, readAt })
  const tellings = [1, 2, 3, 3.6].map((hours) => whenToTell(unused(now), unused(now + hours * HOUR), "5h", 0))
  expect(tellings).toEqual(["not", "not", "not", "soon"])
})

test("the most urgent counts", () => {
  expect(mostUrgent([])).toBe("not")
  expect(mostUrgent(["not", "now", "soon"])).toBe("now")
})
