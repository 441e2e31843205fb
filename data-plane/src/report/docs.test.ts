import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { PROCESS_METRICS } from "#shared/metrics/process-metrics.ts"
import { documentedMetrics, metricRow } from "#shared/testing/metric-rows.ts"
import { SPAN_ATTRIBUTES, SPAN_NAMES } from "./exchange-spans.ts"
import { PLANE_METRICS } from "./metrics.ts"

const text = readFileSync(new URL("../../../docs/reference/metrics.md", import.meta.url), "utf8")

it("the reference lists every metric of the data plane as it is, and no other", () => {
  expect(documentedMetrics("Data plane")).toEqual(Object.values(PLANE_METRICS).map(metricRow))
  expect(documentedMetrics("Both")).toEqual(Object.values(PROCESS_METRICS).map(metricRow))
})

it("names of metrics follow the conventions", () => {
  for (const definition of [...Object.values(PLANE_METRICS), ...Object.values(PROCESS_METRICS)]) {
    const { name, type } = definition
    expect(name).toMatch(/^[a-z][a-z_]*[a-z]$/)
    expect(name.endsWith("_total"), name).toBe(type === "counter")
    if (type === "histogram") expect(name).toMatch(/_seconds$/)
  }
})

it("the reference lists every span and attribute, and no other", () => {
  const section = text.split("\n## Traces\n")[1]?.split("\n## ")[0] ?? ""
  const spans = [...section.matchAll(/^\| `(\w+)` \| (?:server|client|internal) \|/gm)].map(([, name]) => name)
  expect(spans).toEqual([...SPAN_NAMES])
  const attributes = [...section.matchAll(/`((?:lagrange|http|gen_ai)\.[\w.]+)`/g)].map(([, name]) => name)
  expect(attributes).toEqual([...SPAN_ATTRIBUTES])
})
