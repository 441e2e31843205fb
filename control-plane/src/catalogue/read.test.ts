import fc from "fast-check"
import { expect, test } from "vitest"
import { readAvailableModels } from "./read.ts"

test("models by id, limits as numbers, renamed ids, nothing guessed", () => {
  const read = readAvailableModels({
    models: {
      "gemini-3-flash": {
        displayName: "Gemini 3 Flash",
        maxTokens: 1_048_576,
        maxOutputTokens: "65536",
        supportsThinking: true,
      },
      "claude-sonnet-4-6": { minThinkingBudget: 1024, supportsImages: "yes" },
      chat_20706: {},
    },
    webSearchModelIds: ["gemini-3-flash", 5],
    deprecatedModelIds: { "gemini-3-pro-high": { newModelId: "gemini-pro-agent" }, broken: {} },
  })
  expect(read).toEqual({
    models: [
      { id: "claude-sonnet-4-6", minThinkingBudget: 1024, supportsWebSearch: false },
      {
        id: "gemini-3-flash",
        displayName: "Gemini 3 Flash",
        maxInputTokens: 1_048_576,
        maxOutputTokens: 65_536,
        supportsThinking: true,
        supportsWebSearch: true,
      },
    ],
    deprecatedModelIds: { "gemini-3-pro-high": "gemini-pro-agent" },
  })
})

test("without the list of searching models nothing is said of search", () => {
  expect(readAvailableModels({ models: { "gemini-3-flash": {} } })?.models).toEqual([{ id: "gemini-3-flash" }])
})

test.each([undefined, null, [], {}, { models: [] }, { models: "x" }])("%j holds no list", (json) => {
  expect(readAvailableModels(json)).toBeUndefined()
})

test("no JSON makes it throw, and the order of the answer does not matter", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (models) => {
      const turned = Object.fromEntries(Object.entries(models).toReversed())
      expect(readAvailableModels({ models })).toEqual(readAvailableModels({ models: turned }))
    }),
  )
})
