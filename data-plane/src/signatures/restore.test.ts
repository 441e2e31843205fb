import { describe, expect, it } from "vitest"
import type { Part, ToolCallPart } from "../canonical/part.ts"
import type { ReasoningAsk } from "../canonical/reasoning.ts"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { carrierKey, openCarrier, sealCarrier } from "./carrier.ts"
import type { SigningFamily } from "./family.ts"
import { keepSignatures } from "./keep.ts"
import { restoreSignatures, stripSignatures } from "./restore.ts"
import { SIGNATURE_SENTINEL } from "./sentinel.ts"
import { SignatureStore } from "./store.ts"

const KEY = carrierKey(Buffer.alloc(32, 3))
const THINK: ReasoningAsk = { kind: "auto", show: true }

function createWorld() {
  const store = new SignatureStore({ clock: { now: () => 0 } })
  return {
    store,
    answer(family: SigningFamily, parts: readonly StreamPart[], lineage = "a", session = "s") {
      const keep = keepSignatures({ store, lineage, family, session })
      for (const part of parts) keep(part)
    },
    restore(family: SigningFamily, turns: readonly Turn[], reasoning?: ReasoningAsk, lineage = "a", session = "s") {
      return restoreSignatures(request(turns, reasoning), {
        family,
        lineage,
        session,
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

const says = (text: string, signature?: string, block = 0): StreamPart[] => [
  { type: "text-start", block },
  { type: "text-delta", block, text },
  { type: "text-end", block, ...(signature === undefined ? {} : { signature }) },
]
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
const calls = (id: string, signature?: string, block = 1, json = "{}"): StreamPart[] => [
  { type: "tool-input-start", block, id, name: "f", upstreamId: `up-${id}` },
  { type: "tool-input-delta", block, json },
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

  it("puts back all thoughts of a turn that thought between its calls too", () => {
    const world = createWorld()
    const parts = [...thinks("One.", "s1"), ...calls("c1"), ...thinks("Two.", "s2", 2), ...calls("c2", undefined, 3)]
    world.answer("claude", answered(...parts))
    const turns = [user(), assistant(call("c1"), call("c2", { name: "g" })), result("c1")]
    const got = world.restore("claude", turns, THINK).request.turns[1]?.parts
    expect(got?.slice(0, 2)).toEqual([thought("One.", "s1"), thought("Two.", "s2")])
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
    const turns = [user(), assistant(call("c1")), result("c1"), assistant(call("c2", { name: "g" }))]
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
    const other = call("x", { name: "g" })
    const { request: got } = world.restore("gemini-3", [user(), assistant({ ...other, signature: given })])
    expect(got.turns[1]?.parts).toEqual([signature === undefined ? other : { ...other, signature }])
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

describe("a turn whose calls have other ids", () => {
  const twoCalls = [...calls("c1", "sig", 1, '{"b":1,"a":[{"y":2,"x":1}]}'), ...calls("c2", undefined, 2, '{"z":1}')]
  const first = call("other-1", { arguments: { a: [{ x: 1, y: 2 }], b: 1 } })
  const second = call("other-2", { arguments: { z: 1 } })

  it("is found by what it said, whatever became of white space and keys", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...says("I will\n look. "), ...twoCalls))
    const turns = [user(), assistant(say(" I will look."), first, second), result("other-1")]
    const { request: got, dropped } = world.restore("gemini-3", turns)
    expect(got.turns[1]?.parts).toEqual([
      say(" I will look."),
      { ...first, upstreamId: "up-c1", signature: "sig" },
      { ...second, upstreamId: "up-c2" },
    ])
    expect(dropped).toEqual([])
  })

  it.each<[string, Parameters<ReturnType<typeof createWorld>["restore"]>]>([
    ["under another lineage", ["gemini-3", [assistant(first, second)], undefined, "b"]],
    ["in another conversation", ["gemini-3", [assistant(first, second)], undefined, "a", "t"]],
    ["for another family", ["gemini-2.5", [assistant(first, second)]]],
    ["with other arguments", ["gemini-3", [assistant(first, call("other-2", { arguments: { z: 2 } }))]]],
    ["with a call less", ["gemini-3", [assistant(first)]]],
    ["with its calls in another order", ["gemini-3", [assistant(second, first)]]],
    ["with other words", ["gemini-3", [assistant(say("x"), first, second)]]],
  ])("is not found %s", (_name, asked) => {
    const world = createWorld()
    world.answer("gemini-3", answered(...twoCalls))
    expect(JSON.stringify(world.restore(...asked).request.turns)).not.toContain("sig")
  })

  it("comes after the client's own signature and after the call's id", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", "old", 0)))
    world.answer("gemini-3", answered(...calls("c2", "new", 0)))
    const signatureOf = (part: ToolCallPart) =>
      world.restore("gemini-3", [user(), assistant(part)]).request.turns[1]?.parts[0]
    expect(signatureOf(call("c1"))).toMatchObject({ signature: "old" })
    expect(signatureOf(call("x"))).toMatchObject({ signature: "new" })
    expect(signatureOf(call("x", { signature: "old" }))).toMatchObject({ signature: "old" })
    expect(signatureOf(call("x", { signature: "foreign" }))).toMatchObject({ signature: "new" })
  })

  it("gives Claude all thoughts of an open loop's turn, in their order", () => {
    const world = createWorld()
    world.answer("claude", answered(...thinks("One.", "s1"), ...thinks("Two.", "s2", 1), ...calls("c1", undefined, 2)))
    const turns = [user(), assistant(call("other")), result("other")]
    const { request: got, dropped } = world.restore("claude", turns, THINK)
    expect(got.turns[1]?.parts).toEqual([thought("One.", "s1"), thought("Two.", "s2"), call("other")])
    expect([got.reasoning, dropped]).toEqual([THINK, []])
    expect(world.restore("claude", turns, THINK, "b").request.reasoning?.kind).toBe("off")
  })

  it("is not kept of an answer that signed nothing or broke off", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...says("Hello.")))
    world.answer("gemini-3", answered(...calls("c1", "sig", 0)).slice(0, -1))
    expect(world.store.size).toBe(0)
  })
})

describe("a signature on visible text", () => {
  it("goes back onto the last text of the turn, for its own family only", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...says("Hello", "sig")))
    const turns = [user(), assistant(say("Hello")), user()]
    const signed = { ...say("Hello"), signature: "sig" }
    expect(world.restore("gemini-3", turns).request.turns[1]?.parts).toEqual([signed])
    for (const family of ["claude", "gemini-2.5", "other"] as const)
      expect(world.restore(family, turns).request.turns[1]?.parts).toEqual([say("Hello")])
    expect(world.restore("gemini-3", turns, undefined, "b").request.turns[1]?.parts).toEqual([say("Hello")])
  })

  it("is taken from the client where it is known, and taken out where it is not", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...says("Hello", "sig")))
    const returned = (signature: string) => [user(), assistant({ type: "text", text: "Other", signature }), user()]
    expect(world.restore("gemini-3", returned("sig")).request.turns[1]?.parts).toEqual([
      { ...say("Other"), signature: "sig" },
    ])
    for (const [signature, family] of [
      ["foreign", "gemini-3"],
      ["sig", "claude"],
    ] as const)
      expect(world.restore(family, returned(signature)).request.turns[1]?.parts).toEqual([say("Other")])
  })

  it("beside calls is known again when the client returns it", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...says("Hello", "text-sig"), ...calls("c1", "sig")))
    const signed = { ...say("Hello"), signature: "text-sig" }
    const parts = (text: Part) =>
      world.restore("gemini-3", [user(), assistant(text, call("c1"))]).request.turns[1]?.parts
    expect(parts(signed)?.[0]).toEqual(signed)
    expect(parts(say("Hello"))?.[0]).toEqual(say("Hello"))
  })

  it("of an earlier text than the last is not kept", () => {
    const world = createWorld()
    world.answer(
      "gemini-3",
      answered(...says("One", "sig"), ...thinks("x", undefined, 1), ...says("Two", undefined, 2)),
    )
    expect(world.store.size).toBe(0)
  })
})

