import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { actions } from "./action-name.ts"

test("every mutation has a name", () => {
  const schema = readFileSync(join(import.meta.dirname, "../../../../control-plane/schema.graphql"), "utf8")
  const [, body = ""] = /^type Mutation \{(.*?)^\}/ms.exec(schema) ?? []
  const mutations = [...body.matchAll(/^ {2}(\w+)(?:\(|: )/gm)].map(([, name = ""]) => name)
  expect(mutations).toContain("updateSettings")
  expect(mutations.filter((name) => !actions.includes(name))).toEqual([])
})
