/** Messages: upstream events to the frames a client sees. */
import { describe, expect, it } from "vitest"
import { clientDialects } from "./index.ts"
import { answerOf, fixtureNames, framesOf, partsOf, REQUESTS, upstreamBytes } from "./testing/fixtures.ts"

const messages = clientDialects["anthropic-messages"]
const request = messages.decodeRequest(REQUESTS["anthropic-messages"], {}).value

interface Frame {
  readonly event: string
  readonly data: { readonly type: string; readonly index?: number }
}

function framesIn(fixture: string): Frame[] {
  const text = framesOf(messages, partsOf([upstreamBytes(fixture)]), request).join("")
  expect(text.endsWith("\n\n")).toBe(true)
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((frame) => {
      // Nothing but these two lines: no comment, no frame without a name, no data over several lines.
      const [, event = "", data = ""] = /^event: (\w+)\ndata: (\{[^\n]*\})$/.exec(frame) ?? []
      expect({ frame, event }).not.toMatchObject({ event: "" })
      return { event, data: JSON.parse(data) as Frame["data"] } // an object, by its braces
    })
}

describe.each(fixtureNames())("R2 %s", (fixture) => {
  it("names every frame in its event and in its data alike", () => {
    for (const { event, data } of framesIn(fixture)) expect(data.type).toBe(event)
  })

  it("G101 opens and closes one block after the other, without a gap in their indices", () => {
    const frames = framesIn(fixture)
    let open: number | undefined
    let next = 0
    for (const { data } of frames) {
      if (data.type === "content_block_start") {
        expect({ index: data.index, open }).toEqual({ index: next, open: undefined })
        open = next
        next += 1
      } else if (data.type === "content_block_delta") expect(data.index).toBe(open)
      else if (data.type === "content_block_stop") {
        expect(data.index).toBe(open)
        open = undefined
      } else if (data.type !== "error" && data.type !== "ping") expect(open).toBeUndefined()
    }
    const outer = frames.map(({ event }) => event).filter((event) => !/^content_block|^ping$/.test(event))
    const isFailure = answerOf(messages, partsOf([upstreamBytes(fixture)]), request).status !== 200
    const end = isFailure ? ["error"] : ["message_delta", "message_stop"]
    expect([["message_start", ...end], end]).toContainEqual(outer)
  })
})
