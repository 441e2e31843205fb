import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readImageSize } from "./image-size.ts"
import { gif, jpeg, png, webp } from "./testing/images.ts"

describe("readImageSize", () => {
  it.each([
    ["PNG", png(640, 480)],
    ["GIF", gif(640, 480)],
    ["baseline JPEG", jpeg(640, 480)],
    ["progressive JPEG after a profile of 60,000 bytes", jpeg(640, 480, { marker: 0xc2, before: 60_000 })],
    ["lossy WebP", webp("VP8 ", 640, 480)],
    ["lossless WebP", webp("VP8L", 640, 480)],
    ["extended WebP", webp("VP8X", 640, 480)],
  ])("reads a %s", (_name, data) => {
    expect(readImageSize(data)).toEqual({ width: 640, height: 480 })
  })

  it.each([
    ["nothing", ""],
    ["text", Buffer.from("no image at all, but long enough for any head").toString("base64")],
    ["a head that breaks off", png(640, 480).slice(0, 24)],
    ["a JPEG without a frame", Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 4]).toString("base64")],
    ["a JPEG whose segments are empty", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0]).toString("base64")],
    ["an image without height", png(640, 0)],
  ])("does not know %s", (_name, data) => {
    expect(readImageSize(data)).toBeUndefined()
  })

  it("never throws and gives whole numbers, whatever follows a known beginning", () => {
    const beginnings = fc.constantFrom(png(1, 1), gif(1, 1), jpeg(1, 1), webp("VP8 ", 1, 1), webp("VP8L", 1, 1), "")
    fc.assert(
      fc.property(beginnings, fc.nat(40), fc.uint8Array({ maxLength: 80, size: "max" }), (beginning, kept, rest) => {
        const bytes = Buffer.concat([Buffer.from(beginning, "base64").subarray(0, kept), rest])
        const size = readImageSize(bytes.toString("base64"))
        if (size === undefined) return
        expect(Number.isSafeInteger(size.width) && size.width > 0).toBe(true)
        expect(Number.isSafeInteger(size.height) && size.height > 0).toBe(true)
      }),
    )
  })
})
