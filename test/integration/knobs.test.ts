/**
 * No dead knobs: whatever somebody can set has a test in which changing it changes an exchange, a limit, a job or an answer, and is
 * written down with it in `test/support/knobs`. What is missing there fails here, and so does a proof that is none.
 */
import { readFileSync } from "node:fs"
import { buildSchema, isInputObjectType, isObjectType } from "graphql"
import { expect, test } from "vitest"
import { COMMANDS } from "../../control-plane/src/admin/commands.ts"
import { ENVIRONMENT } from "#shared/environment/table.ts"
import { INPUT_PROOFS } from "../support/knobs/inputs.ts"
import { OPTION_PROOFS } from "../support/knobs/options.ts"
import { problemOf, proofsOf, type ProofRow } from "../support/knobs/proof.ts"
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
