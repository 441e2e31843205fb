/** Images from their prompt to the client, in every dialect that can ask for one. */
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { KEEP_ALIVE_MS } from "#data-plane/server/answer.ts"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { errorOf, fetchAnswer, open } from "./support/client.ts"
import { startGate } from "./support/gate.ts"
import { startSystem, type System } from "./support/plane.ts"
import { steeredClock } from "./support/steered-clock.ts"

const MODEL = "gemini-3.1-flash-image"
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8])

let system: System
beforeEach(async () => {
  system = await startSystem({ accounts: 3, settings: { maxConcurrentPerAccount: 0 } })
})
afterEach(() => system?.stop())

const generate = (body: object) =>
  fetchAnswer(`${system.url}/v1/images/generations`, { body: { model: MODEL, ...body } })

interface Images {
  readonly created: number
  readonly data: readonly { readonly b64_json?: string; readonly url?: string }[]
  readonly output_format: string
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number; readonly total_tokens: number }
}

const imagesOf = (answer: { readonly text: string }): Images => JSON.parse(answer.text) as Images // what this dialect answers

/** Width and height of a PNG. */
function sizeOf(base64: string | undefined): [width: number, height: number] {
  const bytes = Buffer.from(base64 ?? "", "base64")
  expect(bytes.toString("latin1", 1, 4)).toBe("PNG")
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

interface Sent {
  readonly model: string
  readonly requestType: string
  readonly request: Record<string, unknown>
}

const sent = (): Sent => system.simulator.seen().at(-1)?.body as Sent // what we sent
const record = () => waitFor(() => system.link.find("exchange").at(-1))

describe("POST /v1/images/generations", () => {
  test("G165 two images of a shape, in parallel, with the usage of both", async () => {
    const answer = await generate({ prompt: "a cat", size: "1792x1024", n: 2 })
    expect(answer.status).toBe(200)
    const { data, output_format: format, usage } = imagesOf(answer)
    expect(data.map(({ b64_json: image }) => sizeOf(image))).toEqual([
      [1376, 768],
      [1376, 768],
    ])
    expect(format).toBe("png")
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens)
    expect(sent()).toMatchObject({
      model: MODEL,
      requestType: "image_gen",
      request: {
        generationConfig: { imageConfig: { aspectRatio: "16:9" } },
        contents: [{ role: "user", parts: [{ text: "a cat" }] }],
      },
    })
    const kept = await record()
    expect(kept).toMatchObject({ dialect: "openai-images", outcome: "completed", status: 200, model: MODEL })
    expect(kept.attempts).toHaveLength(2)
    expect(kept.usage.inputTokens).toBe(usage.input_tokens)
    expect(kept.usage.outputTokens).toBe(usage.output_tokens)
  })

  test("G166 an address holds the image itself", async () => {
    const [image] = imagesOf(await generate({ prompt: "a cat", response_format: "url", quality: "hd" })).data
    expect(image?.url).toMatch(/^data:image\/png;base64,/)
    expect(sizeOf(image?.url?.split(",")[1])).toEqual([4096, 4096])
  })

  test.each([["dall-e-3"], ["gpt-image-1"], [undefined], ["gemini-3-pro-image"]])(
    "the model %s leads to the image model that is there",
    async (model) => {
      const answer = await generate({ prompt: "a cat", model })
      expect(answer.status).toBe(200)
      expect(sent().model).toBe(MODEL)
    },
  )

  test("G167 words in the image's place are a 400 with these words", async () => {
    const answer = await generate({ prompt: "[[sim:text=I would rather describe it.]]" })
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({
      type: "image_generation_user_error",
      code: "image_generation_failed",
      message: "I would rather describe it.",
    })
    expect(await record()).toMatchObject({ outcome: "failed", status: 400, errorCode: "image_generation_failed" })
  })

  test("G168 of three images one fails: the others are given", async () => {
    system.simulator.script({ fault: { kind: "invalid-argument" }, skip: 1, times: 1 })
    const answer = await generate({ prompt: "a cat", n: 3 })
    expect(answer.status).toBe(200)
    expect(imagesOf(answer).data).toHaveLength(2)
    const kept = await record()
    expect(kept).toMatchObject({ outcome: "completed", status: 200 })
    expect(kept.attempts.filter(({ failureClass }) => failureClass === "bad_request")).toHaveLength(1)
  })

  test("G168 all fail: the answer is the first one's error", async () => {
    system.simulator.script({ fault: { kind: "invalid-argument" }, times: 2 })
    const answer = await generate({ prompt: "a cat", n: 2 })
    expect(answer.status).toBe(400)
    expect(errorOf(answer).code).toBe("upstream_rejected_request")
  })

  test.each([["IMAGE_SAFETY"], ["PROHIBITED_CONTENT"], ["IMAGE_RECITATION"]])(
    "G169 %s is a content policy violation",
    async (reason) => {
      const answer = await generate({ prompt: `[[sim:text=]][[sim:finish=${reason}]]` })
      expect(answer.status).toBe(400)
      expect(errorOf(answer)).toMatchObject({
        type: "image_generation_user_error",
        code: "content_policy_violation",
      })
    },
  )

  test("G169 a prompt that is blocked is one too", async () => {
    const answer = await generate({ prompt: '[[sim:fault=prompt-block {"reason":"PROHIBITED_CONTENT"}]]a cat' })
    expect([answer.status, errorOf(answer).code]).toEqual([400, "content_policy_violation"])
  })

  test("a stream has one event for each whole image", async () => {
    const answer = await generate({ prompt: "a cat", stream: true, n: 2 })
    expect(answer.headers["content-type"]).toContain("text/event-stream")
    const events = answer.text.split("\n\n").filter((frame) => frame !== "")
    expect(events).toHaveLength(2)
    for (const frame of events) {
      const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []
      expect(name).toBe("image_generation.completed")
      expect(sizeOf((JSON.parse(data ?? "") as { b64_json: string }).b64_json)).toEqual([1024, 1024])
    }
  })

  test("a stream without an image is a whole error, with its status", async () => {
    const answer = await generate({ prompt: "[[sim:text=No.]]", stream: true })
    expect([answer.status, errorOf(answer).code]).toEqual([400, "image_generation_failed"])
    expect(answer.headers["content-type"]).toContain("application/json")
  })

  test("a client that leaves ends all of them", async () => {
    const client = open(`${system.url}/v1/images/generations`, {
      body: { model: MODEL, prompt: "[[sim:fault=hang-before-headers]]", n: 3 },
    })
    client.on("error", () => undefined)
    await waitFor(() => system.plane.pool.facts().inFlight === 3)
    client.destroy()
    await waitFor(() => system.plane.pool.facts().inFlight === 0)
    expect(await record()).toMatchObject({ outcome: "cancelled" })
  })

  test("a model that does not draw is a 400 without an upstream call", async () => {
    const answer = await generate({ prompt: "a cat", model: "gemini-3-flash" })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { param: "model", type: "invalid_request_error" } })
    expect(system.simulator.seen()).toHaveLength(0)
  })

  test("no prompt, no image", async () => {
    const answer = await generate({})
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { param: "prompt", type: "invalid_request_error" } })
  })
})

