/** The AI SDK's `generateImage` through its provider packages, and the pictures and files that its texts hold. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { generateImage, generateText, type ImageModel, type LanguageModel } from "ai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODEL = "gemini-3.1-flash-image"
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8])
const PDF = Buffer.from("%PDF-1.7 and the rest")

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
})
afterAll(() => system?.stop())

const settings = (path = "v1") => ({ baseURL: `${system.gatewayUrl}/${path}`, apiKey: system.apiKey })

function sizeOf(bytes: Uint8Array): [width: number, height: number] {
  const view = Buffer.from(bytes)
  expect(view.toString("latin1", 1, 4)).toBe("PNG")
  return [view.readUInt32BE(16), view.readUInt32BE(20)]
}

const lastParts = () => {
  const body = generationsSeen(system.simulator).at(-1)?.body as { request: { contents: { parts: object[] }[] } } // what we sent
  return body.request.contents.at(-1)?.parts
}

const IMAGES: Readonly<Record<string, () => ImageModel>> = {
  "@ai-sdk/openai": () => createOpenAI(settings()).image(MODEL),
  "@ai-sdk/openai-compatible": () => createOpenAICompatible({ name: "lagrange", ...settings() }).imageModel(MODEL),
}

describe.each(Object.entries(IMAGES))("%s", (_name, model) => {
  test("G165 draws as many images as are asked for, in the asked shape", async () => {
    const { images } = await generateImage({ model: model(), prompt: "a cat", n: 2, size: "1792x1024", maxRetries: 0 })
    expect(images.map(({ uint8Array }) => sizeOf(uint8Array))).toEqual([
      [1376, 768],
      [1376, 768],
    ])
  })

  test("G167 says why there is none", async () => {
    const none = generateImage({ model: model(), prompt: "[[sim:text=Not today.]]", maxRetries: 0 })
    await expect(none).rejects.toThrow("Not today.")
  })
})

test("G164 @ai-sdk/google gets the picture of an image model as a file", async () => {
  const google = createGoogleGenerativeAI(settings("v1beta"))
  const { files } = await generateText({ model: google(MODEL), prompt: "a cat" })
  expect(files.map(({ mediaType, uint8Array }) => [mediaType, sizeOf(uint8Array)])).toEqual([
    ["image/png", [1024, 1024]],
  ])
})

const TEXTS: Readonly<Record<string, () => LanguageModel>> = {
  "@ai-sdk/openai": () => createOpenAI(settings())("gemini-3-flash"),
  "@ai-sdk/openai chat": () => createOpenAI(settings()).chat("gemini-3-flash"),
  "@ai-sdk/anthropic": () => createAnthropic(settings())("gemini-3-flash"),
  "@ai-sdk/google": () => createGoogleGenerativeAI(settings("v1beta"))("gemini-3-flash"),
}

test.each(Object.entries(TEXTS))("G35, G37 %s shows a picture and a document", async (_name, model) => {
  const { text } = await generateText({
    model: model(),
    maxOutputTokens: 1000,
    messages: [
      {
        role: "user",
        content: [
          { type: "image", image: PNG },
          { type: "file", data: PDF, mediaType: "application/pdf", filename: "a.pdf" },
          { type: "text", text: "[[sim:text=seen]]" },
        ],
      },
    ],
  })
  expect(text).toBe("seen")
  // Messages have a title for a document, which is a line of its own.
  expect(lastParts()?.filter((part) => !("text" in part) || part.text !== "a.pdf")).toMatchObject([
    { inlineData: { mimeType: "image/png", data: PNG.toString("base64") } },
    { inlineData: { mimeType: "application/pdf", data: PDF.toString("base64") } },
    { text: "[[sim:text=seen]]" },
  ])
})
