import { describe, expect, it } from "vitest"
import { FirstWords } from "./first-words.ts"

function listen() {
  const written: string[] = []
  const words = new FirstWords((line, child = "end") => void written.push(`${child}: ${line}`))
  return { words, written }
}

describe("what a child says on its error output while it starts", () => {
  it("is written when it has started, and all later lines at once", () => {
    const { words, written } = listen()
    words.hear("a", "a warning of Node's")
    expect(written).toEqual([])
    words.started("a")
    expect(written).toEqual(["a: a warning of Node's"])
    words.hear("a", "another")
    expect(written).toEqual(["a: a warning of Node's", "a: another"])
  })

  it("is written at its end, and each start is a new one", () => {
    const { words, written } = listen()
    words.started("a")
    words.ended("a", false)
    words.hear("a", "it starts again")
    expect(written).toEqual([])
    words.ended("a", false)
    expect(written).toEqual(["a: it starts again"])
  })

  it("is the last of all where it is why nothing starts, and once where both say the same", () => {
    const { words, written } = listen()
    for (const name of ["a", "b"]) for (const line of ["Port 8088 is in use.", "Take another."]) words.hear(name, line)
    for (const name of ["a", "b"]) words.ended(name, true)
    expect(written).toEqual([])
    words.sayRefusals()
    expect(written).toEqual(["end: Port 8088 is in use.\nTake another."])
  })
})
