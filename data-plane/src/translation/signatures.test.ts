/** Conversations whose answers were signed: what is put back, opened or left out of them is told and nothing else is left. */
import { describe, expect, it } from "vitest"
import { createFold } from "../canonical/fold.ts"
import { decodeStream } from "../dialects/gemini/decode-stream.ts"
import { clientDialects } from "../dialects/index.ts"
import { answerContext, decodeContext } from "../dialects/testing/fixtures.ts"
import { MESSAGES, RESPONSES, SPEECHES, type Speech, type Wire } from "../dialects/testing/speeches.ts"
import { SignatureStore } from "../signatures/store.ts"
import { CLAUDE, GEMINI, translate, unexplained, type Surroundings, type Translated } from "./testing/translate.ts"

const SIGNED: Readonly<Record<string, readonly Wire[]>> = {
  [GEMINI]: [
    { text: "Hm.", thought: true },
    { functionCall: { name: "get_weather", args: { city: "Bern" }, id: "upstream:1" }, thoughtSignature: "sig" },
    { functionCall: { name: "get_time", args: {}, id: "upstream:2" } },
  ],
  [CLAUDE]: [
    { text: "Hm.", thought: true },
    { text: "", thought: true, thoughtSignature: "claude-sig" },
    { text: "I look." },
    { functionCall: { name: "get_weather", args: { city: "Bern" }, id: "toolu_up" } },
  ],
}

/** The second request of a tool loop, as a client sends it that keeps this much of the answer. */
function secondTurn(
  speech: Speech,
  model: string,
  keeps: (turn: unknown) => unknown,
  later: Surroundings & { readonly model?: string } = {},
): Translated {
  const store = new SignatureStore({ clock: { now: () => 0 } })
  const history: Wire[] = [speech.ask("Hello?")]
  const { plan, exchange } = translate(speech.name, speech.request(model, history), { store })
  const fold = createFold()
  const keep = plan.observe()
  const decoder = decodeStream((part) => {
    keep(part)
    fold.part(part)
  }, decodeContext())
  decoder.push({ candidates: [{ content: { parts: SIGNED[model] }, finishReason: "STOP" }] })
  decoder.end()
  const { value } = clientDialects[speech.name].decodeRequest(exchange.client, {}, exchange.address)
  const context = { ...answerContext(value), seal: plan.seal }
  const body = clientDialects[speech.name].encodeResponse(fold.response(), context) as Wire // an object in every dialect
  const turn = speech.turn(JSON.parse(JSON.stringify(body)) as Wire)
  history.push(...(keeps(turn) as readonly Wire[])) // the same list, with less in it
  const ids = [...JSON.stringify(turn).matchAll(/"(?:call_id|id)":"((?:call_|toolu_|minted_|upstream:)[^"]*)"/g)]
  for (const [, id = ""] of ids.slice(0, 1)) history.push(speech.result(id, "get_weather"))
  return translate(speech.name, speech.request(later.model ?? model, history), { store, ...later })
}

const all = (turn: unknown): unknown => turn
/** No signature, wherever a dialect has them. */
const unsigned = (turn: unknown): unknown =>
  JSON.parse(
    JSON.stringify(turn, (name, value: unknown) =>
      /signature|extra_content|encrypted_content/i.test(name) ? undefined : value,
    ),
  )

describe.each(SPEECHES.map((speech) => [speech.name, speech] as const))("through %s", (_name, speech) => {
  it.each([GEMINI, CLAUDE])("%s", (model) => {
    for (const keeps of [all, unsigned]) expect(unexplained(secondTurn(speech, model, keeps).notes)).toEqual([])
  })

  it("what another family signed, and what the upstream refused", () => {
    expect(unexplained(secondTurn(speech, GEMINI, all, { model: CLAUDE }).notes)).toEqual([])
    expect(unexplained(secondTurn(speech, CLAUDE, all, { model: GEMINI }).notes)).toEqual([])
    expect(unexplained(secondTurn(speech, CLAUDE, all, { isRepaired: true }).notes)).toEqual([])
  })

  it("a signature that the client did not return is put back on its call", () => {
    const { notes } = secondTurn(speech, GEMINI, unsigned)
    const put = notes.filter(({ code }) => code === "signature-put-back")
    expect(put.map(({ upstream }) => upstream)).toContainEqual(
      expect.stringMatching(/contents\/1\/parts\/\d\/thoughtSignature$/),
    )
    expect(put.every(({ kind }) => kind === "added")).toBe(true)
  })
})

describe("what only signed conversations have", () => {
  it("is a summary that is opened", () => {
    const { plan } = translate("openai-responses", { model: GEMINI, input: "Hello?" })
    const summary = { type: "compaction", encrypted_content: plan.sealText("They said hello.") }
    const { notes } = translate("openai-responses", { model: GEMINI, input: [summary, RESPONSES.ask("And?")] })
    expect(notes).toContainEqual(
      expect.objectContaining({
        code: "summary-opened",
        client: "/input/0/encrypted_content",
        upstream: "/request/contents/0/parts/0/text",
      }),
    )
    expect(unexplained(notes)).toEqual([])
  })

  it("is a signed thought without a text", () => {
    const { plan } = translate("anthropic-messages", MESSAGES.request(CLAUDE, [MESSAGES.ask("Hello?")]))
    const data = plan.seal("claude-sig", { kind: "thought", text: "" })
    const turn = {
      role: "assistant",
      content: [
        { type: "redacted_thinking", data },
        { type: "text", text: "Hi." },
      ],
    }
    const history = [MESSAGES.ask("Hello?"), turn, MESSAGES.ask("And?")]
    const { notes } = translate("anthropic-messages", MESSAGES.request(CLAUDE, history))
    expect(notes.map(({ code }) => code)).toContain("thought-without-text")
    expect(unexplained(notes)).toEqual([])
  })

  const codes = ({ notes }: Translated) => notes.map(({ code }) => code)

  it("is a carrier that is opened, hidden thoughts too", () => {
    expect(codes(secondTurn(MESSAGES, CLAUDE, all))).toContain("signature-opened")
  })

  it("is a thought that the client did not return", () => {
    const withoutThoughts = (turn: unknown): unknown =>
      JSON.parse(
        JSON.stringify(turn, (_name, value: unknown) =>
          Array.isArray(value)
            ? value.filter((one) => !/thinking|reasoning/.test(String((one as Wire)["type"])))
            : value,
        ),
      ) // blocks
    expect(codes(secondTurn(MESSAGES, CLAUDE, withoutThoughts))).toContain("thought-put-back")
  })
})
