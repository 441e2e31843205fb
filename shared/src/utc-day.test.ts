import { expect, test } from "vitest"
import { utcDay, utcDayEnd, utcMonth, utcMonthEnd } from "./utc-day.ts"

test("a day ends where the next one begins", () => {
  const noon = Date.parse("2026-02-28T12:00:00Z")
  expect(utcDay(noon)).toBe("2026-02-28")
  expect(utcDay(utcDayEnd("2026-02-28") - 1)).toBe("2026-02-28")
  expect(utcDay(utcDayEnd("2026-02-28"))).toBe("2026-03-01")
})

test.each([
  ["2026-02", "2026-03-01T00:00:00.000Z"],
  ["2026-12", "2027-01-01T00:00:00.000Z"],
])("the month %s ends at %s", (month, end) => {
  expect(new Date(utcMonthEnd(month)).toISOString()).toBe(end)
  expect(utcMonth(utcMonthEnd(month) - 1)).toBe(month)
  expect(utcMonth(utcMonthEnd(month))).toBe(end.slice(0, 7))
})
