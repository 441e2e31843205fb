import fc from "fast-check"
import { expect, test } from "vitest"
import { readCatalogueQuota, readQuotaSummary } from "./read.ts"

const at = (text: string): number => Date.parse(text)

test("the summary: two buckets, each with both windows", () => {
  const bucket = (bucketId: string, window: string, resetTime: string, remainingFraction: number) => {
    return { bucketId, displayName: "Limit", window, resetTime, remainingFraction }
  }
  const gemini = [
    bucket("gemini-weekly", "weekly", "2026-09-19T00:33:22Z", 0.86896294),
    bucket("gemini-5h", "5h", "2026-09-15T23:27:16Z", 0.9751016),
  ]
  const others = [
    bucket("3p-weekly", "weekly", "2026-09-19T00:33:22Z", 0.7015),
    bucket("3p-5h", "5h", "2026-09-16T03:09:52Z", 1),
  ]
  const groups = [{ displayName: "Gemini Models", buckets: gemini }, { buckets: others }]
  const read = readQuotaSummary({ groups })
  const week = at("2026-09-19T00:33:22Z")
  expect(read).toEqual([
    { bucket: "gemini", window: "weekly", remainingFraction: 0.86896294, resetsAt: week },
    { bucket: "gemini", window: "5h", remainingFraction: 0.9751016, resetsAt: at("2026-09-15T23:27:16Z") },
    { bucket: "third_party", window: "weekly", remainingFraction: 0.7015, resetsAt: week },
    { bucket: "third_party", window: "5h", remainingFraction: 1, resetsAt: at("2026-09-16T03:09:52Z") },
  ])
  expect(readQuotaSummary({ quotaSummary: { groups } })).toEqual(read)
})

const one = (bucket: object) => readQuotaSummary({ groups: [{ buckets: [bucket] }] })
const resetTime = "2026-09-19T00:00:00Z"
const used = { bucket: "gemini", window: "5h", remainingFraction: 0, resetsAt: at(resetTime) }

test.each<[string, object, readonly object[]]>([
  ["a left out fraction is zero", { bucketId: "gemini-5h", window: "5h", resetTime }, [used]],
  ["a left out window is told by the id", { bucketId: "gemini-5h", resetTime }, [used]],
  ["without fraction and time it is unknown", { bucketId: "gemini-5h", window: "5h" }, []],
  ["nor is an unreadable fraction zero", { bucketId: "gemini-5h", resetTime, remainingFraction: "much" }, []],
  ["nor one beyond its range", { bucketId: "gemini-5h", resetTime, remainingFraction: 87 }, []],
  ["a bucket of tomorrow is left out", { bucketId: "music-5h", window: "5h", resetTime }, []],
  ["and so is a window", { bucketId: "gemini-5h", window: "yearly", resetTime }, []],
  [
    "a fraction without a time",
    { bucketId: "3p-weekly", remainingFraction: 0.5 },
    [{ bucket: "third_party", window: "weekly", remainingFraction: 0.5, resetsAt: undefined }],
  ],
])("%s", (_name, bucket, expected) => {
  expect(one(bucket)).toEqual(expected)
})

test("what is no summary is not an empty one", () => {
  expect(readQuotaSummary({ models: {} })).toBeUndefined()
  expect(readQuotaSummary("<html>")).toBeUndefined()
})

test("the list of models: the tightest of each bucket, nothing of models without a word or inside the upstream", () => {
  const read = readCatalogueQuota({
    models: {
      "gemini-3-flash": { quotaInfo: { remainingFraction: 0.4, resetTime } },
      "gemini-pro-agent": { quotaInfo: { remainingFraction: 0.6, resetTime } },
      "gemini-3.1-flash-image": { quotaInfo: { resetTime } },
      "gemini-2.5-flash-thinking": { apiProvider: "API_PROVIDER_GOOGLE_GEMINI", maxTokens: 1_048_576 },
      chat_20706: { quotaInfo: { resetTime } },
      "claude-sonnet-4-6": { quotaInfo: {} },
    },
  })
  expect(read).toEqual([
    { bucket: "gemini", window: "nearest", remainingFraction: 0.4, resetsAt: at(resetTime) },
    { bucket: "image", window: "nearest", remainingFraction: 0, resetsAt: at(resetTime) },
  ])
})

const told = fc.record(
  {
    bucketId: fc.constantFrom("gemini-5h", "gemini-weekly", "3p-5h", "3p-weekly", "x-5h"),
    window: fc.constantFrom("5h", "weekly", "other"),
    remainingFraction: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
    resetTime: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.string(),
    ),
  },
  { requiredKeys: [] },
)

test("whatever is told: at most one reading a bucket and window, each in its range, and none throws", () => {
  fc.assert(
    fc.property(fc.array(told), fc.jsonValue(), (buckets, json) => {
      const quotaInfo = Object.fromEntries(buckets.map((info, index) => [`gemini-${index}`, { quotaInfo: info }]))
      const all = [
        readQuotaSummary({ groups: [{ buckets }] }) ?? [],
        readCatalogueQuota({ models: quotaInfo }),
        readQuotaSummary(json) ?? [],
        readCatalogueQuota(json),
      ]
      for (const readings of all) {
        expect(new Set(readings.map(({ bucket, window }) => `${bucket} ${window}`)).size).toBe(readings.length)
        for (const { remainingFraction, resetsAt } of readings) {
          expect(remainingFraction >= 0 && remainingFraction <= 1).toBe(true)
          expect(resetsAt === undefined || (Number.isSafeInteger(resetsAt) && resetsAt >= 0)).toBe(true)
        }
      }
    }),
  )
})
