import { describe, expect, it } from "vitest"
import type { GatewayError } from "../../canonical/error.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { answerContext } from "../testing/fixtures.ts"
import { openaiImagesClient } from "./index.ts"
import { decodeRequest } from "./decode-request.ts"
import { encodeChoices, encodeResponse } from "./encode-response.ts"
import { encodeChoicesStream, encodeStream } from "./encode-stream.ts"

const context = (more: object = {}, form = "generations") =>
  answerContext(decodeRequest({ prompt: "a cat", image: "iVBORw0KGgo=", ...more }, {}, { rest: "", form }).value)

const image = (data: string, mediaType = "image/png"): Part => ({ type: "media", mediaType, data })
const answer = (parts: readonly Part[], more: Partial<ChatResponse> = {}): ChatResponse => ({
  parts,
  finishReason: { unified: "stop", raw: "STOP" },
  usage: { inputTokens: 5, outputTokens: 1290 },
  ...more,
})

/** What a client is told. */
function errorOf(run: () => unknown): { type: string; code: string; message: string; status: number } {
  try {
    run()
  } catch (error) {
    // The only kind that is thrown here.
    const { status, body } = openaiImagesClient.encodeError(error as GatewayError, { exchangeId: "req_x", now: 0 })
    const told = body as { error: { type: string; code: string; message: string } } // OpenAI's shape
    return { status, ...told.error }
  }
  throw new Error("nothing was thrown")
}

describe("encodeResponse", () => {
  it("has the image as base64", () => {
    expect(encodeResponse(answer([{ type: "text", text: "Here." }, image("aGkh")]), context())).toEqual({
      created: 1760000000,
      data: [{ b64_json: "aGkh" }],
      output_format: "png",
      usage: {
        input_tokens: 5,
        output_tokens: 1290,
        total_tokens: 1295,
        input_tokens_details: { text_tokens: 5, image_tokens: 0 },
      },
    })
  })

  it("G166 has it as a data: URL when addresses are wanted", () => {
    const body = encodeResponse(answer([image("aGkh", "image/jpeg")]), context({ response_format: "url" }))
    expect(body).toMatchObject({ data: [{ url: "data:image/jpeg;base64,aGkh" }], output_format: "jpeg" })
  })

  it("G165 has all images that came, and the usage of all", () => {
    const body = encodeChoices([answer([image("AAAA")]), answer([]), answer([image("BBBB")])], context())
    expect(body.data).toEqual([{ b64_json: "AAAA" }, { b64_json: "BBBB" }])
    expect(body.usage).toMatchObject({ input_tokens: 15, output_tokens: 3870, total_tokens: 3885 })
  })

  it("has numbers where the upstream reported none", () => {
    expect(encodeResponse(answer([image("AAAA")], { usage: {} }), context()).usage).toMatchObject({
      input_tokens: 42,
      output_tokens: 1290,
    })
  })

  it("G167 is an error with the model's words where it drew nothing", () => {
    const words = answer([{ type: "text", text: "I cannot draw that." }])
    expect(errorOf(() => encodeResponse(words, context()))).toMatchObject({
      status: 400,
      type: "image_generation_user_error",
      code: "image_generation_failed",
      message: "I cannot draw that.",
    })
    expect(errorOf(() => encodeResponse(answer([]), context())).message).toBe("The model answered without an image.")
  })

  it.each(["IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_RECITATION"])("G169 is an error of policy for %s", (raw) => {
    const refused = answer([{ type: "text", text: "No." }], { finishReason: { unified: "refusal", raw } })
    expect(errorOf(() => encodeResponse(refused, context()))).toMatchObject({
      status: 400,
      type: "image_generation_user_error",
      code: "content_policy_violation",
      message: `The upstream's safety rules refused the image (${raw}).`,
    })
    const told = answer([], { finishReason: { unified: "refusal", raw, message: "Not this." } })
    expect(errorOf(() => encodeResponse(told, context())).message).toBe("Not this.")
  })
})

describe("encodeStream", () => {
  const END: StreamPart = { type: "response-end", finishReason: { unified: "stop", raw: "STOP" } }
  const parts = (data: string): readonly StreamPart[] => [
    { type: "response-start" },
    { type: "media", block: 0, mediaType: "image/png", data },
    { type: "usage", usage: { inputTokens: 5, outputTokens: 7 } },
    END,
  ]
  const events = (frames: readonly string[]): unknown[] =>
    frames
      .join("")
      .split("\n\n")
      .filter((frame) => frame !== "")
      .map((frame) => {
        const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []
        const event = JSON.parse(data ?? "") as { type: string } // our own frames
        expect(event.type).toBe(name)
        return event
      })

  it.each([
    ["generations", "image_generation.completed"],
    ["edits", "image_edit.completed"],
  ])("of %s has one event with the whole image", (form, type) => {
    const frames: string[] = []
    const encoder = encodeStream((written) => frames.push(written), context({}, form))
    for (const part of parts("AAAA")) encoder.part(part)
    encoder.finish?.()
    expect(events(frames)).toEqual([
      {
        type,
        b64_json: "AAAA",
        created_at: 1760000000,
        output_format: "png",
        usage: {
          input_tokens: 5,
          output_tokens: 7,
          total_tokens: 12,
          input_tokens_details: { text_tokens: 5, image_tokens: 0 },
        },
      },
    ])
  })

  it("writes nothing before an image is whole, and throws what a whole answer would when none came", () => {
    const frames: string[] = []
    const encoder = encodeStream((written) => frames.push(written), context())
    encoder.part({ type: "text-start", block: 0 })
    encoder.part({ type: "text-delta", block: 0, text: "No." })
    encoder.part({ type: "text-end", block: 0 })
    encoder.part(END)
    expect(frames).toEqual([])
    expect(errorOf(() => encoder.finish?.())).toMatchObject({ code: "image_generation_failed", message: "No." })
  })

  it("G168 is content with those that came", () => {
    const frames: string[] = []
    const { choices, whole } = encodeChoicesStream((written) => frames.push(written), context({ n: 3 }), 3)
    for (const part of parts("BBBB")) choices[1]?.part(part)
    choices[0]?.part(END)
    expect(() => whole.finish?.()).not.toThrow()
    expect(events(frames)).toMatchObject([{ b64_json: "BBBB" }])
  })

  it("tells an error that OpenAI's SDK throws", () => {
    const frames: string[] = []
    const { whole } = encodeChoicesStream((written) => frames.push(written), context({ n: 2 }), 2)
    whole.keepAlive()
    expect(frames.splice(0)).toEqual([": keep-alive\n\n"])
    const error = errorFor()
    whole.part({ type: "error", error })
    expect(events(frames)).toMatchObject([{ type: "error", error: { message: "stopped" } }])
  })

  function errorFor(): GatewayError {
    try {
      encodeResponse(answer([{ type: "text", text: "stopped" }]), context())
    } catch (error) {
      return error as GatewayError // the only kind that is thrown here
    }
    throw new Error("nothing was thrown")
  }
})
