import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { assertWellFormed } from "../canonical/well-formed.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"
import {
  answerOf,
  fixtureFiles,
  fixtureNames,
  fixturePath,
  framesOf,
  partsOf,
  partsText,
  REQUESTS,
  upstreamBytes,
} from "./testing/fixtures.ts"

/** Every upstream stream through every client dialect, compared with the files beside it; `vitest -u` writes them anew. */

const names: readonly ClientDialectName[] = [
  "openai-chat",
  "openai-responses",
  "openai-completions",
  "anthropic-messages",
  "gemini",
]
const requestOf = (name: ClientDialectName) => clientDialects[name].decodeRequest(REQUESTS[name], {}).value

describe.each(fixtureNames())("%s", (fixture) => {
  const parts = partsOf([upstreamBytes(fixture)])

  it("decodes to its parts, well formed", async () => {
    assertWellFormed(parts)
    await expect(partsText(parts)).toMatchFileSnapshot(fixturePath(`${fixture}.parts.jsonl`))
  })

  it("decodes to the same parts however it is cut", () => {
    const bytes = upstreamBytes(fixture)
    for (let at = 1; at < bytes.length; at += 1) {
      expect(partsText(partsOf([bytes.subarray(0, at), bytes.subarray(at)]))).toBe(partsText(parts))
    }
    expect(partsText(partsOf(Array.from(bytes, (byte) => Buffer.from([byte]))))).toBe(partsText(parts))
  })

  it.each(names)("streams in %s", async (name) => {
    const frames = framesOf(clientDialects[name], parts, requestOf(name)).join("")
    await expect(frames).toMatchFileSnapshot(fixturePath(`${fixture}.${name}.sse`))
  })

  it.each(names)("answers whole in %s", async (name) => {
    const answer = answerOf(clientDialects[name], parts, requestOf(name))
    await expect(`${JSON.stringify(answer, undefined, 2)}\n`).toMatchFileSnapshot(
      fixturePath(`${fixture}.${name}.json`),
    )
  })

  it.each(names)("streams the same in %s as it answers whole", (name) => {
    const dialect = clientDialects[name]
    const answer = answerOf(dialect, parts, requestOf(name))
    const stream = framesOf(dialect, parts, requestOf(name)).join("")
    const dataLines = stream.split("\n").filter((line) => line.startsWith("data: {"))
    const events = dataLines.map((line): unknown => JSON.parse(line.slice("data: ".length)))
    if (answer.status === 200 && name === "openai-responses")
      expect(events.at(-1)).toMatchObject({ response: answer.body })
    else if (answer.status === 200) expect(foldWire(events)).toEqual(foldWire([answer.body], true))
    else expect(JSON.stringify(events.at(-1))).toContain(errorMessageOf(answer.body))
  })
})

it("has a golden for every upstream stream and no other files", () => {
  const expected = fixtureNames().flatMap((fixture) => [
    `${fixture}.upstream.sse`,
    `${fixture}.parts.jsonl`,
    ...names.flatMap((name) => [`${fixture}.${name}.sse`, `${fixture}.${name}.json`]),
  ])
  expect(fixtureFiles().toSorted()).toEqual(expected.toSorted())
})

it("gives the same parts for random cuts of all streams", () => {
  fc.assert(
    fc.property(fc.constantFrom(...fixtureNames()), fc.array(fc.nat(), { maxLength: 12 }), (fixture, cuts) => {
      const bytes = upstreamBytes(fixture)
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
      const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
      expect(partsText(partsOf(chunks))).toBe(partsText(partsOf([bytes])))
    }),
  )
})

/** Text, reasoning, calls, finish reason and final usage of stream events or of one whole answer, whatever the dialect. */
function foldWire(events: readonly unknown[], isWhole = false): unknown {
  const folded = { text: "", reasoning: "", refusal: "", calls: "", finish: "", usage: "" }
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, key)
    else if (typeof value === "object" && value !== null) {
      if (key === "usage" || key === "usageMetadata") folded.usage = JSON.stringify(value)
      else if (key === "args") folded.calls += JSON.stringify(value)
      else if (key === "input") folded.calls += isWhole ? JSON.stringify(value) : ""
      else for (const [name, inner] of Object.entries(value)) visit(inner, name)
    } else if (typeof value === "string") {
      if (key === "content" || key === "text") folded.text += value
      if (key === "reasoning_content") folded.reasoning += value
      if (key === "name" || key === "arguments" || key === "partial_json") folded.calls += value
      if (key === "refusal" || key === "explanation" || key === "finishMessage") folded.refusal += value
      if (key === "finish_reason" || key === "stop_reason" || key === "finishReason") folded.finish = value
    }
  }
  for (const event of events) visit(event, "")
  return folded
}

function errorMessageOf(body: unknown): string {
  const message: unknown = JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    typeof value === "object" && value !== null && "message" in value && key !== "" ? value.message : value,
  )
  return typeof message === "object" && message !== null && "error" in message ? String(message.error) : ""
}
