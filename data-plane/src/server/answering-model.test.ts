import { describe, expect, test } from "vitest"
import type { CatalogueModel } from "#shared/catalogue.ts"
import { compileSnapshot } from "#shared/snapshot-compile.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { testAccount, testSnapshot } from "../testing/snapshots.ts"
import { answeringModel } from "./answering-model.ts"

const compiled = (models: readonly CatalogueModel[]) =>
  compileSnapshot({
    ...testSnapshot([testAccount("a", { catalogue: "one" })]),
    catalogues: { one: { models, deprecatedModelIds: {} } },
  })
const request = (more: Partial<ChatRequest>): ChatRequest => {
  return { model: "m", stream: true, system: [], turns: [], sampling: {}, extra: {}, ...more }
}

/** A key that may use all models. */
const ANY = {}

const LISTED = compiled([
  { id: "claude-sonnet-4-6", supportsWebSearch: false },
  { id: "gemini-9-pro", supportsWebSearch: true },
  { id: "gemini-2-flash", supportsWebSearch: true },
  { id: "gemini-3-flash", supportsWebSearch: true },
  { id: "gemini-4-flash", supportsWebSearch: false },
  { id: "chat_1", supportsWebSearch: true },
])

describe("the model that answers", () => {
  test("is one that can search, for a request that is nothing else", () => {
    expect(answeringModel(LISTED, request({ webSearch: { anyModel: true } }), "claude-sonnet-4-6", ANY)).toBe(
      "gemini-3-flash",
    )
  })

  test.each<[string, Partial<ChatRequest>, string]>([
    ["without a search", {}, "claude-sonnet-4-6"],
    ["with a search of the asked model", { webSearch: {} }, "claude-sonnet-4-6"],
    ["that can search itself", { webSearch: { anyModel: true } }, "gemini-9-pro"],
    ["without leave to search", { webSearch: { anyModel: true }, toolChoice: { type: "none" } }, "claude-sonnet-4-6"],
    [
      "with tools beside",
      { webSearch: { anyModel: true }, tools: [{ name: "f", parameters: {} }] },
      "claude-sonnet-4-6",
    ],
  ])("is the asked one %s", (_name, more, asked) => {
    expect(answeringModel(LISTED, request(more), asked, ANY)).toBe(asked)
  })

  test("is one of Google's own for texts where the lists say nothing of search", () => {
    const models = ["claude-sonnet-4-6", "gemini-9-flash-image", "gemini-9-pro", "gemini-3-flash"].map((id) => ({ id }))
    const search = request({ webSearch: { anyModel: true } })
    expect(answeringModel(compiled(models), search, "claude-sonnet-4-6", ANY)).toBe("gemini-3-flash")
    expect(answeringModel(compiled(models), search, "gemini-9-pro", ANY)).toBe("gemini-9-pro")
  })

  test("is one that the key may use, or none", () => {
    const search = request({ webSearch: { anyModel: true } })
    const models = ["claude-*", "gemini-9-*"]
    expect(answeringModel(LISTED, search, "claude-sonnet-4-6", { models })).toBe("gemini-9-pro")
    const claude = { models: ["claude-*"] }
    expect(() => answeringModel(LISTED, search, "claude-sonnet-4-6", claude)).toThrow(/no model that can search/)
    expect(answeringModel(LISTED, request({}), "claude-sonnet-4-6", claude)).toBe("claude-sonnet-4-6")
  })

  test.each([[[]], [[{ id: "claude-sonnet-4-6" }]], [[{ id: "gemini-3-flash", supportsWebSearch: false }]]])(
    "is the asked one where nobody can search: %j",
    (models) => {
      const search = request({ webSearch: { anyModel: true } })
      expect(answeringModel(compiled(models), search, "claude-sonnet-4-6", ANY)).toBe("claude-sonnet-4-6")
    },
  )
})
