/** Signed conversations in every dialect while accounts, models and dialects change under them, against the upstream's own rules. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { GEMINI_WIRE, list, SPEECHES, type Speech, type Wire } from "#data-plane/dialects/testing/speeches.ts"
import { fetchAnswer } from "./support/client.ts"
import { askGemini, eventsOf } from "./support/gemini.ts"
import { startSystem, type System } from "./support/plane.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"
/** A call, then an answer. Each test thinks its own: a thought is found again by its text alone. */
const loop = (what: string) =>
  `[[sim:think=About ${what}.]][[sim:call=get_weather {"city":"Bern"}]][[sim:then]][[sim:text=Done.]] ${what}`
const SENTINEL = "skip_thought_signature_validator"

let system: System
let before = 0
beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
})
afterAll(() => system?.stop())
beforeEach(() => {
  before = system.simulator.seen().length
})

const seen = () => system.simulator.seen().slice(before)
const statuses = () => seen().map(({ outcome }) => outcome?.status)

/** Signatures in the last body, in their order. */
function signaturesSent(): readonly unknown[] {
  const body = seen().at(-1)?.body as { request: { contents: unknown } } | undefined // the envelope that we made
  return list(body?.request.contents).flatMap(({ parts }) =>
    list(parts).flatMap(({ thoughtSignature }) => thoughtSignature ?? []),
  )
}

const PATHS: Readonly<Record<string, string>> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
}

async function turnOf(speech: Speech, model: string, history: readonly Wire[]): Promise<readonly Wire[]> {
  const path = PATHS[speech.name] ?? `/v1beta/models/${model}:generateContent`
  const answer = await fetchAnswer(`${system.url}${path}`, { body: speech.request(model, history) })
  expect(answer.status, answer.text).toBe(200)
  return speech.turn(JSON.parse(answer.text) as Wire) // a whole answer of this dialect
}

/** The id of the one call in a turn; empty where the client is shown none. */
function callIdOf(turn: readonly Wire[]): string {
  const text = JSON.stringify(turn)
  return (/"call_id":"([^"]+)"/.exec(text) ?? /"id":"((?:call_|toolu_)[^"]+)"/.exec(text))?.[1] ?? ""
}

/** A first turn with a call and its result: what the client has before it asks again. */
async function openLoop(speech: Speech, model: string, prompt: string): Promise<Wire[]> {
  const history = [speech.ask(prompt)]
  const turn = await turnOf(speech, model, history)
  return [...history, ...turn, speech.result(callIdOf(turn), "get_weather")]
}

