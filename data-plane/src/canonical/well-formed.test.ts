import { describe, expect, it } from "vitest"
import { GatewayError } from "./error.ts"
import { isContent } from "./content.ts"
import type { StreamPart } from "./stream-part.ts"
import { assertWellFormed, createWellFormedChecker } from "./well-formed.ts"

const START: StreamPart = { type: "response-start" }
const END: StreamPart = { type: "response-end", finishReason: { unified: "stop" } }
const ERROR: StreamPart = { type: "error", error: new GatewayError("upstream_failed", "no") }
const USAGE: StreamPart = { type: "usage", usage: {} }
const textStart = (block: number): StreamPart => ({ type: "text-start", block })
const text = (block: number): StreamPart => ({ type: "text-delta", block, text: "x" })
const textEnd = (block: number): StreamPart => ({ type: "text-end", block })
const thoughtStart = (block: number): StreamPart => ({ type: "reasoning-start", block })
const thought = (block: number): StreamPart => ({ type: "reasoning-delta", block, text: "x" })
const thoughtEnd = (block: number): StreamPart => ({ type: "reasoning-end", block })

const callStart = (block: number): StreamPart => ({ type: "tool-input-start", block, id: "i", name: "f" })
const json = (block: number, piece = "{}"): StreamPart => ({ type: "tool-input-delta", block, json: piece })
const callEnd = (block: number): StreamPart => ({ type: "tool-input-end", block })

describe("assertWellFormed", () => {
  it.each<[string, StreamPart[]]>([
    ["an empty answer", [START, END]],
    ["an error at once", [ERROR]],
    ["an error inside a block", [START, textStart(0), text(0), ERROR]],
    [
      "blocks of both kinds",
      [START, thoughtStart(0), thought(0), thoughtEnd(0), textStart(1), text(1), text(1), textEnd(1), END],
    ],
    ["a call in pieces", [START, callStart(0), json(0, '{"a"'), json(0, ":1}"), callEnd(0), END]],
    ["usage anywhere between", [START, USAGE, textStart(0), USAGE, textEnd(0), USAGE, END]],
  ])("takes %s", (_name, parts) => {
    expect(() => assertWellFormed(parts)).not.toThrow()
  })

  it.each<[string, StreamPart[], string]>([
    ["no parts", [], "without response-end"],
    ["no end", [START, textStart(0), textEnd(0)], "stops after 3 parts"],
    ["content before the start", [textStart(0)], "before response-start"],
    ["two starts", [START, START], "comes twice"],
    ["anything after the end", [START, END, USAGE], "after the end"],
    ["anything after an error", [START, ERROR, END], "after the end"],
    ["an end with a block open", [START, textStart(0), END], "block open"],
    ["two open blocks", [START, textStart(0), thoughtStart(1)], "while another is open"],
    ["a first block that is not 0", [START, textStart(1)], "should open block 0"],
    ["a gap in the numbers", [START, textStart(0), textEnd(0), textStart(2)], "should open block 1"],
    ["a number used twice", [START, textStart(0), textEnd(0), thoughtStart(0)], "should open block 1"],
    ["a delta without a block", [START, text(0)], "no open block"],
    ["a delta of the other kind", [START, thoughtStart(0), text(0)], "inside a reasoning block"],
    ["a delta of another block", [START, textStart(0), text(1)], "belongs to block 0"],
    ["an end of the other kind", [START, textStart(0), thoughtEnd(0)], "inside a text block"],
    ["a call without arguments", [START, callStart(0), callEnd(0)], "no JSON object"],
    ["a call with half its arguments", [START, callStart(0), json(0, "{"), callEnd(0)], "no JSON object"],
    ["a call inside a text", [START, textStart(0), callStart(1)], "while another is open"],
    ["a block closed twice", [START, textStart(0), textEnd(0), textEnd(0)], "no open block"],
  ])("refuses %s", (_name, parts, law) => {
    expect(() => assertWellFormed(parts)).toThrowError(law)
  })

  it("tells the position while the stream runs", () => {
    const checker = createWellFormedChecker()
    checker.part(START)
    expect(() => checker.part(text(0))).toThrowError("part 1 (text-delta)")
  })
})

describe("isContent", () => {
  it("is true for what a client sees of the model", () => {
    expect(
      [START, USAGE, textStart(0), textEnd(0), thoughtStart(0), thoughtEnd(0), END, ERROR].map((part) =>
        isContent(part),
      ),
    ).not.toContain(true)
    expect(isContent(text(0))).toBe(true)
    expect(isContent(thought(0))).toBe(true)
    expect(isContent(callStart(0), false)).toBe(true)
  })

  it("does not count thoughts that are not shown", () => {
    expect(isContent(thought(0), false)).toBe(false)
    expect(isContent(text(0), false)).toBe(true)
  })
})
