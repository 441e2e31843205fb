import { describe, expect, it } from "vitest"
import { encodeModel, encodeModelList, type MessagesModelList } from "./models.ts"

const MODELS = ["a", "b", "c", "d", "e"].map((id) => ({ id: `claude-${id}` }))
const list = (query: string) => encodeModelList(MODELS, new URLSearchParams(query.replaceAll("_id=", "_id=claude-")))
const ids = (page: MessagesModelList) => page.data.map((model) => model.id.replace("claude-", "")).join("")

describe("the Anthropic model list", () => {
  it("has every field of the vendor's type", () => {
    expect(encodeModel({ id: "x", displayName: "X", maxInputTokens: 10, maxOutputTokens: 5 })).toEqual({
      type: "model",
      id: "x",
      display_name: "X",
      created_at: "1970-01-01T00:00:00Z",
      lifecycle: "active",
      deprecated_at: null,
      retires_at: null,
      line: null,
      max_input_tokens: 10,
      max_tokens: 5,
      capabilities: null,
    })
    expect(encodeModel({ id: "x" })).toMatchObject({ display_name: "x", max_input_tokens: null, max_tokens: null })
  })

  it.each<[query: string, page: string, hasMore: boolean]>([
    ["", "abcde", false],
    ["limit=2", "ab", true],
    ["limit=2&after_id=b", "cd", true],
    ["limit=2&after_id=d", "e", false],
    ["after_id=e", "", false],
    ["after_id=gone", "", false],
    ["limit=2&before_id=e", "cd", true],
    ["limit=2&before_id=c", "ab", false],
    ["before_id=a", "", false],
    ["before_id=gone", "", false],
    ["limit=0", "abcde", false],
    ["limit=x", "abcde", false],
    ["limit=5000", "abcde", false],
  ])("for '%s' is '%s'", (query, page, hasMore) => {
    const answer = list(query)
    expect(ids(answer)).toBe(page)
    expect(answer.has_more).toBe(hasMore)
    expect(answer.first_id).toBe(answer.data.at(0)?.id ?? null)
    expect(answer.last_id).toBe(answer.data.at(-1)?.id ?? null)
  })

  it("gives every model once to a client that follows its pages", () => {
    let seen = ""
    let after = ""
    for (let turn = 0; turn < 10; turn += 1) {
      const page = list(`limit=2${after}`)
      seen += ids(page)
      if (!page.has_more) break
      after = `&after_id=${page.last_id?.replace("claude-", "")}`
    }
    expect(seen).toBe("abcde")
  })

  it("gives models that are not Claude's a second id that looks so, aliases none (G9)", () => {
    const models = [
      { id: "claude-x" },
      { id: "gemini-y", displayName: "Gemini Y" },
      { id: "anthropic/Claude-z" },
      { id: "gpt-oss" },
      { id: "gemini", aliasOf: "gemini-y" },
    ]
    const { data } = encodeModelList(models, new URLSearchParams("limit=1000"))
    expect(data.slice(models.length).map(({ id, display_name: name }) => [id, name])).toEqual([
      ["claude-gw-gemini-y", "Gemini Y"],
      ["claude-gw-gpt-oss", "gpt-oss"],
    ])
  })
})
