import { describe, expect, it } from "vitest"
import { estimateInputTokens } from "./input-estimate.ts"
import { TurnList } from "./turn-list.ts"

const text = (value: string) => ({ type: "text" as const, text: value })

describe("TurnList", () => {
  it("keeps leading system text apart, a part a block, without empty ones", () => {
    const list = new TurnList()
    list.addSystem(["one", ""])
    list.addSystem(["two"])
    list.addTurn("user", [text("hi")])
    expect(list.system).toEqual([text("one"), text("two")])
    expect(list.added).toEqual([])
  })

  it("puts later system text into the user's turn at the same place", () => {
    const list = new TurnList()
    list.addTurn("user", [text("hi")])
    list.addSystem(["be", "brief"])
    list.addTurn("assistant", [text("ok")])
    expect(list.turns).toEqual([
      { role: "user", parts: [text("hi"), text("<system-reminder>\nbe\nbrief\n</system-reminder>")] },
      { role: "assistant", parts: [text("ok")] },
    ])
    expect(list.added).toEqual(["+system-reminder"])
  })

  it("takes system text after a message that lost all its parts for a later one", () => {
    const list = new TurnList()
    list.addTurn("user", [])
    list.addSystem(["be brief"])
    expect(list.system).toEqual([])
    expect(list.turns).toHaveLength(1)
  })

  it("merges more parts than a call takes arguments", () => {
    const list = new TurnList()
    const many = Array.from({ length: 300_000 }, () => text("a"))
    list.addTurn("user", [text("b")])
    list.addTurn("user", many)
    expect(list.turns[0]?.parts).toHaveLength(many.length + 1)
  })

  it("merges adjacent turns of one role over empty ones", () => {
    const list = new TurnList()
    list.addTurn("user", [text("a")])
    list.addTurn("assistant", [text("")])
    list.addTurn("user", [text("b"), text("")])
    expect(list.turns).toEqual([{ role: "user", parts: [text("a"), text("b")] }])
  })
})

describe("estimateInputTokens", () => {
  it("counts system and turns and is never 0", () => {
    const request = { model: "m", stream: false, sampling: {}, extra: {} }
    expect(estimateInputTokens({ ...request, system: [], turns: [] })).toBe(1)
    const system = [{ type: "text" as const, text: "x".repeat(35) }]
    const turns = [{ role: "user" as const, parts: [{ type: "text" as const, text: "字".repeat(12) }] }]
    expect(estimateInputTokens({ ...request, system, turns })).toBe(24)
    const call = { type: "tool-call" as const, id: "i", name: "f", arguments: { x: "y".repeat(70) } }
    const content = [{ type: "media" as const, mediaType: "image/png", data: "aGk=" }]
    const result = { type: "tool-result" as const, callId: "i", content, isError: false }
    const more = [...turns, { role: "assistant" as const, parts: [call] }, { role: "user" as const, parts: [result] }]
    const tools = [{ name: "f", parameters: {} }]
    expect(estimateInputTokens({ ...request, system, turns: more, tools })).toBeGreaterThan(24 + 258 + 20)
  })
})
