import { expect, test } from "vitest"
import { utcDay, utcDayEnd } from "./utc-day.ts"

test("a day ends where the next one begins", () => {
  const noon = Date.parse("2026-02-28T12:00:00Z")
  expect(utcDay(noon)).toBe("2026-02-28")
  expect(utcDay(utcDayEnd("2026-02-28") - 1)).toBe("2026-02-28")
  expect(utcDay(utcDayEnd("2026-02-28"))).toBe("2026-03-01")
})
