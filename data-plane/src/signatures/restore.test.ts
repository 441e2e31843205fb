import { describe, expect, it } from "vitest"
import type { Part, ToolCallPart } from "../canonical/part.ts"
import type { ReasoningAsk } from "../canonical/reasoning.ts"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { carrierKey, openCarrier, sealCarrier } from "./carrier.ts"
import type { SigningFamily } from "./family.ts"
import { keepSignatures } from "./keep.ts"
import { restoreSignatures, stripSignatures } from "./restore.ts"
import { SignatureStore } from "./store.ts"

const KEY = carrierKey(Buffer.alloc(32, 3))
const THINK: ReasoningAsk = { kind: "auto", show: true }

function createWorld() {
  const store = new SignatureStore({ clock: { now: () => 0 } })
  return {
    store,
    answer(family: SigningFamily, parts: readonly StreamPart[], lineage = "a") {
      const keep = keepSignatures({ store, lineage, family })
      for (const part of parts) keep(part)
    },
    restore(family: SigningFamily, turns: readonly Turn[], reasoning?: ReasoningAsk, lineage = "a") {
      return restoreSignatures(request(turns, reasoning), {
        family,
        lineage,
        lookUp: store,
        openCarrier: (value) => openCarrier([KEY], lineage, value),
      })
    },
  }
}

function request(turns: readonly Turn[], reasoning?: ReasoningAsk): ChatRequest {
  const base = { model: "m", stream: false, system: [], turns, sampling: {}, extra: {} }
  return reasoning === undefined ? base : { ...base, reasoning }
}

const user = (text = "hi"): Turn => ({ role: "user", parts: [{ type: "text", text }] })
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts })
const result = (callId: string): Turn => ({
  role: "user",
  parts: [{ type: "tool-result", callId, content: [], isError: false }],
})
const thought = (text: string, signature?: string): Part => ({
  type: "reasoning",
  text,
  ...(signature === undefined ? {} : { signature }),
})
const call = (id: string, more: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: "tool-call",
  id,
  name: "f",
  arguments: {},
  ...more,
})
const say = (text: string): Part => ({ type: "text", text })

const answered = (...parts: StreamPart[]): StreamPart[] => [
  { type: "response-start" },
  ...parts,
  { type: "response-end", finishReason: { unified: "stop" } },
]
const thinks = (text: string, signature?: string, block = 0): StreamPart[] => [
  { type: "reasoning-start", block },
  { type: "reasoning-delta", block, text },
  { type: "reasoning-end", block, ...(signature === undefined ? {} : { signature }) },
]
const calls = (id: string, signature?: string, block = 1): StreamPart[] => [
  { type: "tool-input-start", block, id, name: "f", upstreamId: `up-${id}` },
  { type: "tool-input-delta", block, json: "{}" },
  { type: "tool-input-end", block, ...(signature === undefined ? {} : { signature }) },
]

describe("Claude", () => {
  const carrier = sealCarrier(KEY, "a", "claude", "sig", { kind: "thought", text: "I think." })
  const cases: [string, Part, Part | undefined][] = [
    ["a carrier of its own", thought("I think.", carrier), thought("I think.", "sig")],
    ["a carrier on another text, an altered one", thought("I think!", carrier), undefined],
    ["a tampered carrier (G173)", thought("I think.", `${carrier.slice(0, -1)}_`), undefined],
    ["a raw value that nobody knows", thought("I think.", "EabcD"), undefined],
    ["no signature (G127)", thought("I think."), undefined],
    [
      "a Gemini carrier (G128)",
      thought("I think.", sealCarrier(KEY, "a", "gemini-3", "sig", { kind: "thought", text: "I think." })),
      undefined,
    ],
    [
      "a carrier of another lineage",
      thought("I think.", sealCarrier(KEY, "b", "claude", "sig", { kind: "thought", text: "I think." })),
      undefined,
    ],
    [
      "a hidden thought",
      thought("", sealCarrier(KEY, "a", "claude", "sig", { kind: "thought", text: "Secret.", isHidden: true })),
      thought("Secret.", "sig"),
    ],
  ]

  it.each(cases)("%s", (_name, given, wanted) => {
    const { request: got, dropped } = createWorld().restore(
      "claude",
      [user(), assistant(given, say("x")), user()],
      THINK,
    )
    expect(got.turns[1]?.parts).toEqual(wanted === undefined ? [say("x")] : [wanted, say("x")])
    expect(dropped).toEqual(wanted === undefined ? ["turns[1].parts[0]"] : [])
    expect(got.reasoning).toEqual(THINK)
  })

  it("signs a thought by its text where the client returned no signature, or a broken one", () => {
    const world = createWorld()
    world.answer("claude", answered(...thinks("I think.", "sig")))
    for (const given of [thought("I think."), thought("I think.", "broken"), thought("I think.", "gw1.broken")]) {
      const { request: got } = world.restore("claude", [user(), assistant(given), user()], THINK)
      expect(got.turns[1]?.parts).toEqual([thought("I think.", "sig")])
    }
    const { request: foreign } = world.restore("claude", [user(), assistant(thought("I think.")), user()], THINK, "b")
    expect(JSON.stringify(foreign)).not.toContain("sig")
  })

  it("puts the thought back before a call of the open loop, by the call's id", () => {
    const world = createWorld()
    world.answer("claude", answered(...thinks("I think.", "sig"), ...calls("c1")))
    const turns = [user(), assistant(call("c1", { signature: "nonsense" })), result("c1")]
    const { request: got, dropped } = world.restore("claude", turns, THINK)
    expect(got.turns[1]?.parts).toEqual([thought("I think.", "sig"), call("c1", { upstreamId: "up-c1" })])
    expect([got.reasoning, dropped]).toEqual([THINK, []])
    const { request: later } = world.restore("claude", [...turns, assistant(say("done")), user()], THINK)
    expect(later.turns[1]?.parts).toEqual([call("c1", { upstreamId: "up-c1" })])
  })

  it("does not think while a loop is open that no signed thought begins (G62)", () => {
    const turns = [user(), assistant(thought("I think."), call("c1")), result("c1")]
    const { request: got, dropped } = createWorld().restore("claude", turns, THINK)
    expect(got.turns[1]?.parts).toEqual([call("c1")])
    expect(got.reasoning).toEqual({ kind: "off", show: true })
    expect(dropped).toEqual(["turns[1].parts[0]", "reasoning"])
    const closed = createWorld().restore("claude", [...turns, assistant(say("done")), user()], THINK)
    expect(closed.request.reasoning).toEqual(THINK)
  })

  it("looks at every turn of the loop", () => {
    const world = createWorld()
    world.answer("claude", answered(...thinks("I think.", "sig"), ...calls("c1")))
    const turns = [user(), assistant(call("c1")), result("c1"), assistant(call("c2")), result("c2")]
    expect(world.restore("claude", turns, THINK).request.reasoning?.kind).toBe("off")
  })

  it("leaves a request alone that asks for no thinking", () => {
    const turns = [user(), assistant(call("c1")), result("c1")]
    expect(createWorld().restore("claude", turns)).toEqual({ request: request(turns), dropped: [] })
  })
})

