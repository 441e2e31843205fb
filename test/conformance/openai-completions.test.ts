/** The legacy call of the official `openai` package against a real data plane over the simulator. */
import OpenAI from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen, lastUsage } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODEL = "gemini-3-flash"
const TEXT = 'Straße, 数据, 🙂 and "quotes" \\ \n new lines\tand the rest'

let system: System
let openai: OpenAI
beforeAll(async () => {
  system = await startSystem({ accounts: 1 })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
})
afterAll(() => system?.stop())

describe("completions.create", () => {
  test("answers a prompt with its text and the upstream's own counts", async () => {
    const prompt = `[[sim:text=${TEXT}]]`
    const answer = await openai.completions.create({ model: MODEL, prompt, max_tokens: 500, temperature: 0.2 })
    expect(answer).toMatchObject({
      object: "text_completion",
      model: MODEL,
      id: expect.stringMatching(/^cmpl-/) as string,
    })
    expect(answer.choices).toEqual([{ text: TEXT, index: 0, logprobs: null, finish_reason: "stop" }])
    const { promptTokenCount, totalTokenCount } = lastUsage(system.simulator)
    expect(answer.usage).toMatchObject({ prompt_tokens: promptTokenCount, total_tokens: totalTokenCount })
    const sent = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
    expect(sent).toContain('"maxOutputTokens":500')
  })

  test("streams the same, with usage where it was asked for", async () => {
    const prompt = [`[[sim:chunks=9]][[sim:text=${TEXT}]]`]
    const options = { include_usage: true }
    const stream = await openai.completions.create({ model: MODEL, prompt, stream: true, stream_options: options })
    let text = ""
    const ends: unknown[] = []
    const usages: unknown[] = []
    for await (const chunk of stream) {
      expect(chunk.object).toBe("text_completion")
      for (const choice of chunk.choices) {
        text += choice.text
        if ((choice.finish_reason as string | null) !== null) ends.push(choice.finish_reason) // the type leaves null out
      }
      if (chunk.usage) usages.push(chunk.usage.prompt_tokens)
    }
    expect(text).toBe(TEXT)
    expect(ends).toEqual(["stop"])
    expect(usages).toEqual([lastUsage(system.simulator).promptTokenCount])
  })

  test("echoes the prompt before its answer", async () => {
    const prompt = "[[sim:text= and then]]Once"
    const answer = await openai.completions.create({ model: MODEL, prompt, echo: true })
    expect(answer.choices[0]?.text).toBe(`${prompt} and then`)
  })

  test("gives as many answers as are asked for, with the usage of all, streamed too", async () => {
    const before = generationsSeen(system.simulator).length
    const body = { model: MODEL, prompt: "[[sim:text=one of them]]", n: 3 }
    const whole = await openai.completions.create(body)
    expect(whole.choices.map(({ text, index }) => [text, index])).toEqual([0, 1, 2].map((at) => ["one of them", at]))
    expect(whole.usage?.prompt_tokens).toBe(lastUsage(system.simulator).promptTokenCount * 3)
    expect(generationsSeen(system.simulator)).toHaveLength(before + 3)
    const texts = ["", "", ""]
    for await (const { choices } of await openai.completions.create({ ...body, stream: true })) {
      for (const { text, index } of choices) texts[index] += text
    }
    expect(texts).toEqual(["one of them", "one of them", "one of them"])
  })

  test("ends at the limit as `length` and at a safety stop as `content_filter`", async () => {
    const finish = async (reason: string) => {
      const prompt = `[[sim:text=partial]][[sim:finish=${reason}]]`
      return (await openai.completions.create({ model: MODEL, prompt })).choices[0]?.finish_reason
    }
    expect(await finish("MAX_TOKENS")).toBe("length")
    expect(await finish("SAFETY")).toBe("content_filter")
  })

  test("a stream that is cut off is an error, never a clean end", async () => {
    const prompt = "[[sim:chunks=5]][[sim:words=60]][[sim:fault=truncated]]"
    const stream = await openai.completions.create({ model: MODEL, prompt, stream: true })
    let text = ""
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.text ?? ""
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
    expect(text).not.toBe("")
  })

  test("what cannot be done is refused in OpenAI's words", async () => {
    const suffix = openai.completions.create({ model: MODEL, prompt: "a", suffix: "b" })
    await expect(suffix).rejects.toMatchObject({ status: 400, code: "unsupported_parameter", param: "suffix" })
    const unknown = openai.completions.create({ model: "gemini-3-flush", prompt: "a" })
    await expect(unknown).rejects.toMatchObject({ status: 404, code: "model_not_found", param: "model" })
    await expect(unknown).rejects.toThrow(/gemini-3-flash/)
  })

  test("embeddings are a NotFoundError that says so", async () => {
    const failure = openai.embeddings.create({ model: "text-embedding-3-small", input: "x" })
    await expect(failure).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(failure).rejects.toThrow(/embeddings/)
  })
})
