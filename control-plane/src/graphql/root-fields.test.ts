import { parse } from "graphql"
import { expect, test } from "vitest"
import { rootFieldsOf } from "./root-fields.ts"
import { createSchema } from "./schema.ts"

const schema = createSchema()
const namesIn = (document: string, operation?: string): string[] =>
  rootFieldsOf(schema, parse(document), operation).map(({ name }) => name)

test.each<[string, string | undefined, string[]]>([
  ["{ viewer { name } }", undefined, ["viewer"]],
  [
    "mutation { a: importAccounts(input: {}) { __typename } b: signOut { __typename } }",
    undefined,
    ["importAccounts", "signOut"],
  ],
  ["mutation { ...on Mutation { importAccounts(input: {}) { __typename } } }", undefined, ["importAccounts"]],
  ["mutation { ...F } fragment F on Mutation { signOut { __typename } }", undefined, ["signOut"]],
  ["query a { viewer { name } } mutation b { signOut { __typename } }", "b", ["signOut"]],
  ["query a { viewer { name } } mutation b { signOut { __typename } }", undefined, []],
  ["{ nobodyKnowsIt __typename }", undefined, []],
])("%s", (document, operation, names) => {
  expect(namesIn(document, operation)).toEqual(names)
})

test("what may take longer than others says so, and nothing else does", () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
  const longer = fields.flatMap(({ name, extensions: { executionMs } }) =>
    executionMs === undefined ? [] : [[name, executionMs]],
  )
  expect(Object.fromEntries(longer)).toMatchObject({
    testAccount: 150_000,
    importAccounts: 60_000,
    replayRequest: 130_000,
    exportAccounts: 60_000,
    updateAccounts: 60_000,
    removeAccounts: 60_000,
    releaseCooldowns: 60_000,
  })
  expect(fields.find(({ name }) => name === "updateAccount")?.extensions.executionMs).toBeUndefined()
})
