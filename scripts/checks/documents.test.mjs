import { buildSchema } from "graphql"
import { describe, expect, it } from "vitest"
import { commandProblems, documentsOf, graphqlProblems, nameProblems } from "./documents.mjs"

const schema = buildSchema(
  "enum Kind { GOOD }\ntype Query { name(kind: Kind): String }\ntype Subscription { changed: Int }",
)
const fenced = (language, text) => `# Page\n\n\`\`\`${language}\n${text}\n\`\`\`\n`

describe("GraphQL in documents", () => {
  it("is found in blocks of its own and in the quotes of programs", () => {
    const texts = (page) => documentsOf(page).map(({ document }) => document.trim())
    expect(texts(fenced("graphql", "{ name }"))).toEqual(["{ name }"])
    expect(
      texts(fenced("bash", `graphql '{ name }' | jq '{ input: $x }' --data '{"query":"subscription { changed }"}'`)),
    ).toEqual(["{ name }", "subscription { changed }"])
    expect(texts(fenced("sh", 'ask "{\\"query\\": \\"query (\\$a: Kind) { name(kind: \\$a) }\\"}"'))).toEqual([
      "query ($a: Kind) { name(kind: $a) }",
    ])
    expect(texts(fenced("json", '{ "a": "{ name }" }'))).toEqual([])
  })

  it("is held to the schema", () => {
    expect(
      graphqlProblems("a.md", fenced("graphql", "{ name(kind: GOOD) }\n\nsubscription { changed }"), schema),
    ).toEqual([])
    expect(graphqlProblems("a.md", fenced("graphql", '{\n  name(kind: "good")\n}'), schema)).toEqual([
      expect.stringMatching(/^a\.md:5: .*non-enum value/),
    ])
    expect(graphqlProblems("a.md", fenced("bash", "graphql '{ nothing }'"), schema)).toEqual([
      expect.stringMatching(/^a\.md:4: Cannot query field "nothing"/),
    ])
    expect(graphqlProblems("a.md", fenced("graphql", "{ name("), schema)).toEqual([
      expect.stringMatching(/^a\.md:\d: Syntax Error/),
    ])
  })
})

describe("names in documents", () => {
  it("of commands are those of the manifest", () => {
    const page = "Run `npm run admin -- doctor`,\nthen `npm run gone`."
    expect(commandProblems("a.md", page, { admin: "node a.mjs" })).toEqual(['a.md:2: there is no "npm run gone"'])
  })

  it("of variables and codes are known to the tree", () => {
    const page = "`DATA_DIR`, `MAX_THINGS=4`, HTML_TEXT,\n`OLD_NAME`, `PORT`"
    expect(nameProblems("a.md", page, (name) => name !== "OLD_NAME")).toEqual([
      "a.md:2: nothing in the tree knows OLD_NAME",
    ])
  })
})
