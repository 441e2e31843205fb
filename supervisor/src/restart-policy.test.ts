import { property, assert, array, constantFrom, record, integer, option } from "fast-check"
import { describe, expect, it } from "vitest"
import {
  firstState,
  LONGEST_DELAY_MS,
  nextState,
  restartDelay,
  STABLE_MS,
  type ChildEvent,
  type ChildState,
} from "./restart-policy.ts"

/** Plays events at their times and returns the waits that were asked for. */
function waits(events: readonly (readonly [number, ChildEvent])[]): number[] {
  let state = firstState(0)
  const asked: number[] = []
  for (const [at, event] of events) {
    const next = nextState(state, event, at)
    state = next.state
    if (next.action?.type === "wait") asked.push(next.action.ms)
  }
  return asked
}

const exited = (code?: number): ChildEvent => ({ type: "exited", code })
const due: ChildEvent = { type: "due" }
const started: ChildEvent = { type: "started" }

describe("restart policy", () => {
  it("starts again at once, then after doubled delays up to the cap", () => {
    expect([0, 1, 2, 3, 4].map(restartDelay)).toEqual([0, 250, 500, 1000, 2000])
    expect(restartDelay(60)).toBe(LONGEST_DELAY_MS)
  })

  it("counts failures in a row, whether the child had started or was killed on its way", () => {
    expect(
      waits([
        [10, started],
        [20, exited(1)],
        [20, due],
        [30, exited()],
        [280, due],
        [290, exited(1)],
      ]),
    ).toEqual([0, 250, 500])
  })

  it("forgets the failures after a stable minute", () => {
    const dieTwice = [
      [1, started],
      [2, exited()],
      [2, due],
      [3, exited()],
      [300, due],
    ] as const
    expect(waits([...dieTwice, [300 + STABLE_MS - 1, exited()]])).toEqual([0, 250, 500])
    expect(waits([...dieTwice, [300 + STABLE_MS, exited()]])).toEqual([0, 250, 0])
  })

  it("does not start again what refused to start", () => {
    expect(nextState(firstState(0), exited(1), 5)).toEqual({ state: { type: "ended", refused: true } })
  })

  it("starts again what was killed before it started, and what ends with 1 after it had started once", () => {
    expect(nextState(firstState(0), exited(undefined), 5).action).toEqual({ type: "wait", ms: 0 })
    const again = nextState(nextState(firstState(0), started, 1).state, exited(1), 5)
    expect(again.action).toEqual({ type: "wait", ms: 0 })
    expect(nextState(nextState(again.state, due, 5).state, exited(1), 6).action).toEqual({ type: "wait", ms: 250 })
  })

  it("never spawns after a stop, whatever comes", () => {
    const event = constantFrom<ChildEvent["type"]>("started", "exited", "due", "stop").chain((type) =>
      record({ type: constantFrom(type), code: option(integer({ min: 0, max: 255 }), { nil: undefined }) }),
    )
    assert(
      property(array(event), array(event), (before, after) => {
        let state: ChildState = firstState(0)
        const play = (one: { type: ChildEvent["type"]; code: number | undefined }) => {
          const next = nextState(state, one, 0)
          state = next.state
          return next.action?.type
        }
        before.forEach(play)
        play({ type: "stop", code: undefined })
        expect(after.map(play)).not.toContain("spawn")
        expect(["stopping", "ended"]).toContain(state.type)
      }),
    )
  })
})
