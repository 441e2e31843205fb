import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { decodeRequest } from "./decode-request.ts"

const decode = (more: object, headers = {}) => decodeRequest({ model: "m", prompt: "Once upon", ...more }, headers)

describe("decodeRequest", () => {
  it("makes one turn of the user of a prompt", () => {
    const turns = [{ role: "user", parts: [{ type: "text", text: "Once upon" }] }]
    expect(decode({}).value).toMatchObject({ model: "m", stream: false, system: [], turns, sampling: {} })
    expect(decode({ prompt: ["Once upon"] })).toEqual(decode({}))
  })

  it("reads the limits, and what tells conversations apart", () => {
    const sampling = { max_tokens: 5, temperature: 0.5, top_p: 0.9, top_k: 4, seed: 3, stop: ["a", "", "b"] }
    expect(decode(sampling).value.sampling).toEqual({
      maxOutputTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      seed: 3,
      stop: ["a", "b"],
    })
    expect(decode({ top_k: -1, stop: "" }).value.sampling).toEqual({})
    expect([decode({ n: 3 }).value.choices, decode({ n: 1 }).value.choices]).toEqual([3, undefined])
    expect(decode({ user: "u" }).value.conversation).toBe("u")
    expect(decode({ user: "u" }, { "x-session-id": "s" }).value.conversation).toBe("s")
  })

  it.each<[string, object, string, RegExp]>([
    ["no model", { model: "" }, "model", /name the model/],
    ["no prompt", { prompt: undefined }, "prompt", /a text is required/],
    ["an empty prompt", { prompt: "" }, "prompt", /a text is required/],
    ["an empty list", { prompt: [] }, "prompt", /a text is required/],
    ["token ids", { prompt: [1, 2, 3] }, "prompt", /send the text/],
    ["lists of token ids", { prompt: [[1, 2], [3]] }, "prompt", /send the text/],
    ["two prompts", { prompt: ["a", "b"] }, "prompt", /one prompt a request/],
    ["a suffix", { suffix: "the end" }, "suffix", /fills in the middle/],
    ["too many choices", { n: 11 }, "n", /at most 10/],
    ["a limit of nothing", { max_tokens: 0 }, "max_tokens", /at least 1/],
    ["options that are none", { stream_options: [] }, "stream_options", /an object/],
  ])("refuses %s and says what to do", (_name, more, param, sentence) => {
    expect(() => decode(more)).toThrow(sentence)
    expect(() => decode(more)).toThrow(expect.objectContaining({ param }))
  })

  it("takes what means nothing, and records what is lost", () => {
    expect(decode({ n: 1, suffix: "", logprobs: 3, frequency_penalty: 1 })).toEqual(decode({}))
    expect(decode({ best_of: 3, logit_bias: { 1: 2 }, tomorrow: true }).dropped).toEqual([
      "best_of",
      "logit_bias",
      "tomorrow",
    ])
  })

  it("gives a request or an error of its own, whatever comes", () => {
    const keys = fc.constantFrom(
      "prompt",
      "model",
      "suffix",
      "n",
      "stop",
      "echo",
      "stream_options",
      "max_tokens",
      "user",
    )
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (body) => {
        try {
          expect(decode(body).value.turns).toHaveLength(1)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
    )
  })
})
