/**
 * No dead knobs: whatever somebody can set has a test in which changing it changes an exchange, a limit, a job or an answer, and is
 * written down with it in `test/support/knobs`. What is missing there fails here, and so does a proof that is none.
 */
import { readFileSync } from "node:fs"
import { buildSchema, graphqlSync, isInputObjectType, isObjectType } from "graphql"
import { expect, test } from "vitest"
import { COMMANDS } from "../../control-plane/src/admin/commands.ts"
import { ENVIRONMENT } from "#shared/environment/table.ts"
import { INPUT_PROOFS } from "../support/knobs/inputs.ts"
import { OPTION_PROOFS } from "../support/knobs/options.ts"
import { problemOf, proofsOf, type ProofRow } from "../support/knobs/proof.ts"
import { takeFromResolvers } from "../support/knobs/take-from-resolvers.ts"
import { VARIABLE_PROOFS } from "../support/knobs/variables.ts"

const sorted = (names: Iterable<string>): string[] => [...names].toSorted()

function inputsOfGraphql(): string[] {
  const schema = buildSchema(readFileSync(new URL("../../control-plane/schema.graphql", import.meta.url), "utf8"))
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith("__")) return []
    if (isInputObjectType(type)) return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
    if (!isObjectType(type)) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map(({ name }) => `${type.name}.${field.name}.${name}`),
    )
  })
}

test.each<[what: string, table: readonly ProofRow[], knobs: readonly string[]]>([
  ["input of GraphQL", INPUT_PROOFS, inputsOfGraphql()],
  ["variable of the environment", VARIABLE_PROOFS, Object.keys(ENVIRONMENT)],
  [
    "option of npm run admin",
    OPTION_PROOFS,
    COMMANDS.flatMap(({ name, options }) => Object.keys(options).map((option) => `${name}.${option}`)),
  ],
])("each %s is in the table with its proof, and no other", (_what, table, knobs) => {
  const proofs = proofsOf(table)
  expect(sorted(proofs.keys())).toEqual(sorted(knobs))
  const problems = [...proofs].flatMap(([knob, proof]) => problemOf(proof, knob.split(".").at(-1) ?? "") ?? [])
  expect(problems).toEqual([])
})

test("a proof that is not there, or is of something else, is found", () => {
  const file = "test/integration/settings.test.ts"
  expect(problemOf({ file, test: "DEFAULT_MODEL" }, "DEFAULT_MODEL")).toBeUndefined()
  expect(problemOf({ file, test: "DEFAULT_MODEL" }, "THINKING_BUDGETS")).toContain("does not name")
  expect(problemOf({ file, test: "no such test" }, "DEFAULT_MODEL")).toContain("has no test")
})

const GIVEN = "a: 7, b: 7, list: [{ kept: 7, gone: 7, must: true, choice: LAST }]"

test.each([
  ["Query.f.a", 0, { b: 7 }],
  ["Query.f.b", 0, { a: 7, b: 2 }],
  ["In.gone", 0, { a: 7, b: 7, list: [{ kept: 7, must: true, choice: "LAST" }] }],
  ["In.must", 0, { list: [{ kept: 7, gone: 7, must: false, choice: "LAST" }] }],
  ["In.must", 1, { list: [{ kept: 7, gone: 7, must: true, choice: "LAST" }] }],
  ["In.choice", 0, { list: [{ kept: 7, gone: 7, must: true, choice: "FIRST" }] }],
  ["Query.f.list", 0, { a: 7, b: 7, list: [] }],
])("a dead %s (%i) is nothing, its default or a constant, and all else is as it was given", (name, way, left) => {
  const schema = buildSchema(`type Query { f(a: Int, b: Int = 2, list: [In!]!): String }
    input In { kept: Int, gone: Int, must: Boolean!, choice: Choice! } enum Choice { FIRST LAST }`)
  let got: unknown
  const field = schema.getQueryType()?.getFields()["f"]
  if (field === undefined) throw new Error("the schema has no field")
  field.resolve = (_parent, given) => void (got = given)
  let isDead = true
  takeFromResolvers(schema, { kind: "input", name, way, isAliveBetween: false }, () => isDead)
  const ask = (): unknown => {
    expect(graphqlSync({ schema, source: `{ f(${GIVEN}) }` }).errors).toBeUndefined()
    return got
  }
  expect(ask()).toMatchObject(left)
  if (name === "Query.f.a") expect(got).not.toHaveProperty("a")
  if (name === "In.gone") expect(JSON.stringify(got)).not.toContain("gone")
  isDead = false
  expect(ask()).toMatchObject({ a: 7, b: 7, list: [{ kept: 7, gone: 7, must: true, choice: "LAST" }] })
})
