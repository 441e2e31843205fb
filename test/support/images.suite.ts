/** Images, media and several answers through the official `openai` package, for every major of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type Types from "openai"
import type { OpenAIClass } from "./openai.suite.ts"
import { generationsSeen } from "./seen.ts"
import { startSystem, type System } from "./start-system.ts"

const MODEL = "gemini-3.1-flash-image"
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8])

export type ToFile = (value: Buffer, name: string, options: { type: string }) => Promise<File>

/** Width and height of a PNG in base64. */
function sizeOf(base64: string | undefined): [width: number, height: number] {
  const bytes = Buffer.from(base64 ?? "", "base64")
  expect(bytes.toString("latin1", 1, 4)).toBe("PNG")
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

export function imagesSuite(OpenAI: OpenAIClass, toFile: ToFile): void {
  let system: System
  let openai: Types

  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  })
  afterAll(() => system?.stop())

  const lastSent = () =>
    generationsSeen(system.simulator).at(-1)?.body as { request: { contents: { parts: object[] }[] } } // what we sent

  describe("images.generate", () => {
    test("G165 two images of the asked shape", async () => {
      const answer = await openai.images.generate({ model: MODEL, prompt: "a cat", size: "1792x1024", n: 2 })
      expect(answer.data?.map(({ b64_json: image }) => sizeOf(image))).toEqual([
        [1376, 768],
        [1376, 768],
      ])
      expect(answer.output_format).toBe("png")
      expect(answer.usage?.total_tokens).toBeGreaterThan(2 * 1290)
    })

    test("G166 an address, of OpenAI's own model names", async () => {
      const answer = await openai.images.generate({
        model: "dall-e-3",
        prompt: "a cat",
        response_format: "url",
        quality: "hd",
      })
      const url = answer.data?.[0]?.url ?? ""
      expect(url).toMatch(/^data:image\/png;base64,/)
      expect(sizeOf(url.split(",")[1])).toEqual([4096, 4096])
    })

    test("a stream ends with the whole image", async () => {
      const stream = await openai.images.generate({ model: MODEL, prompt: "a cat", stream: true })
      const types: string[] = []
      for await (const event of stream) {
        types.push(event.type)
        if (event.type === "image_generation.completed") expect(sizeOf(event.b64_json)).toEqual([1024, 1024])
      }
      expect(types).toEqual(["image_generation.completed"])
    })

    test("G167, G169 what is no image is an error with its code", async () => {
      const words = openai.images.generate({ model: MODEL, prompt: "[[sim:text=Not today.]]" })
      await expect(words).rejects.toMatchObject({ status: 400, code: "image_generation_failed" })
      const unsafe = openai.images.generate({ model: MODEL, prompt: "[[sim:text=]][[sim:finish=IMAGE_SAFETY]]" })
      await expect(unsafe).rejects.toMatchObject({
        status: 400,
        code: "content_policy_violation",
        type: "image_generation_user_error",
      })
    })
  })

  test("images.edit sends its files before the prompt", async () => {
    const image = await toFile(PNG, "a.png", { type: "image/png" })
    const answer = await openai.images.edit({ model: MODEL, image: [image, image], prompt: "together" })
    expect(sizeOf(answer.data?.[0]?.b64_json)).toEqual([1024, 1024])
    const inlineData = { mimeType: "image/png", data: PNG.toString("base64") }
    expect(lastSent().request.contents[0]?.parts).toEqual([{ inlineData }, { inlineData }, { text: "together" }])
  })

  describe("chat", () => {
    test("G58 an image model's answer", async () => {
      const answer = await openai.chat.completions.create({
        model: MODEL,
        messages: [{ role: "user", content: "a cat" }],
      })
      // Not OpenAI's own, so that the types do not know it.
      const message = answer.choices[0]?.message as unknown as {
        content: string
        images: { image_url: { url: string } }[]
      }
      expect(message.content).toBe("")
      expect(sizeOf(message.images[0]?.image_url.url.split(",")[1])).toEqual([1024, 1024])
    })

    test("G35, G37 images, sounds and documents of a question", async () => {
      const wav = Buffer.from("RIFF0000WAVEfmt 0000").toString("base64")
      const pdf = Buffer.from("%PDF-1.7 and the rest").toString("base64")
      const answer = await openai.chat.completions.create({
        model: "gemini-3-flash",
        messages: [
          {
            role: "user",
            content: [
              { type: "image_url", image_url: { url: `data:image/png;base64,${PNG.toString("base64")}` } },
              { type: "input_audio", input_audio: { data: wav, format: "wav" } },
              { type: "file", file: { file_data: `data:application/pdf;base64,${pdf}`, filename: "a.pdf" } },
              { type: "text", text: "[[sim:text=seen]]" },
            ],
          },
        ],
      })
      expect(answer.choices[0]?.message.content).toBe("seen")
      expect(lastSent().request.contents[0]?.parts).toMatchObject([
        { inlineData: { mimeType: "image/png" } },
        { inlineData: { mimeType: "audio/wav" } },
        { inlineData: { mimeType: "application/pdf" } },
        {},
      ])
    })

    test("G36, G38 what cannot be fetched, and what is not kept", async () => {
      const ask = (part: object) =>
        openai.chat.completions.create({
          model: "gemini-3-flash",
          // The parts are those of the documentation.
          messages: [{ role: "user", content: [part as Types.Chat.Completions.ChatCompletionContentPart] }],
        })
      await expect(
        ask({ type: "image_url", image_url: { url: "http://169.254.169.254/a.png" } }),
      ).rejects.toMatchObject({
        status: 400,
        param: "messages[0].content[0].image_url.url",
      })
      await expect(ask({ type: "file", file: { file_id: "file-1" } })).rejects.toMatchObject({
        status: 400,
        param: "messages[0].content[0].file.file_id",
      })
    })

    test("G56 two answers, whole and through the stream helper", async () => {
      const body = {
        model: "gemini-3-flash",
        messages: [{ role: "user" as const, content: "[[sim:text=twice]]" }],
        n: 2,
      }
      const whole = await openai.chat.completions.create(body)
      expect(whole.choices.map(({ index, message }) => [index, message.content])).toEqual([
        [0, "twice"],
        [1, "twice"],
      ])
      const stream = openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } })
      const streamed = await stream.finalChatCompletion()
      expect(streamed.choices.map(({ message, finish_reason: reason }) => [message.content, reason])).toEqual([
        ["twice", "stop"],
        ["twice", "stop"],
      ])
      // Its prompts were in the cache of the upstream by then.
      expect(streamed.usage?.prompt_tokens).toBe(whole.usage?.prompt_tokens)
      expect(streamed.usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
    })
  })
}
