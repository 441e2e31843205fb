/** The panel asks nothing that the control plane does not take: each of its documents is within the limits. */
import { concatAST, Kind, OperationTypeNode, parse, print, separateOperations } from "graphql"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

const PANEL = join(import.meta.dirname, "../../web/src")

const files = readdirSync(PANEL, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".graphql"))
const whole = concatAST(files.map((name) => parse(readFileSync(join(PANEL, name), "utf8"))))
/** Each with the fragments it needs. What is followed is asked for in a query of the same page too. */
const documents = Object.entries(separateOperations(whole)).filter(([, { definitions }]) =>
  definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation !== OperationTypeNode.SUBSCRIPTION),
)

let control: TestControlPlane
beforeAll(async () => {
  control = await startTestControlPlane()
})
afterAll(() => control.stop())

/** What a document is refused for, before it is run. */
async function refusals(query: string): Promise<string[]> {
  const response = await fetch(`${control.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  })
  const { errors = [] } = (await response.json()) as { errors?: { message: string }[] } // GraphQL's own shape
  return errors.map(({ message }) => message).filter((message) => message.includes("exceeded"))
}

test("one that is too deep is seen to be", async () => {
  const deep = "{ requests { edges { node { attempts { account { cooldowns { __typename } } } } } } }"
  expect(await refusals(deep)).toEqual([])
  expect(await refusals(deep.replace("__typename", "... on Cooldown { ... on Cooldown { bucket } }"))).toHaveLength(1)
})

test.each(documents)("%s is within the limits", async (_name, document) => {
  expect(await refusals(print(document))).toEqual([])
})
