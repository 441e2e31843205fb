import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { EFFORT_NAMES, EFFORT_TABLE, parseEffortTable, writeEffortTable, type EffortTable } from "./effort-table.ts"

describe("a table of efforts", () => {
  it("keeps what is not named", () => {
    expect(parseEffortTable("low=2000, max=40000")).toEqual({ ...EFFORT_TABLE, low: 2000, max: 40_000 })
    expect(parseEffortTable("high=maximum,auto=4096")).toEqual({ ...EFFORT_TABLE, high: "maximum", auto: 4096 })
  })

  it.each([
    "",
    "low",
    "low=",
    "low=0",
    "low=-1",
    "low=1.5",
    "low=1000001",
    "tiny=5",
    "none=5",
    "auto=maximum",
    "low=1;",
  ])("refuses %j", (text) => {
    expect(parseEffortTable(text)).toBeUndefined()
  })

  it("is read as it is written", () => {
    const tokens = fc.integer({ min: 1, max: 1_000_000 })
    const budget = fc.oneof(tokens, fc.constant("maximum" as const))
    const tables = fc.record<EffortTable>({
      minimal: budget,
      low: budget,
      medium: budget,
      high: budget,
      xhigh: budget,
      max: budget,
      auto: tokens,
    })
    fc.assert(
      fc.property(tables, (table) => {
        expect(parseEffortTable(writeEffortTable(table))).toEqual(table)
      }),
    )
    expect(Object.keys(EFFORT_TABLE)).toEqual(EFFORT_NAMES)
  })
})
