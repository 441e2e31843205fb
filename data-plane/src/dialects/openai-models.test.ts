import { describe, expect, it } from "vitest"
import { encodeModel, encodeModelList } from "./openai-models.ts"

describe("the OpenAI model list", () => {
  it("has what the catalogue knows, and leaves out what it does not", () => {
    const models = [
      { id: "gemini-3-flash", displayName: "Gemini 3 Flash", maxInputTokens: 1_048_576, maxOutputTokens: 65_536 },
      { id: "sonnet", aliasOf: "claude-sonnet-4-6" },
      { id: "gpt-oss-120b-medium" },
    ]
    expect(encodeModelList(models, new URLSearchParams())).toEqual({
      object: "list",
      data: [
        {
          id: "gemini-3-flash",
          object: "model",
          created: 1760000000,
          owned_by: "google",
          display_name: "Gemini 3 Flash",
          context_length: 1_048_576,
          max_output_tokens: 65_536,
        },
        { id: "sonnet", object: "model", created: 1760000000, owned_by: "anthropic" },
        { id: "gpt-oss-120b-medium", object: "model", created: 1760000000, owned_by: "openai" },
      ],
    })
  })

  it("has an empty list of Codex's own beside it when Codex asks", () => {
    expect(encodeModelList([], new URLSearchParams("client_version=0.169.0"))).toEqual({
      object: "list",
      data: [],
      models: [],
    })
  })

  it("has single entries of the same shape", () => {
    expect(encodeModel({ id: "x" })).toEqual({ id: "x", object: "model", created: 1760000000, owned_by: "google" })
  })
})
