import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { audioTypeOf, isTextType, mediaKindOf, normaliseMediaType, SNIFF_BYTES, sniffMediaType } from "./media-type.ts"

const bytes = (text: string) => Buffer.from(text, "latin1")

describe("sniffMediaType", () => {
  it.each([
    ["image/png", "\x89PNG\r\n\x1a\n"],
    ["image/jpeg", "\xff\xd8\xff\xe0"],
    ["image/gif", "GIF89a"],
    ["image/webp", "RIFF\x01\x02\x03\x04WEBPVP8 "],
    ["image/heic", "\x00\x00\x00\x18ftypheic"],
    ["image/heif", "\x00\x00\x00\x18ftypmif1"],
    ["image/avif", "\x00\x00\x00\x18ftypavif"],
    ["application/pdf", "%PDF-1.7"],
    ["audio/wav", "RIFF\x01\x02\x03\x04WAVEfmt "],
    ["audio/mpeg", "ID3\x04"],
    ["audio/mpeg", "\xff\xfb\x90\x64"],
    ["audio/aac", "\xff\xf1\x50\x80"],
    ["audio/flac", "fLaC"],
    ["audio/ogg", "OggS"],
    ["audio/aiff", "FORM\x01\x02\x03\x04AIFF"],
    ["audio/mp4", "\x00\x00\x00\x18ftypM4A "],
    ["video/mp4", "\x00\x00\x00\x18ftypisom"],
    ["video/quicktime", "\x00\x00\x00\x18ftypqt  "],
    ["video/webm", "\x1a\x45\xdf\xa3"],
    ["video/x-msvideo", "RIFF\x01\x02\x03\x04AVI LIST"],
  ])("tells %s", (mediaType, beginning) => {
    expect(sniffMediaType(bytes(beginning))).toBe(mediaType)
    expect(sniffMediaType(bytes(`${beginning}${"x".repeat(100)}`))).toBe(mediaType)
  })

  it.each([["<html>"], [""], ["RIFF"], ["FORMxxxxJPEG"], ["\xff\xd8"]])("does not know %j", (beginning) => {
    expect(sniffMediaType(bytes(beginning))).toBeUndefined()
  })

  it("looks at its few bytes only, and at whatever stands there", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64, size: "max" }), (data) => {
        expect(sniffMediaType(data)).toBe(sniffMediaType(data.subarray(0, SNIFF_BYTES)))
      }),
    )
  })
})

describe("media types", () => {
  it.each([
    [" Image/PNG; charset=utf-8", "image/png"],
    ["image/jpg", "image/jpeg"],
    ["audio/x-wav", "audio/wav"],
    ["application/octet-stream", ""],
    [undefined, ""],
    ["constructor", "constructor"],
  ])("%j is %j", (declared, mediaType) => {
    expect(normaliseMediaType(declared)).toBe(mediaType)
  })

  it.each([
    ["image/heic", "image"],
    ["application/pdf", "document"],
    ["audio/wav", "audio"],
    ["video/mp4", "video"],
    ["image/svg+xml", undefined],
    ["text/plain", undefined],
    ["application/zip", undefined],
    ["", undefined],
  ])("%s is of the kind %s", (mediaType, kind) => {
    expect(mediaKindOf(mediaType)).toBe(kind)
  })

  it.each([["text/markdown"], ["application/json"], ["application/ld+json"], ["image/svg+xml"]])(
    "%s is a text",
    (mediaType) => {
      expect(isTextType(mediaType)).toBe(true)
    },
  )

  it("knows formats of sound by the names that clients use", () => {
    expect(audioTypeOf("MP3")).toBe("audio/mpeg")
    expect(audioTypeOf("pcm16")).toBeUndefined()
    expect(audioTypeOf("constructor")).toBeUndefined()
  })
})
