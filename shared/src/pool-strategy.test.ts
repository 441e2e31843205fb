import { describe, expect, test } from "vitest"
import { parsePoolStrategies } from "./pool-strategy.ts"

describe("strategies of the pool as a setting", () => {
  test.each([
    ["weighted", { gemini: "weighted", third_party: "weighted", image: "weighted" }],
    ["third_party=most-quota", { gemini: "round-robin", third_party: "most-quota", image: "round-robin" }],
    [" weighted , image = fill-first", { gemini: "weighted", third_party: "weighted", image: "fill-first" }],
    [
      "gemini=least-in-flight,fill-first,third_party=weighted",
      { gemini: "least-in-flight", third_party: "weighted", image: "fill-first" },
    ],
  ])("%s", (text, strategies) => expect(parsePoolStrategies(text)).toEqual(strategies))

  test.each([
    "",
    "random",
    "weighted,fill-first",
    "gemini=weighted,gemini=fill-first",
    "claude=weighted",
    "gemini==weighted",
    "weighted,",
  ])("%j is refused", (text) => expect(parsePoolStrategies(text)).toBeUndefined())
})
