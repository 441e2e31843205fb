/** Images, documents, sounds and films on their way through the whole plane. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { chatBody, errorOf, fetchAnswer, messagesBody, open } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { waitFor } from "../../test/support/wait-for.ts"

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8]).toString("base64")
const WAV = Buffer.from("RIFF0000WAVEfmt 0000").toString("base64")
const PDF = Buffer.from("%PDF-1.7 a whole document").toString("base64")

let system: System
let files: Server
let filesUrl: string
const asked: string[] = []
let isHanging = false

beforeAll(async () => {
  files = createServer((request, response) => {
    asked.push(request.url ?? "")
    if (isHanging) return
    response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from(PNG, "base64"))
  })
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve))
  filesUrl = `http://files.test:${(files.address() as AddressInfo).port}` // it listens on a port
  system = await startSystem({
    settings: { maxConcurrentPerAccount: 0 },
    // Only this name leads here; what is not public stays refused.
    plane: {
      remoteMedia: {
        resolve: async (host) => (host === "files.test" ? ["127.0.0.1"] : ["10.0.0.1"]),
        isAllowed: (address) => address === "127.0.0.1",
      },
    },
  })
})
afterAll(async () => {
  await system?.stop()
  files?.closeAllConnections()
  await new Promise<void>((resolve) => files.close(() => resolve()))
})

const chat = (): string => `${system.url}/v1/chat/completions`
const messages = (): string => `${system.url}/v1/messages`

interface SentPart {
  readonly text?: string
  readonly inlineData?: { readonly mimeType: string; readonly data: string }
  readonly fileData?: object
}

/** The parts of the last turn that reached the upstream. */
function sentParts(): readonly SentPart[] {
  const body = system.simulator.seen().at(-1)?.body as { request: { contents: { parts: SentPart[] }[] } } // what we sent
  return body.request.contents.at(-1)?.parts ?? []
}

const inline = (mimeType: string, data: string) => ({ inlineData: { mimeType, data } })

describe("chat", () => {
  const ask = (content: object[], more: object = {}) =>
    fetchAnswer(chat(), {
      body: {
        ...chatBody("x"),
        messages: [{ role: "user", content: [...content, { type: "text", text: "[[sim:text=ok]]" }] }],
        ...more,
      },
    })

  test("G35, G37 images, sounds, films and documents reach the upstream in their order", async () => {
    const answer = await ask([
      { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: "input_audio", input_audio: { data: WAV, format: "wav" } },
      { type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } },
      { type: "file", file: { file_data: `data:application/pdf;base64,${PDF}`, filename: "a.pdf" } },
      { type: "file", file: { file_data: "data:text/plain;base64,d29yZHM=", filename: "a.txt" } },
      { type: "video_url", video_url: { url: "https://www.youtube.com/watch?v=abc" } },
    ])
    expect(answer.status).toBe(200)
    expect(sentParts()).toEqual([
      inline("image/png", PNG),
      inline("audio/wav", WAV),
      inline("video/mp4", "AAAA"),
      inline("application/pdf", PDF),
      { text: "a.txt\nwords" },
      { fileData: { fileUri: "https://www.youtube.com/watch?v=abc" } },
      { text: "[[sim:text=ok]]" },
    ])
  })

  test("an image at an address is fetched", async () => {
    const answer = await ask([{ type: "image_url", image_url: { url: `${filesUrl}/a.png` } }])
    expect(answer.status).toBe(200)
    expect(asked.at(-1)).toBe("/a.png")
    expect(sentParts()[0]).toEqual(inline("image/png", PNG))
  })

  test("G36 an image in a private network is a 400 without any call, upstream or there", async () => {
    const before = system.simulator.seen().length
    const answer = await ask([{ type: "image_url", image_url: { url: "http://inner.test/a.png" } }])
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({
      type: "invalid_request_error",
      message:
        "messages[0].content[0].image_url.url: the image at inner.test was not fetched: it does not lead to a public address.",
    })
    expect(system.simulator.seen()).toHaveLength(before)
  })

  test("nothing is fetched for a model that nobody has, or that does not take it, or where it is switched off", async () => {
    const image = [{ type: "image_url", image_url: { url: `${filesUrl}/b.png` } }]
    expect((await ask(image, { model: "gemini-3-flush" })).status).toBe(404)
    const audio = await ask([{ type: "input_audio", input_audio: { data: WAV, format: "wav" } }], {
      model: "claude-sonnet-4-6",
    })
    expect(audio.status).toBe(400)
    expect(errorOf(audio).message).toContain("The model claude-sonnet-4-6 does not take audio")
    await system.push({ settings: { fetchRemoteMedia: false } })
    const off = await ask(image)
    expect([off.status, errorOf(off).code]).toEqual([400, "unsupported_parameter"])
    await system.push({ settings: { fetchRemoteMedia: true } })
    expect(asked).not.toContain("/b.png")
  })

  test("G38 a file's id is a 400 with the field", async () => {
    const answer = await ask([{ type: "file", file: { file_id: "file-1" } }])
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { param: "messages[0].content[0].file.file_id" } })
  })

  test("a client that leaves calls the fetch off", async () => {
    isHanging = true
    const ended = new Promise<void>((resolve) =>
      files.once("request", (_request, response) => response.once("close", resolve)),
    )
    const content = [{ type: "image_url", image_url: { url: `${filesUrl}/slow.png` } }]
    const client = open(chat(), { body: { ...chatBody("x"), messages: [{ role: "user", content }] } })
    client.on("error", () => undefined)
    await waitFor(() => asked.includes("/slow.png"))
    client.destroy()
    await ended
    isHanging = false
    const record = await waitFor(() => system.link.find("exchange").find((one) => one.outcome === "cancelled"))
    expect(record.attempts).toEqual([])
  })
})

describe("messages", () => {
  const ask = (content: object[]) =>
    fetchAnswer(messages(), {
      body: {
        ...messagesBody("x"),
        messages: [{ role: "user", content: [...content, { type: "text", text: "[[sim:text=ok]]" }] }],
      },
    })

  test("G131 images, documents and search results", async () => {
    const answer = await ask([
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      { type: "image", source: { type: "url", url: `${filesUrl}/c.png` } },
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF }, title: "T" },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "words" }, title: "U" },
      { type: "search_result", title: "V", source: "https://example.test", content: [{ type: "text", text: "found" }] },
    ])
    expect(answer.status).toBe(200)
    expect(sentParts()).toEqual([
      inline("image/png", PNG),
      inline("image/png", PNG),
      { text: "T" },
      inline("application/pdf", PDF),
      { text: "U\nwords" },
      { text: "V\nhttps://example.test\nfound" },
      { text: "[[sim:text=ok]]" },
    ])
  })

  test("a document at an address that is no document is a 400", async () => {
    const answer = await ask([{ type: "document", source: { type: "url", url: "https://inner.test/a.pdf" } }])
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({ type: "invalid_request_error" })
    expect(errorOf(answer).message).toContain("the document at inner.test was not fetched")
  })
})
