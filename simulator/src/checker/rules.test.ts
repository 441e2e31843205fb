import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { modelOf } from "../catalogue.ts"
import { readGeneration } from "../request.ts"
import { account, accepted, cases, signatures } from "./cases.ts"
import type { RuleCase } from "./cases.ts"
import { check, rules } from "./index.ts"
import { assistRules } from "./rules-assist.ts"

function judge(given: Omit<RuleCase, "rule">, disabled: readonly string[] = []) {
  // What is not JSON never reaches the rules.
  const body: unknown = JSON.parse(JSON.stringify(given.body))
  const request = readGeneration(body)
  return check(
    {
      method: given.method ?? "streamGenerateContent",
      headers: { "user-agent": "lagrange/0.1.0", ...given.headers },
      account: { ...account, models: given.models },
      body,
      request,
      model: modelOf(request.model),
      signatures,
      newerModelsVersion: given.newerModelsVersion ?? "0.1.0",
      supportedVersion: given.supportedVersion ?? "0.0.1",
    },
    new Set(disabled),
  )
}

describe("requests in order", () => {
  it.each(accepted)("%s passes every rule", (_name, body) => {
    expect(judge({ body })).toBeUndefined()
  })
})

describe("every rule", () => {
  it("has a unique id, a source and a case", () => {
    const ids = [...rules.map(({ id }) => id), ...assistRules.map(({ id }) => id)]
    expect(new Set(ids).size).toBe(ids.length)
    const tried = new Set(cases.map(({ rule }) => rule))
    expect(rules.map(({ id }) => id).filter((id) => !tried.has(id) && id !== "model-retired")).toEqual([])
    for (const { source, about } of [...rules, ...assistRules]) {
      expect(source).toMatch(/^(upstream-protocol|dialects) /)
      expect(about).toMatch(/\.$/)
    }
  })

  it.each(cases.map((one, index) => [`${one.rule} (case ${index})`, one] as const))(
    "%s refuses its request, and nothing else does",
    (_name, one) => {
      expect(judge(one)?.rule).toBe(one.rule)
      expect(judge(one, [one.rule])).toBeUndefined()
    },
  )

  it("model-retired answers with the text; switched off, the id is unknown", () => {
    const { body } = {
      body: {
        project: account.projectId,
        model: "gemini-3-pro-high",
        request: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
      },
    }
    expect(judge({ body })).toMatchObject({
      rule: "model-retired",
      refusal: { status: 200, text: expect.stringContaining("Gemini 3 Pro is no longer available") },
    })
    expect(judge({ body }, ["model-retired"])?.rule).toBe("model-unknown")
  })

  it("never throws, whatever the body", () => {
    const envelope = fc.record({
      project: fc.constant("example-project"),
      model: fc.constantFrom("gemini-3-flash", "claude-sonnet-4-6", "gemini-3.1-flash-image"),
      request: fc.jsonValue(),
    })
    fc.assert(
      fc.property(
        fc.oneof(envelope, fc.dictionary(fc.string(), fc.jsonValue())),
        (body) => void judge({ body }, ["unknown-field", "field-type", "not-repeating"]),
      ),
    )
  })
})
