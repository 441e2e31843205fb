import { describe, expect, it } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { RelayedEvent } from "../dialects/dialect.ts"
import { clientDialects } from "../dialects/index.ts"
import { answerContext, REQUESTS } from "../dialects/testing/fixtures.ts"
import { manualClock } from "../testing/manual-clock.ts"
import { createAnswer, type Answer } from "./answer.ts"
import type { Responder } from "./responder.ts"

/** A relayed answer, by hand: what is held, what is forgotten, what is written. */

const USAGE = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 }
const relayed = (event: object): RelayedEvent => ({ type: "relayed-event", text: JSON.stringify(event), event })
const says = (text: string, finishReason?: string) =>
  relayed({ candidates: [{ content: { parts: [{ text }] }, ...(finishReason === undefined ? {} : { finishReason }) }] })
const delta = (text: string): StreamPart[] => [
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text },
]
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop", raw: "STOP" } }

function open(stream: boolean): { answer: Answer; written: string[] } {
  const dialect = clientDialects.gemini
  const request = { ...dialect.decodeRequest(REQUESTS.gemini, {}).value, stream }
  const written: string[] = []
  let hasHead = false
  const fake: Partial<Responder> = {
    get hasHead() {
      return hasHead
    },
    head: () => void (hasHead = true),
    write: (text) => written.push(text) > 0,
    end: (text = "") => void written.push(text),
    answer: (_status, _headers, body) => void written.push(body),
    onDrain: () => undefined,
  }
  const answer = createAnswer({
    dialect,
    context: answerContext(request),
    responder: fake as Responder, // as far as an answer uses it
    clock: manualClock(),
    headHeaders: () => ({}),
    onFirstContent: () => undefined,
    onStall: () => undefined,
  })
  return { answer, written }
}

describe.each([true, false])("relayed, stream %s", (stream) => {
  it("forgets the events of an attempt that brought no content", () => {
    const { answer, written } = open(stream)
    answer.begin(new Map())
    answer.part({ type: "response-start" })
    answer.event(relayed({ usageMetadata: { promptTokenCount: 99 }, responseId: "first" }), false)
    answer.flush()
    expect([answer.hasContent, written]).toEqual([false, []])
    answer.begin(new Map())
    answer.event(relayed({ usageMetadata: USAGE, responseId: "second" }), false)
    for (const part of delta("a")) answer.part(part)
    answer.event(says("a"), false)
    answer.event(says("", "STOP"), false)
    answer.part(END)
    answer.complete()
    const text = written.join("")
    expect(answer.hasContent).toBe(true)
    expect(text).toContain('"second"')
    expect(text).not.toContain('"first"')
    if (stream) expect(text.indexOf('"second"')).toBeLessThan(text.indexOf('"STOP"'))
  })

  it("gives the upstream's own word for a failure instead of an error, after what was held", () => {
    const { answer, written } = open(stream)
    answer.begin(new Map())
    answer.event(relayed({ responseId: "held" }), false)
    answer.event(says("", "MALFORMED_FUNCTION_CALL"), true)
    expect(answer.fail(new GatewayError("upstream_malformed_call", "No."))).toBe(true)
    expect(written.join("")).not.toContain('"error"')
    expect(written.join("")).toMatch(/held.*MALFORMED_FUNCTION_CALL|MALFORMED_FUNCTION_CALL.*held/s)
  })
})
