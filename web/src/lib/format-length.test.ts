import { expect, test } from "vitest"
import { formatLength } from "./format-length.ts"

test.each([
  [60, "1 min"],
  [90, "90 sec"],
  [0.5, "0.5 sec"],
  [300, "5 min"],
  [7_200, "2 hr"],
  [86_400, "1 day"],
])("%s", (seconds, words) => {
  expect(formatLength(seconds, "en")).toBe(words)
})

test("in Chinese", () => {
  expect(formatLength(300, "zh-CN")).toBe("5分钟")
})
