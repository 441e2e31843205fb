import { expect, test } from "vitest"
import { StreamPlace } from "./stream-place.ts"

const DAY_MS = 24 * 60 * 60 * 1000
const MOST_BYTES = 1024 * 1024
const NOW = 1_800_000_000_000

test("entries are read in their order, and nothing else is one", () => {
  const place = new StreamPlace()
  expect([place.last, place.oldest]).toEqual(["0", "0"])
  expect(["5-0", "5-1", "6-0"].map((id) => place.read(id, 1))).toEqual([true, true, true])
  expect(["6-0", "5-2", "x", "7", ""].map((id) => place.read(id, 1))).toEqual([false, false, false, false, false])
  expect(place.last).toBe("6-0")
})

test("what is older than a day need not be kept", () => {
  const place = new StreamPlace()
  place.read(`${NOW - 2 * DAY_MS}-0`, 10)
  place.read(`${NOW}-0`, 10)
  expect(place.oldest).toBe(String(NOW - DAY_MS))
})

test("nor is what comes before as much as memories hold, however small the entries are", () => {
  for (const [bytes, counted] of [
    [16 * 1024, 16 * 1024],
    [1, 1024],
  ] as const) {
    const place = new StreamPlace(MOST_BYTES)
    const count = (MOST_BYTES / counted) * 3
    for (let serial = 0; serial < count; serial++) place.read(`${NOW}-${serial}`, bytes)
    const kept = (count - Number(place.oldest.split("-")[1])) * counted
    expect(kept).toBeLessThanOrEqual(MOST_BYTES)
    expect(kept).toBeGreaterThan(MOST_BYTES * 0.85)
  }
})

test("a stream that ends before the last entry that was read is another one", () => {
  const place = new StreamPlace()
  place.read("9-3", 1)
  for (const same of ["9-3", "9-4", "10-0"]) {
    place.compare(same)
    expect(place.last).toBe("9-3")
  }
  place.compare("9-2")
  expect([place.last, place.oldest]).toEqual(["0", "0"])
  place.read("9-2", 1)
  place.compare(undefined)
  expect(place.last).toBe("0")
})
