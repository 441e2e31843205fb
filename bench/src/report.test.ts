import { describe, expect, it } from "vitest"
import type { Cell } from "./cell.ts"
import { rowsOf, tableOf } from "./report.ts"

const cell: Cell = {
  name: "some-load",
  title: "some load",
  targets: ["relay-tls", "gateway"],
  rounds: 3,
  isFresh: false,
  metrics: [
    { key: "cpu", title: "CPU", unit: "ms", comparison: "ratio", goals: { gateway: 1.5 } },
    { key: "wait", title: "added wait", unit: "ms", comparison: "difference" },
    { key: "left", title: "left", unit: "", comparison: "absolute", goals: { gateway: 0 } },
  ],
  run: () => Promise.resolve({}),
}
const rows = rowsOf([
  {
    cell,
    figures: {
      "relay-tls": [
        { cpu: 1, wait: 2, left: 0 },
        { cpu: 10, wait: 3, left: 0 },
        { cpu: 2, wait: 4, left: 0 },
      ],
      gateway: [
        { cpu: 2, wait: 3, left: 0 },
        { cpu: 10, wait: 4.5, left: 3 },
        { cpu: 2.8, wait: 5, left: 1 },
      ],
    },
  },
])

describe("rowsOf", () => {
  it("judges a ratio by the median of the rounds' ratios, not by the ratio of medians", () => {
    const gateway = rows[0]?.figures.find(({ target }) => target === "gateway")
    expect(gateway).toMatchObject({ median: 2.8, ratio: 1.4, goal: 1.5, isMet: true })
  })
  it("gives the median difference, and absolute figures as they are", () => {
    expect(rows[1]?.figures[1]).toMatchObject({ difference: 1 })
    expect(rows[2]?.figures[1]).toMatchObject({ median: 1, goal: 0, isMet: false })
  })
})

describe("tableOf", () => {
  it("shows ratio and absolute median, and whether a goal was met", () => {
    const table = tableOf(rows, ["relay-tls", "gateway"])
    expect(table).toContain("1.4× (2.8 ms)")
    expect(table).toContain("≤ 1.5× met")
    expect(table).toContain("+1 ms")
    expect(table).toContain("≤ 0 MISSED")
  })
})
