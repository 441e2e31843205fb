import { expect, test } from "vitest"
import type { Clock } from "../clock.ts"
import { manualClock } from "../testing/manual-clock.ts"
import { Deadlines } from "./deadlines.ts"

test("each runs at its time, in order, with one timer for all", () => {
  const clock = manualClock()
  const deadlines = new Deadlines(clock)
  const ran: string[] = []
  const note = (name: string) => (): unknown => ran.push(`${name} ${clock.monotonic()}`)
  deadlines.after(300, note("late"))
  deadlines.after(100, note("soon"))
  const cleared = deadlines.after(200, note("never"))
  expect(clock.pending).toBe(1)
  deadlines.clear(cleared)
  clock.advance(1_000)
  expect(ran).toEqual(["soon 100", "late 300"])
  expect([clock.pending, deadlines.size]).toEqual([0, 0])
})

test("one that is set while others run is kept", () => {
  const clock = manualClock()
  const deadlines = new Deadlines(clock)
  const ran: number[] = []
  deadlines.after(100, () => deadlines.after(50, () => ran.push(clock.monotonic())))
  clock.advance(100)
  expect(clock.pending).toBe(1)
  clock.advance(50)
  expect(ran).toEqual([150])
})

test("a timer that fires early is set again", () => {
  const clock = manualClock()
  const impatient: Clock = { ...clock, after: (ms, run) => clock.after(Math.min(ms, 10), run) }
  const deadlines = new Deadlines(impatient)
  const ran: number[] = []
  deadlines.after(25, () => ran.push(clock.monotonic()))
  clock.advance(24)
  expect(ran).toEqual([])
  clock.advance(1)
  expect(ran).toEqual([25])
})

test("closing leaves no timer", () => {
  const clock = manualClock()
  const deadlines = new Deadlines(clock)
  deadlines.after(100, () => undefined)
  deadlines.close()
  expect(clock.pending).toBe(0)
})
