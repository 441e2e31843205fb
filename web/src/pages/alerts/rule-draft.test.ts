import { expect, test } from "vitest"
import type { AlertRule } from "./create-alerts.ts"
import { alertKinds } from "./kinds.ts"
import { draftOfKind, draftOfRule, readRule } from "./rule-draft.ts"

test.each(alertKinds)("%s: what the built-in rule has is taken, with the fields of its kind only", (kind) => {
  const read = readRule(draftOfKind(kind))
  if (!("input" in read)) throw new Error(JSON.stringify(read))
  expect("bucket" in read.input).toBe(kind === "POOL_QUOTA" || kind === "POOL_ACCOUNTS")
  expect("errorCode" in read.input).toBe(kind === "ERROR_RATE")
  expect("threshold" in read.input).toBe(kind !== "POOL_PAUSED" && kind !== "BACKUP_FAILING")
  expect("name" in read.input).toBe(false)
})

const rule: AlertRule = {
  id: "alr_1",
  kind: "POOL_QUOTA",
  name: "Low",
  builtIn: false,
  enabled: true,
  threshold: 0.125,
  forSeconds: 30,
  windowMinutes: null,
  errorCode: null,
  bucket: "IMAGE",
  webhook: null,
  alert: null,
}

test("a share is typed in per cent and sent as a share", () => {
  const draft = draftOfRule(rule)
  expect(draft.threshold).toBe("12.5")
  expect(readRule(draft)).toEqual({
    input: { name: "Low", threshold: 0.125, forSeconds: 30, enabled: true, webhookId: null, bucket: "IMAGE" },
  })
})

test("each number that cannot be taken is named", () => {
  const draft = { ...draftOfKind("ERROR_RATE"), threshold: "120", forSeconds: "soon", windowMinutes: "" }
  expect(readRule(draft)).toEqual({
    problems: { threshold: "out-of-range", forSeconds: "no-number", windowMinutes: "empty" },
  })
})
