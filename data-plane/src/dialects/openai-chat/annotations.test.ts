import { describe, expect, it } from "vitest"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerOf, framesOf } from "../testing/fixtures.ts"
import { openaiChatClient } from "./index.ts"

const GROUNDING = {
  queries: ["q"],
  sources: [
    { url: "https://one.example/", title: "one" },
    { url: "https://two.example/", title: "two" },
  ],
  citations: [{ start: 0, end: 5, text: "Paris", sources: [0, 1, 7] }],
}

const citation = (url: string, title: string) => ({
  type: "url_citation",
  url_citation: { url, title, start_index: 0, end_index: 5 },
})
const ANNOTATIONS = [citation("https://one.example/", "one"), citation("https://two.example/", "two")]

const parts = (grounding: typeof GROUNDING): readonly StreamPart[] => [
  { type: "response-start" },
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text: "Paris" },
  { type: "text-end", block: 0 },
  { type: "grounding", grounding },
  { type: "response-end", finishReason: { unified: "stop" } },
]
const { value: request } = openaiChatClient.decodeRequest(
  { model: "m", stream: true, messages: [{ role: "user", content: "hi" }], web_search_options: {} },
  {},
)

describe("sources of an answer", () => {
  it("are annotations of a whole answer", () => {
    expect(answerOf(openaiChatClient, parts(GROUNDING), request).body).toMatchObject({
      choices: [{ message: { content: "Paris", annotations: ANNOTATIONS } }],
    })
  })

  it("come with the last content of a stream", () => {
    const frames = framesOf(openaiChatClient, parts(GROUNDING), request).join("")
    const deltas = frames
      .split("\n")
      .filter((line) => line.startsWith("data: {"))
      .map((line) => JSON.parse(line.slice("data: ".length)).choices[0].delta)
    expect(deltas).toEqual([
      { role: "assistant", content: "" },
      { content: "Paris" },
      { content: "", annotations: ANNOTATIONS },
      {},
    ])
  })

  it("are what the whole content rests on where no stretch is told", () => {
    const uncited = parts({ ...GROUNDING, citations: [] })
    expect(answerOf(openaiChatClient, uncited, request).body).toMatchObject({
      choices: [{ message: { annotations: ANNOTATIONS } }],
    })
    expect(framesOf(openaiChatClient, uncited, request).join("")).toContain(JSON.stringify(ANNOTATIONS))
  })

  it("that are none are not written", () => {
    const nothing = parts({ queries: ["q"], sources: [], citations: [] })
    expect(JSON.stringify(answerOf(openaiChatClient, nothing, request).body)).not.toContain("annotations")
    expect(framesOf(openaiChatClient, nothing, request).join("")).not.toContain("annotations")
  })
})
