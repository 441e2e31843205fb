import { describe, expect, it } from "vitest"
import type { ListedModel } from "../dialect.ts"
import { encodeModel, encodeModelList } from "./models.ts"

const MODELS: readonly ListedModel[] = ["a", "b/c:d", "e"].map((id) => ({ id }))
const list = (query: string) => encodeModelList(MODELS, new URLSearchParams(query))

describe("encodeModelList", () => {
  it("is one page without a size", () => {
    expect(list("")).toEqual({ models: MODELS.map(encodeModel) })
    expect(list("pageSize=none").models).toHaveLength(3)
  })

  it("G11 reaches every model page by page, and ends", () => {
    const names: string[] = []
    let token: string | undefined = ""
    for (let page = 0; token !== undefined && page < 9; page += 1) {
      const { models, nextPageToken } = list(`pageSize=1&pageToken=${token}`)
      names.push(...models.map(({ name }) => name))
      token = nextPageToken
    }
    expect(names).toEqual(["models/a", "models/b/c:d", "models/e"])
  })

  it("is empty after a model that has gone", () => {
    expect(list(`pageToken=${Buffer.from("gone").toString("base64url")}`)).toEqual({ models: [] })
  })
})

describe("encodeModel", () => {
  it("says what the catalogue says, and no more", () => {
    expect(
      encodeModel({ id: "x", displayName: "X", maxInputTokens: 9, maxOutputTokens: 8, supportsThinking: true }),
    ).toEqual({
      name: "models/x",
      version: "001",
      displayName: "X",
      description: "X",
      inputTokenLimit: 9,
      outputTokenLimit: 8,
      supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
      thinking: true,
    })
    expect(encodeModel({ id: "y", aliasOf: "x" })).toMatchObject({
      displayName: "y",
      description: "y, another name of x",
    })
  })
})
