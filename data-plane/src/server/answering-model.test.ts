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

const LISTED = compiled([
  { id: "claude-sonnet-4-6", supportsWebSearch: false },
  { id: "gemini-b", supportsWebSearch: true },
  { id: "gemini-a", supportsWebSearch: true },
  { id: "chat_1", supportsWebSearch: true },
])

describe("the model that answers", () => {
  test("is one that can search, for a request that is nothing else", () => {
    expect(answeringModel(LISTED, request({ webSearch: { anyModel: true } }), "claude-sonnet-4-6")).toBe("gemini-a")
  })

  test.each<[string, Partial<ChatRequest>, string]>([
    ["without a search", {}, "claude-sonnet-4-6"],
    ["with a search of the asked model", { webSearch: {} }, "claude-sonnet-4-6"],
    ["that can search itself", { webSearch: { anyModel: true } }, "gemini-b"],
    ["without leave to search", { webSearch: { anyModel: true }, toolChoice: { type: "none" } }, "claude-sonnet-4-6"],
    [
      "with tools beside",
      { webSearch: { anyModel: true }, tools: [{ name: "f", parameters: {} }] },
      "claude-sonnet-4-6",
    ],
  ])("is the asked one %s", (_name, more, asked) => {
    expect(answeringModel(LISTED, request(more), asked)).toBe(asked)
  })

  test("is the asked one where nobody is known to search", () => {
    for (const models of [[{ id: "claude-sonnet-4-6" }, { id: "gemini-a" }], []])
      expect(answeringModel(compiled(models), request({ webSearch: { anyModel: true } }), "claude-sonnet-4-6")).toBe(
        "claude-sonnet-4-6",
      )
  })
})
