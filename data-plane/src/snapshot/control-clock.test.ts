import { expect, test } from "vitest"
import { ControlClock } from "./control-clock.ts"

test("it is known from the first time that was told, however far the clocks are apart", () => {
  const clock = new ControlClock()
  expect(clock.now(5)).toBeUndefined()
  clock.hear(1_000_000, 100)
  expect([clock.now(100), clock.now(350)]).toEqual([1_000_000, 1_000_250])
})

test("a frame that was held up makes it no earlier", () => {
  const clock = new ControlClock()
  clock.hear(1_000_000, 0)
  clock.hear(1_005_000, 65_000)
  expect(clock.now(65_000)).toBe(1_065_000)
})

test("a clock that was set back is followed after a minute of heartbeats, one that was set forward at once", () => {
  const clock = new ControlClock()
  clock.hear(1_000_000, 0)
  for (let beat = 1; beat <= 12; beat++) clock.hear(500_000 + beat * 5_000, beat * 5_000)
  expect(clock.now(60_000)).toBe(560_000)
  clock.hear(9_000_000, 65_000)
  expect(clock.now(65_000)).toBe(9_000_000)
})
