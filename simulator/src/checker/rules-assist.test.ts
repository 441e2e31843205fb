import { describe, expect, it } from "vitest"
import { account } from "./cases.ts"
import { assistRules, checkAssist } from "./rules-assist.ts"
import type { AssistMethod } from "./rules-assist.ts"

interface AssistCase {
  readonly rule: string
  readonly method: AssistMethod
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

const metadata = { ideType: "ANTIGRAVITY" }
const contents = [{ role: "user", parts: [{ text: "Hi" }] }]
const model = "models/gemini-3-flash"

const accepted: readonly Omit<AssistCase, "rule">[] = [
  { method: "countTokens", body: { request: { model, contents } } },
  { method: "loadCodeAssist", body: { metadata: { ...metadata, platform: "DARWIN_ARM64", pluginType: "GEMINI" } } },
  { method: "loadCodeAssist", body: { metadata: { ideType: 9 }, mode: 1 } },
  { method: "onboardUser", body: { tier_id: "free-tier", metadata: { ide_type: "ANTIGRAVITY" } } },
  { method: "onboardUser", body: { tierId: "standard-tier", cloudaicompanionProject: "own-project", metadata } },
  { method: "fetchAvailableModels", body: {} },
  { method: "retrieveUserQuotaSummary", body: { project: "example-project" } },
]

const cases: readonly AssistCase[] = [
  { rule: "assist-payload", method: "countTokens", body: { project: "example-project", request: { model, contents } } },
  { rule: "assist-payload", method: "countTokens", body: { request: { model, contents, safetySettings: [] } } },
  { rule: "assist-payload", method: "loadCodeAssist", body: { metadata: { ...metadata, platform: "LINUX" } } },
  { rule: "assist-payload", method: "onboardUser", body: { tierId: "free-tier", foo: 1 } },
  {
    rule: "assist-user-project-header",
    method: "loadCodeAssist",
    body: { metadata },
    headers: { "x-goog-user-project": "p" },
  },
  { rule: "count-model", method: "countTokens", body: { request: { model: "gemini-3-flash", contents } } },
  { rule: "count-contents", method: "countTokens", body: { request: { model } } },
  {
    rule: "count-thought",
    method: "countTokens",
    body: { request: { model, contents: [{ role: "model", parts: [{ thought: true, text: "Hm." }] }] } },
  },
  { rule: "onboard-tier", method: "onboardUser", body: { metadata } },
  { rule: "onboard-project", method: "onboardUser", body: { tierId: "free-tier", cloudaicompanionProject: "p" } },
  { rule: "onboard-project", method: "onboardUser", body: { tierId: "standard-tier" } },
  { rule: "quota-project-missing", method: "retrieveUserQuotaSummary", body: {} },
  { rule: "assist-project-foreign", method: "fetchAvailableModels", body: { project: "foreign" } },
]

describe("the rules of the account-side methods", () => {
  it.each(accepted)("take $method $body", ({ method, body }) => {
    expect(checkAssist(method, { account, body, headers: {} }, new Set())).toBeUndefined()
  })

  it("have a case each", () => {
    const tried = new Set(cases.map(({ rule }) => rule))
    expect(assistRules.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([])
  })

  it.each(cases)("$rule refuses $method $body, and nothing else does", ({ rule, method, body, headers = {} }) => {
    const context = { account, body, headers }
    expect(checkAssist(method, context, new Set())?.rule).toBe(rule)
    expect(checkAssist(method, context, new Set([rule]))).toBeUndefined()
  })
})
