/**
 * What a model signed goes through a client of every dialect and comes back to the model unaltered: the answer as the client gets it,
 * the history as that client gives it back, the body as the upstream gets it.
 */
import { describe, expect, it } from "vitest"
import { createFold } from "../canonical/fold.ts"
import type { ChatRequest } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import { clientDialects, upstreamDialects } from "../dialects/index.ts"
import { decodeStream } from "../dialects/gemini/decode-stream.ts"
import { answerContext, decodeContext } from "../dialects/testing/fixtures.ts"
import {
  CHAT,
  GEMINI_WIRE,
  list,
  MESSAGES,
  RESPONSES,
  SPEECHES,
  type Speech,
  type Wire,
} from "../dialects/testing/speeches.ts"
import { carrierKey } from "./carrier.ts"
import { SIGNATURE_SENTINEL } from "./sentinel.ts"
import { signaturesFor } from "./signatures.ts"
import { SignatureStore } from "./store.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"
const KEY = carrierKey(Buffer.alloc(32, 5))

interface Options {
  readonly model?: string
  readonly store?: SignatureStore
  readonly lineage?: string
}

/** A client's conversation with a model behind the gateway. */
class Conversation {
  readonly history: Wire[] = []
  readonly #speech: Speech
  readonly #model: string
  readonly #store: SignatureStore
  readonly #lineage: string

  constructor(speech: Speech, options: Options = {}) {
    this.#speech = speech
    this.#model = options.model ?? GEMINI
    this.#store = options.store ?? new SignatureStore({ clock: { now: () => 0 } })
    this.#lineage = options.lineage ?? "a"
  }

