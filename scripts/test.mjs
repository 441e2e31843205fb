/**
 * `npm test`: installs, generates and builds what the asked tests need, brings the programs they drive, and runs them with
 * vitest. The last line is `N passed, N failed`, counted from vitest's own report.
 */
import "./lib/require-node.mjs"
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { ensureBuilt, GATEWAY_TARGETS, PACKAGED_TARGETS, SERVERS } from "./lib/bundles.mjs"
import { ensureChromium } from "./lib/chromium.mjs"
import { ensureDebootstrap } from "./lib/debian.mjs"
import { ensureGenerated } from "./lib/generated.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { runNode } from "./lib/run-child.mjs"
import { countTests, listFailures } from "./lib/test-report.mjs"
import { ensureTool } from "./lib/tools.mjs"
import { showUsage } from "./lib/usage.mjs"
import { ensureValkey } from "./lib/valkey.mjs"

/** Their figures are those of a machine that does nothing else. */
const MEASURING = new Set(["faults", "figures"])

/** By project of vitest.config.ts: what is built and brought before it runs, and the oldest Node its clients run on. */
const PROJECTS = {
  unit: { generated: ["database"] },
  web: { generated: ["web-types"] },
  integration: {
    generated: ["database"],
    built: [...GATEWAY_TARGETS, "simulator", "demo-traffic", "demo-story"],
    valkey: true,
  },
  conformance: {
    generated: ["database"],
    built: SERVERS,
    tools: { CLAUDE_CODE_PATH: "claude-code", CODEX_PATH: "codex", GEMINI_CLI_PATH: "gemini-cli" },
  },
  "conformance-next": { generated: ["database"], built: SERVERS, leastNode: 22 },
  system: { generated: ["database"], built: [...PACKAGED_TARGETS, "simulator", "demo-traffic", "demo-story"] },
  postgresql: { generated: ["database"], built: SERVERS },
  browser: { generated: ["database"], built: GATEWAY_TARGETS, chromium: true },
  newcomer: {
    generated: ["database"],
    built: [],
    tools: { CLAUDE_CODE_PATH: "claude-code", CODEX_PATH: "codex" },
    chromium: true,
  },
  image: { generated: ["database"], built: [], tools: { NODE_24_PATH: "node-24" }, cleanRoot: true },
  faults: { generated: ["database"], built: SERVERS },
  figures: { generated: ["database"], built: GATEWAY_TARGETS, chromium: true },
}
const DEFAULT = ["unit", "web", "integration", "conformance", "system", "browser"]

const usage = `npm test [-- PROJECT… FILE… --node PROGRAM]

Runs the tests: ${DEFAULT.join(", ")}; or the named projects (also: postgresql, newcomer, image, faults, figures, and under Node 22 or newer
conformance-next), or only the named files of them.
Everything the tests need is installed and built first. With --node (or TEST_NODE) they run under another Node.
What begins with "--" besides is passed to vitest.`

function parseArguments(given) {
  const asked = { projects: [], files: [], options: [], node: process.env.TEST_NODE || process.execPath }
  for (let at = 0; at < given.length; at += 1) {
    const one = given[at]
    if (one === "--node") {
      at += 1
      asked.node = given[at]
      if (asked.node === undefined) throw new PlainError("--node needs the path of a program.")
    } else if (one.startsWith("-")) asked.options.push(one)
    else if (PROJECTS[one] !== undefined) asked.projects.push(one)
    else asked.files.push(one)
  }
  if (asked.projects.length === 0) asked.projects = DEFAULT
  return asked
}

/** Refuses a project whose clients do not run on this Node, rather than to pass over it. */
function refuseOldNode(projects, node) {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim()
  const isOld = (name) => (PROJECTS[name].leastNode ?? 0) > Number(/^v(\d+)/.exec(version)?.[1])
  const name = projects.find(isOld)
  if (name !== undefined) {
    const { leastNode } = PROJECTS[name]
    throw new PlainError(`"${name}" needs Node ${leastNode} or newer and this is ${version}; name one with --node.`)
  }
}

/** Brings what the projects need; returns the environment that tells the tests where it is. */
async function prepare(projects) {
  const env = {}
  await ensureInstalled()
  for (const project of projects) {
    const { generated = [], built = [], tools = {}, chromium, valkey, cleanRoot } = PROJECTS[project]
    for (const name of generated) await ensureGenerated(name)
    await ensureBuilt(built)
    for (const [variable, name] of Object.entries(tools)) env[variable] = await ensureTool(name)
    if (chromium) env.CHROMIUM_PATH = await ensureChromium()
    if (valkey) env.VALKEY_SERVER_PATH = await ensureValkey()
    if (cleanRoot) await ensureDebootstrap()
  }
  return env
}

await runScript(async () => {
  const given = process.argv.slice(2)
  if (given.includes("--help")) {
    showUsage(usage)
    return 0
  }
  const { projects, files, options, node } = parseArguments(given)
  refuseOldNode(projects, node)
  const env = await prepare(projects)
  let isBroken = false
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const group of groupsOf(projects, [...files, ...options])) {
    const counts = await runVitest(group, { files, options, node, env })
    isBroken ||= counts.isBroken
    for (const name of Object.keys(sum)) sum[name] += counts[name]
  }
  const { passed, failed, skipped } = sum
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
  if (skipped > 0 && process.env.CI) throw new PlainError("A test was skipped; here none may be.")
  if (passed + failed === 0) throw new PlainError("No test ran.")
  return isBroken ? 1 : 0
})

/** Unit tests go first: they take a minute and say most. What is asked for besides may be of any project. */
function groupsOf(projects, besides) {
  if (besides.length > 0) return [projects]
  const groups = [projects.filter((name) => name === "unit"), projects.filter((name) => name !== "unit")]
  return groups.filter((group) => group.length > 0)
}

/** Runs the tests of some projects together and tells what failed; returns the counts. */
async function runVitest(projects, { files, options, node, env }) {
  const folder = join(root, ".cache/test")
  mkdirSync(folder, { recursive: true })
  const report = join(folder, `report-${process.pid}.json`)
  const vitest = [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    ...projects.flatMap((name) => ["--project", name]),
    workersFor(projects),
  ]
  const outside = `--reporter=${join(root, "scripts/lib/outside-reporter.mjs")}`
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`, outside]
  const { code, signal } = await runNode([...vitest, ...reporters, ...options, ...files], { node, env, check: false })
  const results = readReport(report)
  if (results === undefined)
    console.log(`Failed: the run ended with ${signal ?? `code ${code}`} before it had a report`)
  rmSync(report, { force: true })
  for (const failure of listFailures(results)) console.log(`Failed: ${relativeToRoot(failure)}`)
  return countTests(results, code)
}

/** How many files run at once. Those that start processes wait for them a quarter of their time; what measures runs by itself. */
function workersFor(projects) {
  if (projects.some((name) => MEASURING.has(name))) return "--no-file-parallelism"
  const waiting = projects.some((name) => name !== "unit") ? 1 : 0
  return `--maxWorkers=${availableParallelism() + waiting}`
}

/** Vitest names files by where they lie on this machine. */
function relativeToRoot(text) {
  return text.replaceAll(`${root}/`, "")
}

/** Vitest's report as an object; undefined when it died before it wrote one. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return undefined // no report is a failure that countTests counts
  }
}
