import { describe, expect, it } from "vitest"
import { readMedia } from "./read-media.ts"

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).toString("base64")

describe("readMedia", () => {
  it.each([
    ["image/png", PNG],
    ["image/jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString("base64")],
    ["image/gif", Buffer.from("GIF89a").toString("base64")],
    ["image/webp", Buffer.from("RIFF\u0001\u0002\u0003\u0004WEBPVP8 ").toString("base64")],
    ["application/pdf", Buffer.from("%PDF-1.7").toString("base64")],
  ])("tells %s from the data", (mediaType, data) => {
    expect(readMedia(data, undefined, "x")).toEqual({ type: "media", mediaType, data })
    expect(readMedia(data, "application/octet-stream", "x")?.mediaType).toBe(mediaType)
    expect(readMedia(`data:;base64,${data}`, undefined, "x")?.mediaType).toBe(mediaType)
  })

  it.each([
    [`data:image/PNG;charset=utf-8;base64,${PNG}`, "image/png"],
    [`data:image/jpg;base64,${PNG}`, "image/jpeg"],
    [`DATA:image/heic;BASE64,${PNG}`, "image/heic"],
  ])("takes the type of %s", (url, mediaType) => {
    expect(readMedia(url, undefined, "x")).toEqual({ type: "media", mediaType, data: PNG })
  })

  it("makes base64 standard", () => {
    expect(readMedia(" -_8A\r\n", "image/png", "x")?.data).toBe("+/8A")
  })

  it.each([["data:image/svg+xml,<svg/>"], ["data:audio/wav;base64,aGk="], ["aGVsbG8="]])("carries no %s", (data) => {
    expect(readMedia(data, undefined, "x")).toBeUndefined()
  })

  it.each([[""], ["data:image/png;base64,"], ["no base64!"], ["data:image/png;base64,%41"], ["===="]])(
    "refuses %j",
    (data) => {
      expect(() => readMedia(data, "image/png", "at")).toThrowError(
        expect.objectContaining({ code: "invalid_request", param: "at" }),
      )
    },
  )
})
