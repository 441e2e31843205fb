import { describe, expect, it } from "vitest"
import { answerContext } from "../testing/fixtures.ts"
import { newestTexts } from "./compaction.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeResponse } from "./encode-response.ts"

const COMPACT = { rest: "", form: "compact" }
const user = (content: string) => ({ role: "user", content })

describe("a conversation made short", () => {
  const tools = [{ type: "function", name: "f", parameters: {} }]
  const input = [
    user("one"),
    { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "done" },
    { role: "assistant", content: "two" },
    user("three"),
  ]

  it("asks for a summary at its end, with the tools of its calls and no call to come", () => {
    const { value, dropped } = decodeRequest(
      { model: "m", input, tools, tool_choice: "auto", stream: true },
      {},
      COMPACT,
    )
    expect(value.turns.at(-1)).toMatchObject({
      role: "user",
      parts: [{ text: "three" }, { text: expect.stringMatching(/^Summarise/) }],
    })
    expect(value).toMatchObject({ stream: false, tools: [{ name: "f" }], toolChoice: { type: "none" } })
    expect(dropped).toEqual(["+compaction-prompt"])
  })

  it("is the user's newest words and the sealed summary", () => {
    const request = decodeRequest({ model: "m", input, tools }, {}, COMPACT).value
    const context = { ...answerContext(request), sealText: (text: string) => `gw1.${text}` }
    const parts = [{ type: "text" as const, text: "All is done." }]
    expect(encodeResponse({ parts, finishReason: { unified: "stop" }, usage: { inputTokens: 7 } }, context)).toEqual({
      id: "resp_01k7fixture0000000000000000",
      object: "response.compaction",
      created_at: 1_760_000_000,
      output: [
        {
          id: "msg_01k7fixture0000000000000000_0",
          type: "message",
          role: "user",
          status: "completed",
          content: [{ type: "input_text", text: "one" }],
        },
        {
          id: "msg_01k7fixture0000000000000000_1",
          type: "message",
          role: "user",
          status: "completed",
          content: [{ type: "input_text", text: "three" }],
        },
        { id: "cmp_01k7fixture0000000000000000_2", type: "compaction", encrypted_content: "gw1.All is done." },
      ],
      usage: expect.objectContaining({ input_tokens: 7 }),
    })
  })

  it("is an error without a summary", () => {
    const request = decodeRequest({ model: "m", input }, {}, COMPACT).value
    const empty = { parts: [], finishReason: { unified: "refusal" as const }, usage: {} }
    expect(() => encodeResponse(empty, answerContext(request))).toThrow(
      expect.objectContaining({ code: "upstream_empty_answer" }),
    )
  })

  it.each([
    ["length", "upstream_interrupted"],
    ["refusal", "upstream_empty_answer"],
  ] as const)("is an error when it ended by %s, whatever was written of it", (unified, code) => {
    const request = decodeRequest({ model: "m", input }, {}, COMPACT).value
    const half = { parts: [{ type: "text" as const, text: "All is" }], finishReason: { unified }, usage: {} }
    expect(() => encodeResponse(half, answerContext(request))).toThrow(expect.objectContaining({ code }))
  })

  it("comes back as a sealed text at its place", () => {
    const items = [user("one"), { type: "compaction", id: "cmp_1", encrypted_content: "gw1.x" }, user("two")]
    expect(decodeRequest({ model: "m", input: items }, {}).value.turns).toEqual([
      {
        role: "user",
        parts: [
          { type: "text", text: "one" },
          { type: "sealed-text", carrier: "gw1.x", param: "input[1]" },
          { type: "text", text: "two" },
        ],
      },
    ])
  })
})

describe("newestTexts", () => {
  it("keeps order, and cuts the oldest one that has no room", () => {
    expect(newestTexts(["a", "b"])).toEqual(["a", "b"])
    const long = "x".repeat(63_999)
    expect(newestTexts(["old", "abc", long])).toEqual(["c", long])
    expect(newestTexts([`🙂${"x".repeat(63_999)}`])).toEqual(["x".repeat(63_999)])
    expect(newestTexts([`${"y".repeat(10)}${"x".repeat(64_000)}`])).toEqual(["x".repeat(64_000)])
  })
})
