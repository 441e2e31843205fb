import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type AnswerSpec, answerChunks, encodeSpec, findSpec, promptTurns, SMALLEST_CHUNK } from "./answer.ts"
import { chunkBytes, closingBytes, holdsPrompt, requestBody } from "./answer-wire.ts"

const specs = fc.record<AnswerSpec>({
  seed: fc.integer({ min: 1, max: 1_000 }),
  id: fc.integer({ min: 1, max: 100_000 }),
  chunks: fc.integer({ min: 1, max: 300 }),
  size: fc.integer({ min: SMALLEST_CHUNK, max: 2_000 }),
  intervalMs: fc.integer({ min: 0, max: 100 }),
  isHeld: fc.boolean(),
  promptBytes: fc.constantFrom(0, 5_000),
})
const plain: AnswerSpec = { seed: 1, id: 7, chunks: 3, size: 64, intervalMs: 0, isHeld: false, promptBytes: 0 }

describe("a spec", () => {
  it("is found again in the body that carries it", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        expect(findSpec(requestBody(spec))).toEqual(spec)
      }),
      { numRuns: 50 },
    )
  })
  it("is the last one of the body, and none when there is none", () => {
    const body = Buffer.from(`${encodeSpec({ ...plain, id: 1 })} said before, ${encodeSpec(plain)}`)
    expect(findSpec(body)).toEqual(plain)
    expect(findSpec(Buffer.from("bench:seed=1,id=2"))).toBeUndefined()
    expect(findSpec(Buffer.from(encodeSpec({ ...plain, size: 1 })))).toBeUndefined()
  })
})

describe("an answer", () => {
  it("has the asked number of chunks of exactly the asked size", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const chunks = answerChunks(spec)
        expect(chunks).toHaveLength(spec.isHeld && spec.intervalMs === 0 ? 1 : spec.chunks)
        for (const chunk of chunks) expect(Buffer.byteLength(chunk)).toBe(spec.size)
      }),
      { numRuns: 50 },
    )
  })
  it("is the same for a spec, another for another id or seed", () => {
    expect(answerChunks(plain)).toEqual(answerChunks({ ...plain }))
    expect(answerChunks({ ...plain, id: 8 })[0]).not.toBe(answerChunks(plain)[0])
    expect(answerChunks({ ...plain, seed: 2 }).join("")).not.toBe(answerChunks(plain).join(""))
  })
  it("holds what JSON escapes and what UTF-8 spreads over several bytes", () => {
    const text = answerChunks({ ...plain, chunks: 200 }).join("")
    expect(text).toMatch(/[\\"\n]/)
    expect(Buffer.byteLength(text)).toBeGreaterThan(text.length)
  })
  it("says the same text on both wires", () => {
    const texts = [0, 1, 2].map((index) => {
      const antigravity = JSON.parse(chunkBytes("antigravity", plain, index).toString().slice("data: ".length))
      const openAi = JSON.parse(
        chunkBytes("openai-chat", plain, index).toString().trimEnd().split("data: ").at(-1) ?? "",
      )
      return [antigravity.response.candidates[0].content.parts[0].text, openAi.choices[0].delta.content]
    })
    expect(texts).toEqual(answerChunks(plain).map((text) => [text, text]))
    expect(closingBytes("openai-chat", plain).toString()).toMatch(/"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/)
    expect(closingBytes("antigravity", plain).toString()).toContain('"finishReason":"STOP"')
  })
})

describe("a conversation", () => {
  const spec: AnswerSpec = { ...plain, promptBytes: 20_000 }
  it("has about the asked size and alternates", () => {
    const turns = promptTurns(1, 20_000)
    expect(turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBeGreaterThan(19_000)
    expect(turns.map(({ role }) => role).slice(0, 4)).toEqual(["system", "user", "assistant", "user"])
    expect(turns.at(-1)?.role).toBe("assistant")
  })
  it("is recognised when it came through, and missed when one letter changed", () => {
    const body = requestBody(spec)
    expect(holdsPrompt("openai-chat", spec, body)).toBe(true)
    const altered = Buffer.from(body.toString().replace("stream carries", "stream Carries"))
    expect(altered.equals(body)).toBe(false)
    expect(holdsPrompt("openai-chat", spec, altered)).toBe(false)
  })
  it("is recognised in the shape of the upstream's request", () => {
    const [system, ...turns] = promptTurns(1, 20_000)
    const contents = turns.map(({ role, text }) => ({ role: role === "user" ? "user" : "model", parts: [{ text }] }))
    const request = { systemInstruction: { parts: [{ text: system?.text }] }, contents }
    const missing = Buffer.from(JSON.stringify({ request }))
    expect(holdsPrompt("antigravity", spec, missing)).toBe(false)
    contents.push({ role: "user", parts: [{ text: encodeSpec(spec) }] })
    expect(holdsPrompt("antigravity", spec, Buffer.from(JSON.stringify({ request })))).toBe(true)
  })
})
