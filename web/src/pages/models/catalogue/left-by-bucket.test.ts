import { expect, test } from "vitest"
import { leftByBucket } from "./left-by-bucket.ts"

test("is the tightest window's, and not that of the one account whose nearest window ran out", () => {
  const weekly = { bucket: "GEMINI", window: "WEEKLY", remaining: 6, accountsKnown: 12 } as const
  const images = { bucket: "IMAGE", window: "NEAREST", remaining: 3, accountsKnown: 4 } as const
  const left = leftByBucket([
    { bucket: "GEMINI", window: "FIVE_HOURS", remaining: 11, accountsKnown: 12 },
    weekly,
    { bucket: "GEMINI", window: "NEAREST", remaining: 0, accountsKnown: 1 },
    images,
    { bucket: "THIRD_PARTY", window: "WEEKLY", remaining: 0, accountsKnown: 0 },
  ])
  expect([...left]).toEqual([
    ["GEMINI", { share: 0.5, from: weekly }],
    ["IMAGE", { share: 0.75, from: images }],
  ])
})