describe("a signature on a picture", () => {
  const picture = (data: string, signature?: string): Part => ({
    type: "media",
    mediaType: "image/png",
    data,
    ...(signature === undefined ? {} : { signature }),
  })
  const drawn: StreamPart[] = answered({
    type: "media",
    block: 0,
    mediaType: "image/png",
    data: "AAAA",
    signature: "sig",
  })

  it("goes back onto the same picture, for its own family and lineage only", () => {
    const world = createWorld()
    world.answer("gemini-3", drawn)
    const turns = [user(), assistant(picture("AAAA"), picture("BBBB")), user()]
    const restored = (family: SigningFamily, lineage = "a") =>
      world.restore(family, turns, undefined, lineage).request.turns[1]?.parts
    expect(restored("gemini-3")).toEqual([picture("AAAA", "sig"), picture("BBBB")])
    expect(restored("gemini-3", "b")).toEqual([picture("AAAA"), picture("BBBB")])
    for (const family of ["claude", "gemini-2.5", "other"] as const)
      expect(restored(family)).toEqual([picture("AAAA"), picture("BBBB")])
  })

  it("is taken from the client where it is known, and taken out where it is not", () => {
    const world = createWorld()
    world.answer("gemini-3", drawn)
    const turns = [user(), assistant(picture("BBBB", "sig"), picture("CCCC", "foreign")), user()]
    expect(world.restore("gemini-3", turns).request.turns[1]?.parts).toEqual([picture("BBBB", "sig"), picture("CCCC")])
    expect(stripSignatures(request(turns), "gemini-3")?.request.turns[1]?.parts).toEqual([
      picture("BBBB"),
      picture("CCCC"),
    ])
  })
})

