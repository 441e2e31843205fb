import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readAddress, readData, textPart, type MediaField } from "./read-media.ts"

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).toString("base64")
const field = (more: Partial<MediaField> = {}): MediaField => ({ path: "at", accepts: "image", ...more })
const refusal = (code: string) => expect.objectContaining({ code, param: "at" }) as unknown

describe("readData", () => {
  it("tells a type that is not said, or said wrongly, from the data", () => {
    const part = { type: "media", mediaType: "image/png", data: PNG }
    expect(readData(PNG, field())).toEqual(part)
    expect(readData(PNG, field({ declaredType: "application/octet-stream" }))).toEqual(part)
    expect(readData(`data:;base64,${PNG}`, field())).toEqual(part)
    expect(readData(`data:image/jpeg;base64,${PNG}`, field())).toEqual(part)
  })

  it.each([
    ["data:image/PNG;charset=utf-8;base64,AAAA", "image/png"],
    ["data:image/jpg;base64,AAAA", "image/jpeg"],
    ["DATA:image/heic;BASE64,AAAA", "image/heic"],
    ["data:application/pdf;base64,AAAA", "application/pdf"],
    ["data:audio/x-wav;base64,AAAA", "audio/wav"],
    ["data:video/mp4;base64,AAAA", "video/mp4"],
  ])("takes the type of %s", (url, mediaType) => {
    expect(readData(url, field())).toEqual({ type: "media", mediaType, data: "AAAA" })
  })

  it("the address's own type goes before the one beside it", () => {
    expect(readData("data:image/png;base64,AAAA", field({ declaredType: "audio/wav" }))).toMatchObject({
      mediaType: "image/png",
    })
    expect(readData("AAAA", field({ declaredType: "audio/wav" }))).toMatchObject({ mediaType: "audio/wav" })
  })

  it.each([
    [" -_8A\r\n", "+/8A"],
    ["aGk", "aGk="],
    ["aGk=", "aGk="],
    ["aA", "aA=="],
    ["aA=", "aA=="],
  ])("makes %j standard base64", (data, standard) => {
    expect(readData(data, field({ declaredType: "image/png" }))).toMatchObject({ data: standard })
  })

  it("carries whatever bytes there are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.boolean(), (data, isUrlSafe) => {
        const bytes = Buffer.from(data)
        const sent = bytes.toString(isUrlSafe ? "base64url" : "base64")
        expect(readData(sent, field({ declaredType: "audio/wav" }))).toMatchObject({ data: bytes.toString("base64") })
      }),
    )
  })

  it.each([
    ["data:text/plain;base64,w6Q=", "ä"],
    ["data:text/markdown,%23%20caf%C3%A9", "# café"],
    ["data:,a%2Cb", "a,b"],
    ["data:application/json;base64,eyJhIjoxfQ==", '{"a":1}'],
    ["data:image/svg+xml,<svg/>", "<svg/>"],
  ])("G131 reads %s as text", (url, text) => {
    expect(readData(url, field())).toEqual({ type: "text", text })
    expect(readData(url, field({ title: "notes.txt" }))).toEqual({ type: "text", text: `notes.txt\n${text}` })
  })

  it.each([
    [""],
    ["data:image/png;base64,"],
    ["no base64!"],
    ["data:image/png;base64,%41"],
    ["===="],
    ["a"],
    ["aG=k"],
    ["data:application/zip;base64,AAAA"],
    ["data:image/png,abc"],
    ["data:text/plain,%"],
    ["data:text/plain;base64,/w=="],
  ])("refuses %j", (data) => {
    expect(() => readData(data, field({ declaredType: "image/png" }))).toThrow(refusal("invalid_request"))
  })

  it("says what it can carry where it cannot tell what it got", () => {
    expect(() => readData("aGVsbG8=", field())).toThrow(
      "at: data of a kind that cannot be told cannot be carried; send an image, a PDF, a text, audio or video",
    )
  })
})

describe("readAddress", () => {
  it("leaves http(s) to be fetched, with what the field may hold", () => {
    expect(readAddress("https://Example.test/a b.png", field())).toEqual({
      type: "remote-media",
      url: "https://example.test/a%20b.png",
      accepts: "image",
      param: "at",
    })
    expect(
      readAddress("http://example.test/a", field({ accepts: "document", declaredType: "application/pdf" })),
    ).toEqual({
      type: "remote-media",
      url: "http://example.test/a",
      mediaType: "application/pdf",
      accepts: "document",
      param: "at",
    })
  })

  it("reads a data: URL at once", () => {
    expect(readAddress(`data:image/png;base64,${PNG}`, field())).toMatchObject({ type: "media" })
  })

  it.each([["x"], [""], ["file:///etc/passwd"], ["ftp://example.test/a.png"], ["javascript:1"], ["//example.test/a"]])(
    "refuses %j",
    (address) => {
      expect(() => readAddress(address, field())).toThrow(refusal("invalid_request"))
    },
  )

  it.each([
    ["gs://bucket/a.png"],
    ["https://generativelanguage.googleapis.com/v1beta/files/abc"],
    ["https://generativelanguage.googleapis.com/upload/v1beta/files/abc"],
  ])("refuses a file of another service at %s", (address) => {
    expect(() => readAddress(address, field())).toThrow(refusal("unsupported_parameter"))
  })
})

it("textPart writes no title where there is none", () => {
  expect(textPart("a", undefined)).toEqual({ type: "text", text: "a" })
  expect(textPart("a", "")).toEqual({ type: "text", text: "a" })
})
