import { describe, expect, it } from "vitest"
import { decodeRequest } from "./decode-request.ts"

const decode = (contents: readonly object[]) => decodeRequest({ contents }, {}, { rest: "gemini-3-flash" })
const model = (...parts: readonly object[]) => ({ role: "model", parts })
const USER = { role: "user", parts: [{ text: "hi" }] }
/** The parts of the model's turn, without what only this wire knows. */
const turnOf = (...contents: readonly object[]) => {
  const { value, dropped } = decode([USER, ...contents])
  const parts = value.turns[1]?.parts.map((part) => {
    const { extra: _extra, ...rest } = part as { extra?: unknown } // every part that is decoded here
    return rest
  })
  return { parts, dropped }
}

describe("an answer that comes back in the pieces of its stream", () => {
  const thought = (text: string, thoughtSignature?: string) => ({ text, thought: true, thoughtSignature })

  it.each<[string, readonly object[]]>([
    ["in one content", [model(thought("one "), thought("two"), thought("", "s"), { text: "a" })]],
    [
      "in a content each",
      [model(thought("one ")), model(thought("two")), model(thought("", "s")), model({ text: "a" })],
    ],
    ["with the last piece signed", [model(thought("one "), thought("two", "s"), { text: "a" })]],
  ])("has its thought whole, %s", (_name, contents) => {
    expect(turnOf(...contents)).toEqual({
      parts: [
        { type: "reasoning", text: "one two", signature: "s" },
        { type: "text", text: "a" },
      ],
      dropped: [],
    })
  })

  it("has as many thoughts as signatures, and none over what stands between them", () => {
    const parts = [thought("one", "s1"), thought("two"), thought("", "s2"), { text: "a" }, thought("three")]
    expect(turnOf(model(...parts)).parts).toEqual([
      { type: "reasoning", text: "one", signature: "s1" },
      { type: "reasoning", text: "two", signature: "s2" },
      { type: "text", text: "a" },
      { type: "reasoning", text: "three" },
    ])
  })

  it.each<[string, readonly object[]]>([
    ["in one content", [model({ text: "a" }, { text: "b" }, { text: "", thoughtSignature: "s" })]],
    ["in a content each", [model({ text: "a" }), model({ text: "b" }), model({ text: "", thoughtSignature: "s" })]],
  ])("has the signature that came after its text on the text, %s", (_name, contents) => {
    expect(turnOf(...contents)).toEqual({
      parts: [
        { type: "text", text: "a" },
        { type: "text", text: "b", signature: "s" },
      ],
      dropped: [],
    })
  })

  it("says which signature belongs to nothing that can be sent", () => {
    const call = { functionCall: { name: "f", args: {} } }
    expect(turnOf(model(call, { text: "", thoughtSignature: "s" })).dropped).toEqual([
      "contents[1].parts[1].thoughtSignature",
    ])
  })

  it("G152 has the results of all its calls, without ids and whatever content they stand in", () => {
    const call = (name: string) => model({ functionCall: { name, args: {} } })
    const result = (name: string) => ({ functionResponse: { name, response: { output: name } } })
    const { value } = decode([
      USER,
      call("f"),
      call("g"),
      call("f"),
      { parts: [result("f"), result("g"), result("f")] },
    ])
    const ids = value.turns[1]?.parts.map((part) => (part.type === "tool-call" ? part.id : ""))
    expect(new Set(ids).size).toBe(3)
    const answered = value.turns[2]?.parts.map((part) => (part.type === "tool-result" ? part.callId : ""))
    expect(answered).toEqual(ids)
  })
})