  ask(text = "Hello?"): void {
    this.history.push(this.#speech.ask(text))
  }

  /** The upstream answers with these parts; the client keeps what `keeps` makes of the answer. */
  answer(
    wireParts: readonly Wire[],
    keeps: (turn: readonly Wire[]) => readonly Wire[] = (turn) => turn,
  ): readonly Wire[] {
    const request = this.#decoded(this.#model)
    const signatures = this.#signatures(this.#model)
    const fold = createFold()
    const keep = signatures.keep()
    const decoder = decodeStream((part: StreamPart) => {
      keep(part)
      fold.part(part)
    }, decodeContext())
    decoder.push({ candidates: [{ content: { parts: wireParts }, finishReason: "STOP" }] })
    decoder.end()
    const context = { ...answerContext(request), seal: signatures.seal }
    const body = clientDialects[this.#speech.name].encodeResponse(fold.response(), context) as Wire // an object in every dialect
    const turn = this.#speech.turn(JSON.parse(JSON.stringify(body)) as Wire) // over the wire and back
    this.history.push(...keeps(turn))
    return turn
  }

  result(callId: string, name: string): void {
    this.history.push(this.#speech.result(callId, name))
  }

  /** Parts of the model's turns, as the upstream gets them now. */
  sent(model = this.#model): readonly Wire[] {
    const restored = this.#signatures(model).restore(this.#decoded(model)).request
    const { value } = upstreamDialects.gemini.encodeRequest(restored, { id: model })
    const contents = list(JSON.parse(JSON.stringify(value["contents"])))
    return contents.filter(({ role }) => role === "model").flatMap(({ parts }) => list(parts))
  }

  #decoded(model: string): ChatRequest {
    const { name } = this.#speech
    return clientDialects[name].decodeRequest(
      this.#speech.request(model, this.history),
      {},
      { rest: `${model}:generateContent` },
    ).value
  }

  #signatures(model: string) {
    return signaturesFor({ store: this.#store, key: KEY, lineage: this.#lineage, session: "s", model })
  }
}

const call = (signature?: string, more: object = {}): Wire => ({
  functionCall: { name: "get_weather", args: { city: "Bern" }, id: "upstream:1", ...more },
  ...(signature === undefined ? {} : { thoughtSignature: signature }),
})
const claudeThought = (text: string, signature: string): readonly Wire[] => [
  { text, thought: true },
  { text: "", thought: true, thoughtSignature: signature },
]

/** The id under which the client knows the first call of its turn. */
function callIdOf(turn: readonly Wire[]): string {
  const found = /"(?:call_id|id)":"((?:call_|toolu_|minted_|upstream:)[^"]*)"/.exec(JSON.stringify(turn))
  return found?.[1] ?? ""
}

describe.each(SPEECHES.map((speech) => [speech.name, speech] as const))("through %s", (_name, speech) => {
  it("a signed call of Gemini is signed again (G59, G105, G149)", () => {
    const conversation = new Conversation(speech)
    conversation.ask()
    const turn = conversation.answer([
      { text: "Hm.", thought: true },
      call("sig"),
      call(undefined, { id: "upstream:2" }),
    ])
    conversation.result(callIdOf(turn), "get_weather")
    const calls = conversation.sent().filter((part) => "functionCall" in part)
    expect(calls.map(({ thoughtSignature }) => thoughtSignature)).toEqual(["sig", undefined])
  })

  it("a Claude thought keeps every byte and its signature of 30 kB (G142, G143)", () => {
    const text = "  One\r\ntwo 👩‍💻 e\u0301  \n\t 数据\u00a0 \n"
    const signature = `R${"Wm9v".repeat(7500)}`
    const conversation = new Conversation(speech, { model: CLAUDE })
    conversation.ask()
    const turn = conversation.answer([...claudeThought(text, signature), call()])
    conversation.result(callIdOf(turn), "get_weather")
    expect(conversation.sent()[0]).toEqual({ text, thought: true, thoughtSignature: signature })
  })

  it("Claude's thoughts between its calls come back signed, all before the calls", () => {
    const conversation = new Conversation(speech, { model: CLAUDE })
    conversation.ask()
    const turn = conversation.answer([
      ...claudeThought("One.", "s1"),
      call(),
      ...claudeThought("Two.", "s2"),
      call(undefined, { id: "upstream:2" }),
    ])
    conversation.result(callIdOf(turn), "get_weather")
    const sent = conversation.sent()
    expect(sent.slice(0, 2)).toEqual([
      { text: "One.", thought: true, thoughtSignature: "s1" },
      { text: "Two.", thought: true, thoughtSignature: "s2" },
    ])
    expect(sent.slice(2).map((part) => "functionCall" in part)).toEqual([true, true])
  })

  it("a Gemini signature of 30 kB comes back whole (G142)", () => {
    const signature = "Ek9v".repeat(7500)
    const conversation = new Conversation(speech)
    conversation.ask()
    const turn = conversation.answer([call(signature)])
    conversation.result(callIdOf(turn), "get_weather")
    expect(conversation.sent()).toMatchObject([{ thoughtSignature: signature }])
  })

  it("another family gets none of it (G80, G128)", () => {
    const conversation = new Conversation(speech)
    conversation.ask()
    const turn = conversation.answer([{ text: "Hm.", thought: true, thoughtSignature: "of-the-thought" }, call("sig")])
    conversation.result(callIdOf(turn), "get_weather")
    for (const model of [CLAUDE, "gpt-oss-120b-medium"]) {
      const sent = JSON.stringify(conversation.sent(model))
      expect(sent).toContain("functionCall")
      expect(sent).not.toMatch(/thoughtSignature|"thought"|gw1\./)
    }
    const claude = new Conversation(speech, { model: CLAUDE })
    claude.ask()
    const thought = claude.answer([...claudeThought("Hm.", "claude-sig"), call()])
    claude.result(callIdOf(thought), "get_weather")
    expect(claude.sent(GEMINI).filter((part) => "functionCall" in part)).toMatchObject([
      { thoughtSignature: SIGNATURE_SENTINEL },
    ])
    expect(JSON.stringify(claude.sent(GEMINI))).not.toContain("claude-sig")
  })

  it("another tenant gets none of it", () => {
    const store = new SignatureStore({ clock: { now: () => 0 } })
    const conversation = new Conversation(speech, { store })
    conversation.ask()
    const turn = conversation.answer([{ text: "Hm.", thought: true }, call("sig")])
    const other = new Conversation(speech, { store, lineage: "b" })
    other.history.push(...conversation.history)
    other.result(callIdOf(turn), "get_weather")
    expect(other.sent().filter((part) => "functionCall" in part)).toMatchObject([
      { thoughtSignature: SIGNATURE_SENTINEL },
    ])
    expect(JSON.stringify(other.sent())).not.toContain('"sig"')
  })

  it("a text that Gemini signed is signed again", () => {
    const conversation = new Conversation(speech)
    conversation.ask()
    conversation.answer([{ text: "Hello " }, { text: "there." }, { text: "", thoughtSignature: "tail" }])
    conversation.ask("And?")
    expect(conversation.sent()).toEqual([{ text: "Hello there.", thoughtSignature: "tail" }])
  })

  it("an id of the upstream that Claude would refuse is the same on the call and its result (G144)", () => {
    const conversation = new Conversation(speech)
    conversation.ask()
    const turn = conversation.answer([call("sig")])
    conversation.result(callIdOf(turn), "get_weather")
    const [part] = conversation.sent(CLAUDE)
    expect(part).toMatchObject({ functionCall: { id: expect.stringMatching(/^[\w-]+$/) } })
  })
})

it.each([
  ["gemini", GEMINI_WIRE],
  ["openai-responses", RESPONSES],
] as const)("a picture that Gemini signed is signed again through %s", (_name, speech) => {
  const conversation = new Conversation(speech, { model: "gemini-3-pro-image" })
  conversation.ask("Draw.")
  const drawn = { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }
  conversation.answer([{ ...drawn, thoughtSignature: "sig" }])
  conversation.ask("Larger.")
  expect(conversation.sent()).toEqual([{ ...drawn, thoughtSignature: "sig" }])
  expect(JSON.stringify(conversation.sent("gemini-2.5-flash-image"))).not.toContain("thoughtSignature")
})

describe("clients that give back less", () => {
  const strip =
    (...keys: string[]) =>
    (turn: readonly Wire[]): readonly Wire[] =>
      JSON.parse(JSON.stringify(turn), (key, value: unknown) => (keys.includes(key) ? undefined : value)) as Wire[] // the same, less these keys

  it.each<[string, Speech, readonly string[]]>([
    ["chat without any of our fields (G59)", CHAT, ["extra_content", "reasoning_content"]],
    ["messages without signatures", MESSAGES, ["extra_content", "signature"]],
    ["responses without carriers", RESPONSES, ["encrypted_content"]],
    ["gemini without signatures", GEMINI_WIRE, ["thoughtSignature"]],
  ])("%s: the call is found again", (_name, speech, keys) => {
    const conversation = new Conversation(speech)
    conversation.ask()
    const turn = conversation.answer([call("sig")], strip(...keys))
    conversation.result(callIdOf(turn), "get_weather")
    expect(conversation.sent().at(-1)).toMatchObject({ thoughtSignature: "sig" })
  })

  it("and other ids: the call is found by what was said, else it has the sentinel (G61)", () => {
    const renamed = (turn: readonly Wire[]) =>
      JSON.parse(JSON.stringify(strip("extra_content")(turn)).replaceAll(/minted_\d+/g, "call_0")) as Wire[] // the same with another id
    const conversation = new Conversation(CHAT)
    conversation.ask()
    conversation.answer([{ text: "I look. " }, call("sig")], renamed)
    conversation.result("call_0", "get_weather")
    expect(conversation.sent()).toMatchObject([{ text: "I look. " }, { thoughtSignature: "sig" }])
    const forgetful = new Conversation(CHAT, { store: new SignatureStore({ clock: { now: () => 0 } }) })
    forgetful.history.push(...conversation.history)
    expect(forgetful.sent()).toMatchObject([{ text: "I look. " }, { thoughtSignature: SIGNATURE_SENTINEL }])
  })
})

it("one conversation moves through all dialects, each of which finds the call again by its id (G170)", () => {
  const store = new SignatureStore({ clock: { now: () => 0 } })
  const first = new Conversation(CHAT, { store })
  first.ask()
  const id = callIdOf(first.answer([call("sig")]))
  const args = { city: "Bern" }
  const turns: readonly (readonly [Speech, Wire])[] = [
    [MESSAGES, { role: "assistant", content: [{ type: "tool_use", id, name: "get_weather", input: args }] }],
    [RESPONSES, { type: "function_call", call_id: id, name: "get_weather", arguments: JSON.stringify(args) }],
    [GEMINI_WIRE, { role: "model", parts: [{ functionCall: { id, name: "get_weather", args } }] }],
  ]
  for (const [speech, turn] of turns) {
    const next = new Conversation(speech, { store })
    next.ask()
    next.history.push(turn)
    next.result(id, "get_weather")
    expect(next.sent()).toMatchObject([{ thoughtSignature: "sig" }])
  }
})
