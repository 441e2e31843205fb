import { expect, test } from "vitest"
import { evidencePlace, labelCodes } from "./evidence-place.ts"

test("an account's own page, and the lists of the others", () => {
  expect(evidencePlace("ACCOUNT_ATTENTION", "acc_1")).toBe("/accounts/acc_1")
  expect(evidencePlace("NODE_STALE", "nod_1")).toBe("/nodes")
  expect(evidencePlace("BACKUP_FAILING", "backup")).toBeUndefined()
})

test("codes in labels are found, and what people called a thing is left", () => {
  expect(labelCodes("POOL_QUOTA", "third_party 5h")).toEqual([
    ["bucket", "THIRD_PARTY"],
    ["window", "FIVE_HOURS"],
  ])
  expect(labelCodes("POOL_ACCOUNTS", "gemini")).toEqual([["bucket", "GEMINI"]])
  expect(labelCodes("ERROR_RATE", "upstream_timeout")).toEqual([["errorCode", "upstream_timeout"]])
  expect(labelCodes("ACCOUNT_ATTENTION", "gemini 5h")).toBeUndefined()
})
