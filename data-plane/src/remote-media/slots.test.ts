import { describe, expect, it } from "vitest"
import { Slots } from "./slots.ts"

const signal = new AbortController().signal

/** Work that ends when it is told to. */
function work() {
  let end: ((value: string) => void) | undefined
  const done = new Promise<string>((resolve) => (end = resolve))
  const state = { began: false, end: (value = "done") => end?.(value), run: () => ((state.began = true), done) }
  return state
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe("Slots", () => {
  it("runs so many at once, and the others in turn", async () => {
    const slots = new Slots(2)
    const works = [work(), work(), work(), work()]
    const ends = works.map(({ run }) => slots.run(signal, run))
    await turn()
    expect(works.map(({ began }) => began)).toEqual([true, true, false, false])
    works[1]?.end("second")
    expect(await ends[1]).toBe("second")
    await turn()
    expect(works.map(({ began }) => began)).toEqual([true, true, true, false])
    expect(slots.isIdle).toBe(false)
    for (const { end } of works) end()
    await Promise.all(ends)
    expect(slots.isIdle).toBe(true)
  })

  it("gives the slot of what failed to the next", async () => {
    const slots = new Slots(1)
    const failing = slots.run(signal, () => Promise.reject(new Error("no")))
    const next = slots.run(signal, async () => "yes")
    await expect(failing).rejects.toThrow("no")
    expect(await next).toBe("yes")
  })

  it("forgets who leaves the line, and lets nobody in who has left before", async () => {
    const slots = new Slots(1)
    const first = work()
    const held = slots.run(signal, first.run)
    const leaving = new AbortController()
    const left = work()
    const waiting = slots.run(leaving.signal, left.run)
    const last = slots.run(signal, async () => "last")
    leaving.abort(new Error("gone"))
    await expect(waiting).rejects.toThrow("gone")
    await expect(slots.run(leaving.signal, left.run)).rejects.toThrow("gone")
    first.end()
    await held
    expect(await last).toBe("last")
    expect(left.began).toBe(false)
    expect(await slots.run(signal, async () => "free")).toBe("free")
  })
})
