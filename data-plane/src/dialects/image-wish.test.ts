import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nearestRatio, readImageResolution, readImageSize } from "./image-wish.ts"

describe("readImageSize", () => {
  it.each([
    ["1024x1024", { aspectRatio: "1:1" }],
    ["1536x1024", { aspectRatio: "3:2" }],
    ["1024x1536", { aspectRatio: "2:3" }],
    ["1792x1024", { aspectRatio: "16:9" }],
    ["1024x1792", { aspectRatio: "9:16" }],
    ["512X512", { aspectRatio: "1:1" }],
    ["800x600", { aspectRatio: "4:3" }],
    ["3840x2160", { aspectRatio: "16:9", size: "4K" }],
    ["1920x1080", { aspectRatio: "16:9", size: "2K" }],
    ["2048 x 2048", { aspectRatio: "1:1", size: "2K" }],
    ["16:9", { aspectRatio: "16:9" }],
    ["21:9", { aspectRatio: "21:9" }],
    ["2:1", { aspectRatio: "16:9" }],
    ["1:3", { aspectRatio: "9:16" }],
  ])("G165 reads %s", (text, wish) => {
    expect(readImageSize(text)).toEqual(wish)
  })

  it.each([["auto"], [""], ["0x10"], ["10x"], ["-1x2"], ["1x2x3"], ["999999x1"]])("does not read %j", (text) => {
    expect(readImageSize(text)).toBeUndefined()
  })
})

it("a turned image has the turned ratio", () => {
  const side = fc.integer({ min: 1, max: 9999 })
  fc.assert(
    fc.property(side, side, (width, height) => {
      const [w, h] = nearestRatio(width, height).split(":")
      // 21:9 has no upright sister.
      fc.pre(w !== "21" && nearestRatio(height, width) !== "21:9")
      expect(nearestRatio(height, width)).toBe(`${h}:${w}`)
    }),
  )
})

it("readImageResolution knows three", () => {
  expect(["1k", "2K", " 4K ", "8K", ""].map(readImageResolution)).toEqual(["1K", "2K", "4K", undefined, undefined])
})
