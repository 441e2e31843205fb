import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { readDirectives, readFault } from "./prompt-language.ts"

describe("the prompt language", () => {
  it("reads every key and leaves the prompt", () => {
    const read = readDirectives(
      'Hello [[sim:think=Hm.]][[sim:text=Hi]] [[sim:words=5]][[sim:finish=SAFETY]][[sim:call=ls {"path":"/"}]][[sim:call=pwd]]' +
        '[[sim:then]][[sim:text=Done.]][[sim:images=2]][[sim:drafts=1]][[sim:fault=cut {"bytes":3}]][[sim:delay=10ms]][[sim:pause=5]][[sim:chunks=4]][[sim:usage=after]][[sim:ids=on]][[sim:sources=3]][[sim:signature=9]]world',
    )
    expect(read).toEqual({
      prompt: "Hello  world",
      steps: [
        {
          think: "Hm.",
          text: "Hi",
          words: 5,
          finish: "SAFETY",
          calls: [
            { name: "ls", args: { path: "/" } },
            { name: "pwd", args: undefined },
          ],
        },
        { text: "Done.", images: 2, drafts: 1, calls: [] },
      ],
      faults: [{ kind: "cut", bytes: 3 }],
      delay: 10,
      pause: 5,
      chunks: 4,
      usage: "after",
      ids: true,
      sources: 3,
      padding: 9,
    })
  })

  it("takes brackets inside JSON and inside a JSON string", () => {
    expect(readDirectives('[[sim:call=f {"a":[[1],["]]"]]}]]after').steps[0]?.calls[0]?.args).toEqual({
      a: [[1], ["]]"]],
    })
    expect(readDirectives('[[sim:text="a ]] b\\n"]]after')).toMatchObject({
      prompt: "after",
      steps: [{ text: "a ]] b\n" }],
    })
  })

  it.each([
    "[[sim:",
    "[[sim:text",
    "[[sim:text=a",
    '[[sim:text="a]]',
    "[[sim:nonsense=1]]",
    "[[other]]",
    '[[sim:call=f {"a"]]',
  ])("keeps %j as text", (text) => expect(readDirectives(`x ${text} y`).prompt).toBe(`x ${text} y`))

  it("returns any text of a JSON string unaltered", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, before) => {
        fc.pre(!before.includes("[[sim:"))
        return readDirectives(`${before}[[sim:text=${JSON.stringify(text)}]]`).steps[0]?.text === text
      }),
    )
  })

  it("never throws and takes linear time", () => {
    const pieces = fc.constantFrom("[[sim:", "]]", "text=", '"', "{", "}", "call=f ", "\\", "then", "a", "=")
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60, size: "max" }),
        (list) => typeof readDirectives(list.join("")).prompt === "string",
      ),
    )
    const spent = cpuMs(() => {
      readDirectives("[[sim:x=1]]".repeat(20_000))
      readDirectives("[[sim:text=".repeat(20_000))
    })
    expect(spent).toBeLessThan(2000)
  })

  it("reads faults in their short form", () => {
    expect(readFault("internal")).toEqual({ kind: "internal" })
    expect(readFault('capacity-retry {"delayMs":100}')).toEqual({ kind: "capacity-retry", delayMs: 100 })
    expect(readFault("capacity nonsense")).toEqual({ kind: "capacity" })
  })
})
