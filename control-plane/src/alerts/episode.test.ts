import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nextTurn, type Standing } from "./episode.ts"

const FOR_MS = 60_000

/** Plays a rule that is met or not at each look; the times at which its alert was raised or resolved. */
function play(looks: readonly { readonly afterMs: number; readonly isMet: boolean }[], forMs = FOR_MS) {
  let standing: Standing = { isMet: false, isRaised: false, turningSince: undefined }
  let now = 0
  const changes: { readonly at: number; readonly type: string }[] = []
  for (const { afterMs, isMet } of looks) {
    now += afterMs
    const turn = nextTurn({ ...standing, isMet }, forMs, now)
    if (turn.type === "raise" || turn.type === "resolve") changes.push({ at: now, type: turn.type })
    const isRaised = turn.type === "raise" || (standing.isRaised && turn.type !== "resolve")
    standing = { isMet, isRaised, turningSince: turn.type === "wait" ? turn.since : undefined }
  }
  return changes
}

describe("an alert", () => {
  it("is raised when its rule was met for long enough, and resolved when it was over for as long", () => {
    const looks = [true, true, true, true, true, false, false, false, false, false, false]
    const every = looks.map((isMet) => ({ afterMs: 15_000, isMet }))
    expect(play(every)).toEqual([
      { at: 75_000, type: "raise" },
      { at: 150_000, type: "resolve" },
    ])
  })

  it("is raised at once where nothing has to last", () => {
    expect(
      play(
        [
          { afterMs: 1, isMet: true },
          { afterMs: 1, isMet: false },
        ],
        0,
      ).map(({ type }) => type),
    ).toEqual(["raise", "resolve"])
  })

  const looks = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 40_000 }), isMet: fc.boolean() }))

  it("takes turns, and never changes twice within the time that it waits", () => {
    fc.assert(
      fc.property(looks, (all) => {
        const changes = play(all)
        for (const [index, { type, at }] of changes.entries()) {
          expect(type).toBe(index % 2 === 0 ? "raise" : "resolve")
          expect(at - (changes[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(FOR_MS)
        }
      }),
    )
  })

  it("is never raised by a rule that comes and goes faster than that", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 29_000 }), { maxLength: 50, size: "max" }), (gaps) => {
        expect(play(gaps.map((afterMs, index) => ({ afterMs, isMet: index % 2 === 0 })))).toEqual([])
      }),
    )
  })

  it("waits anew where the clock was put back", () => {
    const turn = nextTurn({ isMet: true, isRaised: false, turningSince: 1_000_000 }, FOR_MS, 5_000)
    expect(turn).toEqual({ type: "wait", since: 5_000 })
  })
})
