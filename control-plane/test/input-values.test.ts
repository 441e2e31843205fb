/** What cannot be an input is told as the client's own slip, whether it stands in the document or in a variable. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

let control: TestControlPlane
beforeAll(async () => {
  control = await startTestControlPlane()
})
afterAll(() => control.stop())

const OBJECT = { literal: '{ a: "b" }', value: { a: "b" } }
const LIST = { literal: '[["2026-01-01T00:00:00Z"]]', value: [["2026-01-01T00:00:00Z"]] }

test.each([
  ["DateTime", "since", { literal: '"yesterday"', value: "yesterday" }],
  ["DateTime", "since", { literal: "12", value: 12 }],
  ["DateTime", "since", { literal: "true", value: true }],
  ["DateTime", "since", OBJECT],
  ["DateTime", "since", LIST],
  ["BigInt", "sequence", { literal: '"one"', value: "one" }],
  ["BigInt", "sequence", { literal: "1.5", value: 1.5 }],
  ["BigInt", "sequence", OBJECT],
  ["BigInt", "sequence", LIST],
])("a %s is refused that is none: %s %o", async (scalar, field, { literal, value }) => {
  const inDocument = await control.ask(`{ auditEvents(filter: { ${field}: ${literal} }) { edges { cursor } } }`)
  const asVariable = await control.ask(
    `query ($value: ${scalar}) { auditEvents(filter: { ${field}: $value }) { edges { cursor } } }`,
    { value },
  )
  const inInput = await control.ask(
    "query ($filter: AuditFilter) { auditEvents(filter: $filter) { edges { cursor } } }",
    {
      filter: { [field]: value },
    },
  )
  for (const { errors } of [inDocument, asVariable, inInput]) {
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toMatch(new RegExp(`A ${scalar} is `))
    expect(errors[0]?.extensions).not.toMatchObject({ code: "INTERNAL" })
  }
  expect(asVariable.errors[0]?.message).toContain("$value")
  expect(inInput.errors[0]?.message).toContain("$filter")
  expect(inInput.errors[0]?.message).toContain(field)
})
