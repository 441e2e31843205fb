import fc from "fast-check"
import { expect, test } from "vitest"
import type { CapturedExchange } from "./capture.ts"
import { decodeCapture, encodeCapture, type CapturedBytes } from "./capture-wire.ts"
import { accountId, apiKeyId, exchangeId } from "./ids.ts"
import { ShapeError } from "./shape.ts"
import { anyText } from "./testing/any-text.ts"

const bytesOf = (text: string | Buffer, truncated = false): CapturedBytes => {
  const whole = Buffer.from(text)
  const middle = Math.floor(whole.length / 2)
  return { chunks: [whole.subarray(0, middle), whole.subarray(middle)], bytes: whole.length, truncated }
}

function capture(request: CapturedBytes, ...attempts: readonly CapturedBytes[]): CapturedExchange<CapturedBytes> {
  return {
    exchangeId: exchangeId("req_1"),
    apiKeyId: apiKeyId("key_1"),
    startedAt: 1,
    dialect: "openai-chat",
    request: { path: "v1/chat/completions", query: "", headers: { accept: "*/*" }, body: request },
    attempts: attempts.map((body) => ({
      accountId: accountId("acc_1"),
      origin: "https://upstream.test",
      path: "/v1internal:streamGenerateContent?alt=sse",
      body,
      answer: { status: 200, body: bytesOf("data: {}\n\n") },
    })),
    attemptsLeftOut: 0,
    answer: { status: 200, body: bytesOf("answer") },
    notes: [{ code: "x", kind: "dropped", reason: "because", client: "/model" }],
  }
}

const wire = (value: CapturedExchange<CapturedBytes>): Buffer => Buffer.concat(encodeCapture(value))

test("texts come back whole and each in its place, whatever they are", () => {
  const texts = fc.array(anyText(), { maxLength: 4 })
  fc.assert(
    fc.property(anyText(), texts, (request, attempts) => {
      const read = decodeCapture(wire(capture(bytesOf(request), ...attempts.map((text) => bytesOf(text)))))
      const told = [read.request.body, ...read.attempts.map(({ body }) => body)]
      expect(told.map(({ text, encoding }) => [text, encoding])).toEqual(
        [request, ...attempts].map((text) => [Buffer.from(text).toString("utf8"), "utf8"]),
      )
      expect(read.attempts.every(({ answer }) => answer.body.text === "data: {}\n\n")).toBe(true)
      expect(read.answer).toEqual({
        status: 200,
        body: { text: "answer", encoding: "utf8", bytes: 6, truncated: false },
      })
    }),
  )
})

test("what is no text is kept as base64; a cut in the middle of a character is none", () => {
  const picture = Buffer.from([0x89, 0x50, 0xff, 0x00])
  const cut = Buffer.from("größe").subarray(0, 3)
  const read = decodeCapture(wire(capture(bytesOf(picture), bytesOf(cut, true))))
  expect(read.request.body).toMatchObject({ text: picture.toString("base64"), encoding: "base64" })
  expect(read.attempts[0]?.body).toMatchObject({ text: "gr", encoding: "utf8", truncated: true })
})

test("what does not hold what it says is refused", () => {
  const whole = wire(capture(bytesOf("hello")))
  expect(() => decodeCapture(whole.subarray(0, -1))).toThrow(/shorter/)
  expect(() => decodeCapture(Buffer.concat([whole, Buffer.from("x")]))).toThrow(/longer/)
  expect(() => decodeCapture(Buffer.from("{}\n"))).toThrow(ShapeError)
  expect(() => decodeCapture(Buffer.from("no head"))).toThrow(ShapeError)
  expect(() => decodeCapture(Buffer.from("{\n"))).toThrow(/JSON/)
})

test("whatever bytes come, it is read or refused", () => {
  const whole = wire(capture(bytesOf("hello"), bytesOf("there")))
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const broken = Buffer.from(whole)
      broken[at] = byte
      try {
        decodeCapture(broken)
      } catch (error) {
        expect(error).toBeInstanceOf(ShapeError)
      }
    }),
  )
})
