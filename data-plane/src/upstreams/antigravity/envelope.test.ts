import fc from "fast-check"
import { expect, test } from "vitest"
import type { ChatRequest } from "../../canonical/request.ts"
import { textUnwrapper, unwrapEvent, wrapBody } from "./envelope.ts"
import { sessionId } from "./session-id.ts"

test("the spliced envelope is what serialising it whole would give", () => {
  const name = fc.string({ maxLength: 30, size: "max", unit: "grapheme" })
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), name, name, name, (request, projectId, requestId, model) => {
      const bytes = wrapBody({
        projectId,
        requestId,
        model,
        sessionId: "-1",
        body: Buffer.from(JSON.stringify(request)),
      })
      const whole = {
        project: projectId,
        requestId,
        model,
        userAgent: "antigravity",
        requestType: "agent",
        request: { ...request, sessionId: "-1" },
      }
      expect(JSON.parse(bytes.toString())).toEqual(JSON.parse(JSON.stringify(whole)))
    }),
  )
})

test("an empty request is an object with its session only", () => {
  const bytes = wrapBody({ projectId: "p", requestId: "r", model: "m", sessionId: "5", body: Buffer.from("{}") })
  expect(JSON.parse(bytes.toString()).request).toEqual({ sessionId: "5" })
})

test.each([
  ["web-search", "web_search"],
  ["image", "image_gen"],
] as const)("a call for %s is of the type %s", (purpose, requestType) => {
  const body = Buffer.from("{}")
  const bytes = wrapBody({ projectId: "p", requestId: "r", model: "m", purpose, sessionId: "5", body })
  expect(JSON.parse(bytes.toString())).toMatchObject({ userAgent: "antigravity", requestType })
})

test("an event comes out of its envelope, bare ones and errors stay as they are", () => {
  expect(unwrapEvent({ response: { candidates: [] }, traceId: "t" })).toEqual({ candidates: [] })
  expect(unwrapEvent({ candidates: [] })).toEqual({ candidates: [] })
  expect(unwrapEvent({ error: { code: 503 }, response: {} })).toEqual({ error: { code: 503 }, response: {} })
  expect(unwrapEvent("text")).toBe("text")
})

const spaces = fc.constantFrom("", " ", "\n", "\t ")

test("the text of an event is the bytes between the envelope's braces, whatever stands beside it", () => {
  const others = fc.dictionary(fc.constantFrom("traceId", "a", '"response"', "response "), fc.jsonValue())
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), others, others, spaces, (inner, before, after, space) => {
      const text = JSON.stringify(inner, undefined, space)
      const members = [
        ...Object.entries(before).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`),
        `"response"${space}:${space}${text}${space}`,
        ...Object.entries(after).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`),
      ]
      const data = `{${space}${members.join(`${space},${space}`)}${space}}`
      const event: unknown = JSON.parse(data)
      const unwrapText = textUnwrapper()
      const expected = "error" in (event as object) ? data : text // an object, by its brace
      expect([unwrapText(data, event), unwrapText(data, event)]).toEqual([expected, expected])
    }),
  )
})

test("what stands around the events of one answer may change", () => {
  const unwrapText = textUnwrapper()
  const inner = ['{"a":1}', '{"a":{"traceId":"t"}}', '[",\\"traceId\\":\\"t\\"}"]', "7"]
  const around = [
    (text: string) => `{"response":${text},"traceId":"t"}`,
    (text: string) => `{"response":${text},"other":{"traceId":"t"},"traceId":"t"}`,
    (text: string) => `{"traceId":"t","response":${text}}`,
    (text: string) => `{"response":${text}}`,
  ]
  for (const wrap of [...around, ...around.toReversed(), ...around]) {
    for (const text of inner) expect(unwrapText(wrap(text), JSON.parse(wrap(text)))).toBe(text)
  }
})

test("an event without an envelope, or with an error at its root, is its own text", () => {
  for (const data of ['{"candidates":[]}', '{"error":{"code":503},"response":{}}', '"text"', "[1]"])
    expect(textUnwrapper()(data, JSON.parse(data))).toBe(data)
})

const request = (texts: readonly string[], conversation?: string): ChatRequest => ({
  model: "m",
  stream: true,
  system: [],
  turns: texts.map((text, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    parts: [{ type: "text", text }],
  })),
  sampling: {},
  extra: {},
  ...(conversation === undefined ? {} : { conversation }),
})

test("a conversation keeps its session as it grows, and no two tenants share one", () => {
  const first = sessionId(request(["hello"]), "tenant")
  expect(sessionId(request(["hello", "hi", "more"]), "tenant")).toBe(first)
  expect(sessionId(request(["hello"]), "other")).not.toBe(first)
  expect(sessionId(request(["hello"], "hint"), "tenant")).toBe(sessionId(request(["something else"], "hint"), "tenant"))
  expect(BigInt.asIntN(64, BigInt(first)).toString()).toBe(first)
})

test("a conversation that opens with a picture alone is told from another", () => {
  const drawn = (data: string): ChatRequest => ({
    ...request([]),
    turns: [{ role: "user", parts: [{ type: "media", mediaType: "image/png", data }] }],
  })
  expect(sessionId(drawn("AAAA"), "tenant")).toBe(sessionId(drawn("AAAA"), "tenant"))
  expect(sessionId(drawn("AAAA"), "tenant")).not.toBe(sessionId(drawn("BBBB"), "tenant"))
})