describe("calls made side by side", () => {
  it("stand with the signed one first again", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", "sig", 0), ...calls("c2"), ...calls("c3")))
    const turns = [user(), assistant(say("x"), call("c3"), call("c1"), call("c2")), result("c1")]
    const { request: got } = world.restore("gemini-3", turns)
    expect(got.turns[1]?.parts.map((part) => (part.type === "tool-call" ? part.id : part.type))).toEqual([
      "text",
      "c1",
      "c3",
      "c2",
    ])
  })

  it("of two answers that a client threw together stay where they were", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", undefined, 0)))
    world.answer("gemini-3", answered(...calls("c2", "sig", 0)))
    const { request: got } = world.restore("gemini-3", [user(), assistant(call("c1"), call("c2")), result("c1")])
    expect(got.turns[1]?.parts).toMatchObject([{ id: "c1" }, { id: "c2", signature: "sig" }])
  })
})

describe("the vendor's word for a lost signature (G150)", () => {
  it("passes for Gemini where nothing better is known, and never for Claude", () => {
    const world = createWorld()
    world.answer("gemini-3", answered(...calls("c1", "sig", 0, '{"q":1}')))
    const turns = [user(), assistant(call("x", { signature: SIGNATURE_SENTINEL })), result("x")]
    expect(world.restore("gemini-3", turns).request.turns[1]?.parts).toEqual(turns[1]?.parts)
    expect(world.restore("claude", turns).request.turns[1]?.parts).toEqual([call("x")])
    const known = [user(), assistant(call("c1", { signature: SIGNATURE_SENTINEL })), result("c1")]
    expect(world.restore("gemini-3", known).request.turns[1]?.parts).toMatchObject([{ signature: "sig" }])
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

  it("has no signature on text left", () => {
    const said: Turn[] = [user(), assistant({ type: "text", text: "Hello", signature: "s" }), user()]
    const repaired = stripSignatures(request(said), "gemini-3")
    expect(repaired).toEqual({
      request: request([user(), assistant(say("Hello")), user()]),
      dropped: ["turns[1].parts[0].signature"],
    })
  })

  it("is none where nothing can be taken out", () => {
    expect(stripSignatures(request([user()]), "claude")).toBeUndefined()
    expect(stripSignatures(request([user()], THINK), "gemini-3")).toBeUndefined()
  })
})
