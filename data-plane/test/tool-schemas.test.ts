/** What the normaliser makes of any schema, and the names it goes with, pass the strict checker of the simulated upstream. */
import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ModelFamily } from "#data-plane/dialects/model-family.ts"
import { createToolNames, dedupeTools } from "#data-plane/dialects/tool-names.ts"
import { normaliseResponseSchema, normaliseToolSchema } from "#data-plane/schema/normalise.ts"
import { arbitrarySchema } from "#data-plane/schema/testing/arbitrary-schema.ts"
import { modelOf } from "#simulator/catalogue.ts"
import { account, requestFor, signatures } from "#simulator/checker/cases.ts"
import { check } from "#simulator/checker/index.ts"
import { readGeneration } from "#simulator/request.ts"

const models: readonly (readonly [id: string, family: ModelFamily])[] = [
  ["gemini-3-flash", "gemini"],
  ["gemini-2.5-flash", "gemini"],
  ["claude-sonnet-4-6", "claude"],
  ["gpt-oss-120b-medium", "gpt-oss"],
]

/** What the upstream would refuse of the request, after its way over the wire. */
function refusalOf(model: string, request: object) {
  const body: unknown = JSON.parse(JSON.stringify(requestFor(model, request)))
  return check(
    {
      method: "streamGenerateContent",
      headers: { "user-agent": "lagrange/0.1.0" },
      account: { ...account, models: undefined },
      body,
      request: readGeneration(body),
      model: modelOf(model),
      signatures,
      newerModelsVersion: "0.1.0",
      supportedVersion: "0.0.1",
    },
    new Set(),
  )
}

function withTools(tools: readonly { readonly name: string; readonly schema: unknown }[], family: ModelFamily): object {
  const declared = dedupeTools(tools).tools
  const names = createToolNames(
    declared.map(({ name }) => name),
    family,
  )
  const functionDeclarations = declared.map(({ name, schema }) => ({
    name: names.toUpstream(name),
    parameters: normaliseToolSchema(schema, { family }).schema,
  }))
  return {
    tools: [{ functionDeclarations }],
    // The strictest mode, for every family.
    toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
  }
}

describe.each(models)("%s", (model, family) => {
  const toolName = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("web_search", "google_search", "a/b", "a_b", ""),
  )

  test("accepts any tools", () => {
    const tool = fc.record({ name: toolName, schema: fc.oneof(arbitrarySchema(), fc.jsonValue()) })
    fc.assert(
      fc.property(fc.array(tool, { minLength: 1, maxLength: 4 }), (tools) => {
        expect(refusalOf(model, withTools(tools, family))).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  test("accepts case 46 and the schemas of tools in the field", () => {
    const file = new URL("../src/schema/__fixtures__/dirty-schemas.json", import.meta.url)
    const dirty = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown> // our own file
    const tools = Object.entries(dirty).map(([name, schema]) => ({ name, schema }))
    expect(tools.length).toBeGreaterThan(5)
    expect(refusalOf(model, withTools(tools, family))).toBeUndefined()
    // The checker does look: as they are, they are refused.
    const raw = tools.map(({ schema }, index) => ({ name: `tool_${index}`, parameters: schema }))
    expect(refusalOf(model, { tools: [{ functionDeclarations: raw }] })).toBeDefined()
  })
})

test.each(models.filter(([, family]) => family !== "claude"))("%s accepts any response schema", (model, family) => {
  fc.assert(
    fc.property(arbitrarySchema(), (schema) => {
      const responseSchema = normaliseResponseSchema(schema, { family }).schema
      const generationConfig = { responseMimeType: "application/json", responseSchema }
      expect(refusalOf(model, { generationConfig })).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})
