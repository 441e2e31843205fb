import { expect, it } from "vitest"
import { documentedMetrics, metricRow } from "#shared/testing/metric-rows.ts"
import { CONTROL_METRICS } from "./metrics.ts"

it("the reference lists every metric of the control plane as it is, and no other", () => {
  expect(documentedMetrics("Control plane")).toEqual(Object.values(CONTROL_METRICS).map(metricRow))
})

it("names of metrics follow the conventions", () => {
  for (const { name, type } of Object.values(CONTROL_METRICS)) {
    expect(name).toMatch(/^lagrange_[a-z_]*[a-z]$/)
    expect(name.endsWith("_total"), name).toBe(type === "counter")
  }
})
