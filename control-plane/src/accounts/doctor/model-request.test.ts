import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { failureInAnswer, modelRequest } from "./model-request.ts"

const NOW = Date.UTC(2026, 0, 1)
const classOf = (text: string): string | undefined => failureInAnswer(text, "a-project-1", NOW)?.class
const event = (candidate: object): string => `data: ${JSON.stringify({ response: { candidates: [candidate] } })}\n\n`
const said = (text: string) => ({ content: { parts: [{ text }] } })

describe("an answer", () => {
  test.each<[string, string, string | undefined]>([
    ["that says something and ends", event(said("OK")) + event({ finishReason: "STOP" }), undefined],
    [
      "without an envelope",
      `data: ${JSON.stringify({ candidates: [{ ...said("OK"), finishReason: "STOP" }] })}\n\n`,
      undefined,
    ],
    ["that only thought until its tokens ended", event({ finishReason: "MAX_TOKENS" }), undefined],
    ["whose last blank line is missing", event({ ...said("OK"), finishReason: "STOP" }).trimEnd(), undefined],
    ["with other line ends", event({ ...said("OK"), finishReason: "STOP" }).replaceAll("\n", "\r\n"), undefined],
    ["that ends without a word", event({ finishReason: "STOP" }), "empty"],
    ["that breaks off", event(said("OK")), "truncated"],
    ["that is none", "", "empty"],
    ["that is no JSON", "data: {oops\n\n", "server"],
    [
      "that says the model was retired",
      event({ ...said("Gemini 3 Pro is no longer available. Please switch to Gemini 3.1 Pro"), finishReason: "STOP" }),
      "client_version",
    ],
    [
      "that holds an error",
      `data: ${JSON.stringify({ error: { code: 503, status: "UNAVAILABLE", message: "No capacity available" } })}\n\n`,
      "capacity",
    ],
  ])("%s", (_name, text, expected) => {
    expect(classOf(text)).toBe(expected)
  })

  test("of any kind is judged", () => {
    const events = fc.array(
      fc.oneof(
        fc.jsonValue().map((json) => `data: ${JSON.stringify(json)}\n\n`),
        fc.string(),
      ),
    )
    fc.assert(
      fc.property(events, (list) => {
        const failure = failureInAnswer(list.join(""), "a-project-1", NOW)
        expect(failure === undefined || failure.message.length > 0).toBe(true)
      }),
    )
  })
})

test("Claude is told not to think, and a picture is asked for as one", () => {
  const ids = { projectId: "p", requestId: "r", sessionId: "-1" }
  expect(modelRequest({ model: "claude-sonnet-4-6", ...ids })).toMatchObject({
    requestType: "agent",
    request: {
      generationConfig: { maxOutputTokens: 16, thinkingConfig: { includeThoughts: false, thinkingBudget: 0 } },
    },
  })
  expect(modelRequest({ model: "gemini-3.1-flash-image", ...ids })).toMatchObject({ requestType: "image_gen" })
})
