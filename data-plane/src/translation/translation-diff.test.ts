import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { WISHES } from "../dialects/testing/losses/loss-row.ts"
import { chatMessage, geminiContent, messagesMessage, TOOLS } from "../dialects/testing/tool-histories.ts"
import { BASE, CLIENTS } from "../dialects/testing/losses/words.ts"
import { leavesOf } from "./pointers.ts"
import { REASONS, type ReasonCode } from "./reasons.ts"
import { CASES } from "./testing/cases.ts"
import { CLAUDE, GEMINI, GPT_OSS, IMAGE, translate, unexplained } from "./testing/translate.ts"
import { diffTranslation } from "./translation-diff.ts"

const MODELS = [GEMINI, CLAUDE, GPT_OSS, IMAGE]

describe("every wish of every dialect, for every family of models, is explained", () => {
  it.each(WISHES)("$name", ({ said }) => {
    for (const client of CLIENTS) {
      const words = said[client]
      if (words === undefined) continue
      for (const model of MODELS) {
        try {
          const { notes } = translate(client, { model, ...BASE[client], ...words })
          expect({ client, model, unexplained: unexplained(notes) }).toEqual({ client, model, unexplained: [] })
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error
        }
      }
    }
  })
})

describe("any history of calls and results is explained", () => {
  const explained = (client: Parameters<typeof translate>[0], wire: Readonly<Record<string, unknown>>): void => {
    let notes
    try {
      notes = translate(client, wire).notes
    } catch (error) {
      if (error instanceof GatewayError) return
      throw error
    }
    expect(unexplained(notes)).toEqual([])
  }
  const RUNS = { numRuns: 10 }

  it.each([GEMINI, CLAUDE, GPT_OSS])("for %s", (model) => {
    const tools = TOOLS.map((name) => ({ name, input_schema: { type: "object", properties: {} } }))
    fc.assert(
      fc.property(fc.array(messagesMessage(model), { maxLength: 8 }), (messages) =>
        explained("anthropic-messages", {
          model,
          max_tokens: 100,
          messages: [...messages, { role: "user", content: "go" }],
          tools,
        }),
      ),
      RUNS,
    )
    const functions = TOOLS.map((name) => ({ type: "function", function: { name } }))
    fc.assert(
      fc.property(fc.array(chatMessage(model), { maxLength: 8 }), (messages) =>
        explained("openai-chat", { model, messages: [{ role: "user", content: "go" }, ...messages], tools: functions }),
      ),
      RUNS,
    )
    const functionDeclarations = TOOLS.map((name) => ({ name, parameters: { type: "OBJECT", properties: {} } }))
    fc.assert(
      fc.property(fc.array(geminiContent(model), { maxLength: 8 }), (contents) =>
        explained("gemini", {
          model,
          contents: [{ parts: [{ text: "go" }] }, ...contents],
          tools: [{ functionDeclarations }],
        }),
      ),
      RUNS,
    )
  })
})

describe("the reasons", () => {
  it.each(CASES)("of $name", ({ dialect, client, surroundings, told }) => {
    const { notes } = translate(dialect, client, surroundings)
    const found = notes.map((note) => [note.code, note.client, note.upstream])
    for (const one of told) expect(found).toContainEqual(one)
    expect(unexplained(notes)).toEqual([])
  })

  it("are all met, here or where signatures and chains are tested", () => {
    const met = new Set(CASES.flatMap(({ told }) => told.map(([code]) => code)))
    expect(Object.keys(REASONS).filter((code) => !met.has(code as ReasonCode))).toEqual([
      "model-chain",
      "thought-put-back",
      "thought-without-text",
      "signature-put-back",
      "signature-opened",
      "summary-opened",
      "not-compared",
      "not-listed",
      "client-unexplained",
      "upstream-unexplained",
    ])
  })
})

