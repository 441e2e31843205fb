import { expect, test } from "vitest"
import { liftOver } from "./foot-bar.ts"

const toast = { bottom: 784, height: 40 }

test("what would lie over a bar goes above it", () => {
  expect(liftOver({ top: 730, bottom: 790 }, toast, 8)).toBe(62)
})

test("a bar in the middle of a short page is lain over by nothing, and nothing moves for it", () => {
  expect(liftOver({ top: 300, bottom: 360 }, toast, 8)).toBe(0)
  expect(liftOver({ top: 680, bottom: 736 }, toast, 8)).toBe(0)
})

test("a bar that is reached from above, or stands too near, counts", () => {
  expect(liftOver({ top: 690, bottom: 750 }, toast, 8)).toBe(102)
  expect(liftOver({ top: 684, bottom: 740 }, toast, 8)).toBe(108)
})

test("a bar below the window's end is no matter", () => {
  expect(liftOver({ top: 900, bottom: 960 }, toast, 8)).toBe(0)
})