describe("Gemini 3", () => {
  it("signs a call by its id, the first of parallel ones only (G59)", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", "sig", 0), ...calls("c2", undefined, 1)))
    const { request: got } = world.restore("gemini-3", [user(), assistant(call("c1"), call("c2")), result("c1")])
    expect(got.turns[1]?.parts).toEqual([
      call("c1", { upstreamId: "up-c1", signature: "sig" }),
      call("c2", { upstreamId: "up-c2" }),
    ])
    expect(world.restore("gemini-3", [assistant(call("c1"))], undefined, "b").request.turns[0]?.parts).toEqual([
      call("c1"),
    ])
    expect(world.restore("gemini-2.5", [assistant(call("c1"))]).request.turns[0]?.parts).toEqual([call("c1")])
  })

  it.each([
    ["a raw value that the map knows", "sig", "sig"],
    ["a raw value that nobody knows", "unknown", undefined],
    ["a carrier for this call", sealCarrier(KEY, "a", "gemini-3", "own", { kind: "call", callId: "x" }), "own"],
    ["a carrier for another call", sealCarrier(KEY, "a", "gemini-3", "own", { kind: "call", callId: "y" }), undefined],
    ["a carrier of Claude", sealCarrier(KEY, "a", "claude", "own", { kind: "call", callId: "x" }), undefined],
  ])("takes %s from the client (G60)", (_name, given, signature) => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", "sig", 0)))
    const { request: got } = world.restore("gemini-3", [user(), assistant(call("x", { signature: given }))])
    expect(got.turns[1]?.parts).toEqual([call("x", signature === undefined ? {} : { signature })])
  })

  it("takes a call's signature off the thinking block that carried it (G105)", () => {
    const carried = sealCarrier(KEY, "a", "gemini-3", "sig", { kind: "call", callId: "c1" })
    const turns = [user(), assistant(thought("", carried), call("c1")), result("c1")]
    const { request: got, dropped } = createWorld().restore("gemini-3", turns)
    expect(got.turns[1]?.parts).toEqual([call("c1", { signature: "sig" })])
    expect(dropped).toEqual([])
  })

  it("keeps a thought with its own signature only", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...thinks("I think.", "sig")))
    const parts = [thought("I think.", "sig"), thought("Other.", "foreign"), say("x")]
    const { request: got, dropped } = world.restore("gemini-3", [user(), assistant(...parts)])
    expect(got.turns[1]?.parts).toEqual([thought("I think.", "sig"), say("x")])
    expect(dropped).toEqual(["turns[1].parts[1]"])
  })
})

it("gives models that sign nothing neither thoughts nor signatures", () => {
  const turns = [user(), assistant(thought("I think.", "x"), call("c1", { signature: "y" })), result("c1")]
  const { request: got } = createWorld().restore("other", turns, THINK)
  expect(got.turns[1]?.parts).toEqual([call("c1")])
})

it("keeps nothing of an answer that broke off", () => {
  const world = createWorld()
  world.answer("claude", answered(...thinks("I think.", "sig"), ...calls("c1")).slice(0, -1))
  expect(world.store.size).toBe(0)
})

describe("the repaired request", () => {
  const turns = [user(), assistant(thought("I think.", "s"), call("c1", { signature: "t" })), result("c1")]

  it("has no thought and no signature left, and Claude does not think", () => {
    const repaired = stripSignatures(request(turns, THINK), "claude")
    expect(repaired?.request.turns[1]?.parts).toEqual([call("c1")])
    expect(repaired?.request.reasoning).toEqual({ kind: "off", show: true })
    expect(stripSignatures(request(turns, THINK), "gemini-3")?.request.reasoning).toEqual(THINK)
  })

  it("is none where nothing can be taken out", () => {
    expect(stripSignatures(request([user()]), "claude")).toBeUndefined()
    expect(stripSignatures(request([user()], THINK), "gemini-3")).toBeUndefined()
  })
})
