import { describe, expect, it } from "vitest"
import {
  keptOut,
  metricsIn,
  metricsOf,
  neverFired,
  queriesOf,
  traceProblems,
  unknownMetrics,
  unknownVariables,
} from "./deploy.mjs"

const known = metricsIn(`
| Name | Type | Labels | What |
|---|---|---|---|
| \`lagrange_ready\` | gauge | – | 1 while /ready says so. |
| \`lagrange_own_time_seconds\` | histogram | – | Own work. |
`)

describe("the metrics of a query", () => {
  it.each([
    ["sum by (le) (rate(lagrange_own_time_seconds_bucket[5m]))", ["lagrange_own_time_seconds_bucket"]],
    ['up{job="lagrange_not_a_metric"} == 0', ["up"]],
    ["lagrange_ready * on (instance) group_left lagrange_info", ["lagrange_ready", "lagrange_info"]],
    ["vector(0)", []],
  ])("%s", (query, metrics) => {
    expect(metricsOf(query)).toEqual(metrics)
  })

  it("are unknown where the reference has none of the name", () => {
    expect(unknownMetrics("rate(lagrange_own_time_seconds_bucket[5m])", known)).toEqual([])
    expect(unknownMetrics("lagrange_raedy == 0 and lagrange_ready", known)).toEqual(["lagrange_raedy"])
  })
})

it("takes the queries of panels and rules with their places", () => {
  const dashboard = { panels: [{ title: "Ready", targets: [{ expr: "a" }, { expr: "b" }] }] }
  const rules = { groups: [{ rules: [{ alert: "Down", expr: "c" }] }] }
  expect(queriesOf(dashboard, rules)).toEqual([
    ['panel "Ready"', "a"],
    ['panel "Ready"', "b"],
    ["rule Down", "c"],
  ])
})

it("names a rule that no test makes fire", () => {
  const rules = { groups: [{ rules: ["Down", "Lags", "Quiet"].map((alert) => ({ alert })) }] }
  const tests = [
    { promql_expr_test: [{ exp_samples: [{ labels: '{alertname="Down"}' }] }] },
    {
      alert_rule_test: [
        { alertname: "Lags", exp_alerts: [{}] },
        { alertname: "Quiet", exp_alerts: [] },
      ],
    },
  ]
  expect(neverFired(rules, { tests })).toEqual(["scripts/checks/prometheus-rules.test.yml: nothing makes Quiet fire"])
})

it("names a variable that nothing reads, and looks at our services only", () => {
  const services = {
    gateway: { image: "lagrange:1.0.0", environment: { PORT: "1", PROT: "2" } },
    other: { image: "postgres:17", environment: { POSTGRES_USER: "x" } },
  }
  expect(unknownVariables({ services }, new Set(["PORT"]))).toEqual([
    "docker-compose.yml: gateway gives PROT, which nothing reads",
  ])
})

it("names what the example of a trace has and the page has not", () => {
  const page = "## Traces\n\n| `exchange` | `attempt` | `lagrange.model` |\n\n## Health\n`lagrange.prompt`\n"
  const spans = [
    { name: "exchange", spanId: "1", attributes: [{ key: "lagrange.model" }, { key: "lagrange.prompt" }] },
    { name: "attempt", spanId: "2", parentSpanId: "1", attributes: [] },
    { name: "attempt", spanId: "3", parentSpanId: "4", attributes: [] },
  ]
  expect(traceProblems({ resourceSpans: [{ scopeSpans: [{ spans }] }] }, page)).toEqual([
    "deploy/trace-example.json has lagrange.prompt, which nobody tells",
    "deploy/trace-example.json has a span attempt of no parent",
  ])
})

it("names what an image could not be built without", () => {
  expect(keptOut("*\n!shared\n**/*.test.ts\n", ["shared", "prisma/migrations"])).toEqual([
    ".dockerignore keeps out prisma/migrations",
  ])
})
