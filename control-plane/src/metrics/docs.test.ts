import { expect, it } from "vitest"
import { documentedMetrics, metricRow } from "#shared/testing/metric-rows.ts"
import { CONTROL_METRICS } from "./metrics.ts"

it("the reference lists every metric of the control plane as it is, and no other", () => {
  expect(documentedMetrics("Control plane")).toEqual(Object.values(CONTROL_METRICS).map(metricRow))
})

it("names of metrics follow the conventions", () => {
  for (const definition of Object.values(CONTROL_METRICS)) {
    const { name, type } = definition
    expect(name).toMatch(/^lagrange_[a-z_]*[a-z]$/)
    expect(name.endsWith("_total"), name).toBe(type === "counter")
    // What Prometheus itself calls whom it asked: it would rename ours.
    const labels: readonly string[] = "labels" in definition ? definition.labels : []
    expect(labels).not.toContain("job")
    expect(labels).not.toContain("instance")
  }
})