test("silence is filled with comments, and an error then comes in the stream", async () => {
  const clock = steeredClock()
  const slow = await startSystem({ plane: { clock }, settings: { firstByteTimeoutMs: 600_000 } })
  const gate = await startGate(slow.simulator.url)
  try {
    await slow.push({ settings: { antigravityBaseUrls: [gate.url] } })
    gate.close()
    const coming = fetchAnswer(`${slow.url}/v1/images/generations`, {
      body: { model: MODEL, prompt: "[[sim:text=No.]]", stream: true },
    })
    await waitFor(() => gate.held === 1)
    clock.advance(KEEP_ALIVE_MS)
    gate.open()
    const answer = await coming
    expect(answer.status).toBe(200)
    expect(answer.text.startsWith(": keep-alive\n\n")).toBe(true)
    const [, data] = /\nevent: error\ndata: (.+)\n\n$/.exec(answer.text) ?? []
    expect(JSON.parse(data ?? "")).toMatchObject({
      type: "error",
      error: { code: "image_generation_failed", message: "No." },
    })
    const told = await waitFor(() => {
      clock.advance(REPORT_BATCH_MS)
      return slow.link.find("exchange").at(-1)
    })
    expect(told).toMatchObject({ outcome: "failed" })
  } finally {
    await slow.stop()
    await gate.stop()
  }
})

