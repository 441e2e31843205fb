import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MAX_LISTED_CHANGES, schemaReport } from "./schema-report.ts"

const changes = (count: number, path = "properties.a") =>
  Array.from({ length: count }, (_, index) => ({ path: `${path}${index}`, change: "moved into the description" }))

describe("the report of changed schemas", () => {
  it("is none where nothing was changed", () => {
    expect(schemaReport([])).toBeUndefined()
    expect(schemaReport([{ tool: "look", changes: [] }])).toBeUndefined()
  })

  it("names tool, place and change", () => {
    expect(schemaReport([{ tool: "look", changes: [{ path: "", change: "added: object" }] }])).toEqual({
      total: 1,
      listed: [{ tool: "look", path: "", change: "added: object" }],
    })
  })

  it("lists something of every tool before it lists more of one", () => {
    const report = schemaReport([
      { tool: "big", changes: changes(1000) },
      { tool: "small", changes: changes(2) },
      { tool: "same", changes: [] },
      { tool: "last", changes: changes(1) },
    ])
    const listedOf = (tool: string) => report?.listed.filter((one) => one.tool === tool).length
    expect(report?.total).toBe(1003)
    expect([listedOf("big"), listedOf("small"), listedOf("last")]).toEqual([MAX_LISTED_CHANGES - 3, 2, 1])
  })

  it("is bounded whatever the client calls its tools and properties", () => {
    const change = fc.record({
      path: fc.string({ maxLength: 500, size: "max" }),
      change: fc.string({ maxLength: 500, size: "max" }),
    })
    const schemas = fc.array(fc.record({ tool: fc.string({ maxLength: 200, size: "max" }), changes: fc.array(change) }))
    fc.assert(
      fc.property(schemas, (given) => {
        const report = schemaReport(given)
        const total = given.reduce((sum, one) => sum + one.changes.length, 0)
        expect(report?.total ?? 0).toBe(total)
        expect(report?.listed.length ?? 0).toBe(Math.min(total, MAX_LISTED_CHANGES))
        for (const { tool, path, change: what } of report?.listed ?? [])
          expect(tool.length + path.length + what.length).toBeLessThanOrEqual(64 + 160 + 160)
      }),
    )
  })
})