describe("what nothing explains", () => {
  const changed = (upstream: unknown, pointer: string): unknown => {
    const copy = structuredClone(upstream)
    const steps = pointer.split("/").slice(1)
    const last = steps.pop() ?? ""
    let at = copy as Record<string, unknown> // a branch, as its leaf has a parent
    for (const step of steps) at = at[step] as Record<string, unknown> // as above
    const value = at[last]
    at[last] = typeof value === "number" ? value + 7 : typeof value === "boolean" ? !value : `${String(value)}!`
    return copy
  }
  const ENVELOPE = new Set(["/project", "/requestId", "/userAgent", "/requestType", "/request/sessionId"])

  // One of each dialect and family, with most kinds of values.
  const ALTERED = [
    "a chat's wishes for a Claude",
    "calls and results in disorder",
    "an effort, and none",
    "a thought in pieces for its own wire, and a foreign signature",
    "an image",
    "a search",
  ]

  it.each(CASES.filter(({ name }) => ALTERED.includes(name)))(
    "is told of every value that differs: $name",
    ({ dialect, client, surroundings }) => {
      const { exchange } = translate(dialect, client, surroundings)
      for (const { pointer } of leavesOf(exchange.upstream).all) {
        if (ENVELOPE.has(pointer)) continue
        const notes = diffTranslation({ ...exchange, upstream: changed(exchange.upstream, pointer) })
        expect({ pointer, unexplained: unexplained(notes).length }).not.toEqual({ pointer, unexplained: 0 })
      }
    },
  )

  it("stands on the side that has it, before all else where not all are listed", () => {
    const { exchange } = translate("openai-chat", { model: GEMINI, messages: [{ role: "user", content: "Hello?" }] })
    const upstream = changed(exchange.upstream, "/request/contents/0/parts/0/text")
    const told = diffTranslation({ ...exchange, upstream }).filter(({ kind }) => kind === "unexplained")
    expect(told.map(({ code, client, upstream: sent }) => [code, client, sent])).toEqual([
      ["client-unexplained", "/messages/0/content", undefined],
      ["upstream-unexplained", undefined, "/request/contents/0/parts/0/text"],
    ])
    const many = Array.from({ length: 1_200 }, (_, index) => ({ role: "user", content: "x", name: `n${index}` }))
    const long = diffTranslation({
      ...exchange,
      client: { model: GEMINI, messages: [{ role: "user", content: "?" }, ...many] },
    })
    expect(long).toHaveLength(1_000)
    expect(long[0]?.kind).toBe("unexplained")
    expect(long.at(-1)?.code).toBe("not-listed")
  })

  it("is not looked for where a body is not there, is no request, or is too long", () => {
    const { exchange } = translate("openai-chat", { model: GEMINI, messages: [{ role: "user", content: "Hello?" }] })
    const long = { model: GEMINI, messages: Array.from({ length: 11_000 }, () => ({ role: "user", content: "x" })) }
    for (const more of [{ client: undefined }, { upstream: {} }, { client: {} }, { client: long }]) {
      expect(diffTranslation({ ...exchange, ...more }).map(({ code }) => code)).toEqual(["not-compared"])
    }
  })

  it("costs no more where names are long than the names themselves", () => {
    const { exchange } = translate("openai-chat", { model: GEMINI, messages: [{ role: "user", content: "Hello?" }] })
    const name = "n".repeat(1_000_000)
    const members = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, 1]))
    const schema = { type: "object", properties: { [name]: { type: "object", properties: members } } }
    const tools = [{ type: "function", function: { name: "f", parameters: schema } }]
    const client = { model: GEMINI, messages: [{ role: "user", content: "Hello?" }] }
    expect(diffTranslation({ ...exchange, client: { ...client, tools } }).map(({ code }) => code)).toEqual([
      "not-compared",
    ])
    const notes = diffTranslation({ ...exchange, client: { ...client, [name]: 1 } })
    expect(notes.find(({ code }) => code === "field-unknown")?.client).toHaveLength(1_000)
  })

  it("a chain of models is told step by step", () => {
    const { exchange } = translate("openai-chat", { model: GEMINI, messages: [{ role: "user", content: "Hello?" }] })
    const fallbacks = [{ from: CLAUDE, to: GEMINI, because: "pool_exhausted", attempts: 1 }] as const
    const client = { model: CLAUDE, messages: [{ role: "user", content: "Hello?" }] }
    const route = { model: CLAUDE, via: "exact" } as const
    const notes = diffTranslation({ ...exchange, client, route, fallbacks })
    expect(notes.map(({ reason }) => reason)).toContain(
      `\`${CLAUDE}\` could not be served (\`pool_exhausted\`), so \`${GEMINI}\` answers.`,
    )
    expect(unexplained(notes)).toEqual([])
  })
})