describe("POST /v1/images/edits", () => {
  async function edit(fields: Readonly<Record<string, string | Blob | readonly Blob[]>>) {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "string") form.set(name, value)
      else for (const blob of value instanceof Blob ? [value] : value) form.append(name, blob, "a.png")
    }
    const request = new Response(form)
    return fetchAnswer(`${system.url}/v1/images/edits`, {
      body: Buffer.from(await request.arrayBuffer()),
      headers: { "content-type": request.headers.get("content-type") ?? "" },
    })
  }

  test("a form with a file", async () => {
    const answer = await edit({ model: MODEL, prompt: "with a hat", image: new Blob([PNG]), size: "1024x1536" })
    expect(answer.status).toBe(200)
    expect(sizeOf(imagesOf(answer).data[0]?.b64_json)).toEqual([848, 1264])
    expect(sent().request["contents"]).toEqual([
      {
        role: "user",
        parts: [{ inlineData: { mimeType: "image/png", data: PNG.toString("base64") } }, { text: "with a hat" }],
      },
    ])
  })

  test("a form with several files, and JSON", async () => {
    const blob = new Blob([PNG], { type: "image/png" })
    expect((await edit({ prompt: "both", "image[]": [blob, blob] })).status).toBe(200)
    const [turn] = sent().request["contents"] as { parts: object[] }[] // what we sent
    expect(turn?.parts).toHaveLength(3)
    const json = await fetchAnswer(`${system.url}/v1/images/edits`, {
      body: { prompt: "x", images: [{ image_url: `data:image/png;base64,${PNG.toString("base64")}` }] },
    })
    expect(json.status).toBe(200)
  })

  test.each([
    ["no image", { prompt: "x" }, "image"],
    ["a mask", { prompt: "x", image: new Blob([PNG]), mask: new Blob([PNG]) }, "mask"],
    ["no prompt", { image: new Blob([PNG]) }, "prompt"],
  ])("%s is a 400 with the field", async (_name, fields, param) => {
    const answer = await edit(fields)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { param } })
  })

  test("a broken form is a 400", async () => {
    const answer = await fetchAnswer(`${system.url}/v1/images/edits`, {
      body: Buffer.from("--x\r\nbroken"),
      headers: { "content-type": "multipart/form-data; boundary=x" },
    })
    expect([answer.status, errorOf(answer).type]).toEqual([400, "invalid_request_error"])
  })
})

describe("conversations with an image model", () => {
  test.each([[false], [true]])("G58 chat has the image beside its content (stream: %s)", async (stream) => {
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      body: {
        model: MODEL,
        stream,
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "a cat" },
        ],
        image_config: { aspect_ratio: "16:9" },
      },
    })
    expect(answer.status).toBe(200)
    const [, data] =
      /"images":\[\{"type":"image_url","image_url":\{"url":"data:image\/png;base64,([^"]+)"\},"index":0\}\]/.exec(
        answer.text,
      ) ?? []
    expect(sizeOf(data)).toEqual([1376, 768])
    expect((await record()).dropped).toEqual(["system"])
  })

  test("the image goes back with the next turn, from chat and from messages", async () => {
    const image = `data:image/png;base64,${PNG.toString("base64")}`
    const inline = { inlineData: { mimeType: "image/png", data: PNG.toString("base64") } }
    const chat = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      body: {
        model: MODEL,
        messages: [
          { role: "user", content: "a cat" },
          { role: "assistant", content: "", images: [{ type: "image_url", image_url: { url: image }, index: 0 }] },
          { role: "user", content: "with a hat" },
        ],
      },
    })
    expect(chat.status).toBe(200)
    expect(sent().request["contents"]).toMatchObject([{}, { role: "model", parts: [inline] }, {}])
    const first = await fetchAnswer(`${system.url}/v1/messages`, {
      body: { model: MODEL, max_tokens: 1000, messages: [{ role: "user", content: "a cat" }] },
    })
    const { content } = JSON.parse(first.text) as { content: { type: string; text: string }[] } // what this dialect answers
    expect(content[0]?.text).toMatch(/^!\[image\]\(data:image\/png;base64,/)
    const second = await fetchAnswer(`${system.url}/v1/messages`, {
      body: {
        model: MODEL,
        max_tokens: 1000,
        messages: [
          { role: "user", content: "a cat" },
          { role: "assistant", content },
          { role: "user", content: "with a hat" },
        ],
      },
    })
    expect(second.status).toBe(200)
    expect(sent().request["contents"]).toMatchObject([
      {},
      { role: "model", parts: [{ inlineData: { mimeType: "image/png" } }] },
      {},
    ])
  })
})
