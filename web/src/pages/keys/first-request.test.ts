import { expect, test } from "vitest"
import { allowedDialects, allowedModels, exampleModel, firstRequest } from "./first-request.ts"

test("the OpenAI line carries address, key and model", () => {
  expect(firstRequest("chat", "http://127.0.0.1:8088/", "lgr_fake", "gemini-3-flash")).toBe(
    [
      "curl 'http://127.0.0.1:8088/v1/chat/completions' \\",
      "  -H 'authorization: Bearer lgr_fake' \\",
      "  -H 'content-type: application/json' \\",
      `  -d '{"model":"gemini-3-flash","messages":[{"role":"user","content":"Say hello in one sentence."}]}'`,
    ].join("\n"),
  )
})

test("the Anthropic line carries what that dialect demands", () => {
  const line = firstRequest("messages", "https://gateway.example.test", "lgr_fake", "claude-sonnet-4-5")
  expect(line).toContain("'https://gateway.example.test/v1/messages'")
  expect(line).toContain("-H 'x-api-key: lgr_fake'")
  expect(line).toContain("-H 'anthropic-version: 2023-06-01'")
  expect(line).toContain('"max_tokens":256')
})

test("the Responses and the Gemini line ask the same in their own words", () => {
  const responses = firstRequest("responses", "http://x", "lgr_fake", "gemini-3-flash")
  expect(responses).toContain("'http://x/v1/responses'")
  expect(responses).toContain('{"model":"gemini-3-flash","input":"Say hello in one sentence."}')
  const gemini = firstRequest("gemini", "http://x", "lgr_fake", "gemini-3-flash")
  expect(gemini).toContain("'http://x/v1beta/models/gemini-3-flash:generateContent'")
  expect(gemini).toContain("-H 'x-goog-api-key: lgr_fake'")
})

test("nothing that is filled in can leave its quotes", () => {
  expect(firstRequest("chat", "http://x", "a'b; rm", "m")).toContain(String.raw`'authorization: Bearer a'\''b; rm'`)
})

test("the example uses a model that the pool offers", () => {
  const models = ["gpt-oss-120b", "gemini-3-flash", "claude-sonnet-4-5"]
  expect(exampleModel("chat", models)).toBe("gemini-3-flash")
  expect(exampleModel("messages", models)).toBe("claude-sonnet-4-5")
  expect(exampleModel("messages", ["gemini-3-flash"])).toBe("gemini-3-flash")
  expect(exampleModel("messages", [])).toMatch(/^claude/)
})

test("the example uses what the key may use", () => {
  const models = ["gemini-2.5-flash", "gemini-3-flash", "claude-sonnet-4-5"]
  expect(allowedModels(models, null)).toEqual(models)
  expect(allowedModels(models, ["claude-*", "gemini-*-flash"])).toEqual(models)
  expect(allowedModels(models, ["claude-*"])).toEqual(["claude-sonnet-4-5"])
  expect(exampleModel("chat", allowedModels(models, ["gemini-3-flash", "fast"]))).toBe("gemini-3-flash")
  expect(exampleModel("chat", allowedModels(models, ["fast"]))).toBe("fast")
  expect(allowedDialects(null)).toEqual(["chat", "responses", "messages", "gemini"])
  expect(allowedDialects(["GEMINI", "OPENAI_IMAGES"])).toEqual(["gemini"])
})