describe.each(SPEECHES.map((speech) => [speech.name, speech] as const))("%s", (name, speech) => {
  const prompt = (what: string) => loop(`${name} ${what}`)

  test.each([GEMINI, CLAUDE])("goes on on another account when the first is gone, with %s (G174)", async (model) => {
    const history = await openLoop(speech, model, prompt("moves on"))
    const used = seen().at(-1)?.account
    await system.push({ accounts: system.accounts.filter(({ label }) => used?.startsWith(label) !== true) })
    try {
      expect(JSON.stringify(await turnOf(speech, model, history))).toContain("Done.")
    } finally {
      await system.push({ accounts: system.accounts })
    }
    expect(seen().at(-1)?.account).not.toBe(used)
    expect(signaturesSent()).toHaveLength(1)
    expect(signaturesSent()).not.toContain(SENTINEL)
    expect(statuses()).toEqual([200, 200])
  })

  test.each([
    [GEMINI, CLAUDE, []],
    [CLAUDE, GEMINI, [SENTINEL]],
  ] as const)(
    "goes on with another model in the middle of a loop, from %s to %s (G80, G128)",
    async (from, to, sent) => {
      const history = await openLoop(speech, from, prompt(`from ${from}`))
      expect(JSON.stringify(await turnOf(speech, to, history))).toContain("Done.")
      expect(signaturesSent()).toEqual(sent)
      // And back: what belongs to the first is still known.
      await turnOf(speech, from, history)
      expect(signaturesSent()).toHaveLength(1)
      expect(signaturesSent()).not.toContain(SENTINEL)
      expect(statuses()).toEqual([200, 200, 200])
    },
  )

  test.each([
    [GEMINI, "corrupted-signature", [SENTINEL]],
    [CLAUDE, "claude-invalid-signature", []],
  ] as const)("is asked once more without signatures after %s refused one (G171)", async (model, kind, sent) => {
    const history = await openLoop(speech, model, prompt(`refused by ${model}`))
    before = system.simulator.seen().length
    system.simulator.script({ fault: { kind }, times: 1 })
    expect(JSON.stringify(await turnOf(speech, model, history))).toContain("Done.")
    expect(statuses()).toEqual([400, 200])
    const [refused, repaired] = seen()
    expect(repaired?.account).toBe(refused?.account)
    expect(signaturesSent()).toEqual(sent)
    expect(system.plane.pool.cooldowns()).toEqual([])
  })

  test("ignores a tampered carrier (G173)", async () => {
    const history = await openLoop(speech, GEMINI, prompt("tampered"))
    const tampered = JSON.parse(
      JSON.stringify(history).replaceAll(/gw1\.[\w-]+/g, (carrier) => `${carrier}A`),
    ) as Wire[] // the same, but for these texts
    await turnOf(speech, GEMINI, tampered)
    expect(signaturesSent()).toHaveLength(1)
    expect(signaturesSent()).not.toContain(SENTINEL)
    expect(statuses()).toEqual([200, 200])
  })
})

test("one conversation goes through all dialects, a turn each (G170)", async () => {
  const [first, ...others] = SPEECHES
  if (first === undefined) throw new Error("no dialect")
  const prompt = loop("one after another")
  const turn = await turnOf(first, GEMINI, [first.ask(prompt)])
  const id = callIdOf(turn)
  const signatures = new Set<unknown>()
  for (const speech of others) {
    const args = { city: "Bern" }
    const calls: Readonly<Record<string, Wire>> = {
      "openai-chat": {
        role: "assistant",
        content: null,
        tool_calls: [{ id, type: "function", function: { name: "get_weather", arguments: JSON.stringify(args) } }],
      },
      "openai-responses": { type: "function_call", call_id: id, name: "get_weather", arguments: JSON.stringify(args) },
      gemini: { role: "model", parts: [{ functionCall: { id, name: "get_weather", args } }] },
    }
    const history = [speech.ask(prompt), calls[speech.name] ?? {}, speech.result(id, "get_weather")]
    expect(JSON.stringify(await turnOf(speech, GEMINI, history))).toContain("Done.")
    expect(signaturesSent()).toHaveLength(1)
    signatures.add(signaturesSent()[0])
  }
  expect(signatures.size).toBe(1)
  expect(signatures).not.toContain(SENTINEL)
  expect(new Set(statuses())).toEqual(new Set([200]))
})

test.each([
  [CLAUDE, "[[sim:think=One two three four.]][[sim:chunks=6]][[sim:text=Some words.]]"],
  [GEMINI, "[[sim:chunks=6]][[sim:text=Some other words.]]"],
])("what a Gemini client keeps of a stream, event by event, goes back signed to %s", async (model, prompt) => {
  const speech = GEMINI_WIRE
  const history = [speech.ask(prompt)]
  const { text } = await askGemini(system.url, "streamGenerateContent?alt=sse", speech.request(model, history), {
    model,
  })
  const pieces = eventsOf(text).flatMap(({ candidates }) => candidates?.[0]?.content ?? [])
  expect(pieces.length).toBeGreaterThan(3)
  await turnOf(speech, model, [...history, ...(pieces as Wire[]), speech.ask("And then?")]) // as they came
  expect(signaturesSent()).toHaveLength(1)
  expect(text).toContain(String(signaturesSent()[0]))
  expect(statuses()).toEqual([200, 200])
})
