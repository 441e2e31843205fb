/**
 * `npm run test:knobs`: makes each knob dead in turn and runs the test that is named as its proof, which then has to fail. What
 * survives has a weak proof, or does nothing.
 */
import "./lib/require-node.mjs"
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { ensureBuilt, SERVERS } from "./lib/bundles.mjs"
import { ensureGenerated } from "./lib/generated.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { showUsage } from "./lib/usage.mjs"

const usage = `npm run test:knobs [-- TEXT…] [--jobs N]

Each input of GraphQL, variable of the environment and option of npm run admin is made dead, one after the other, and the test that
test/support/knobs names as its proof is run: it has to fail, having passed before. With TEXT only knobs whose name, or the file of
whose proof, contains one of them. N files at the same time (default: as many as there are processors). Ends with 1 if one survived.`

function parseArguments(given) {
  const asked = { texts: [], jobs: availableParallelism() }
  for (let at = 0; at < given.length; at += 1) {
    if (given[at] === "--jobs") asked.jobs = Number(given[(at += 1)])
    else if (given[at].startsWith("-")) throw new PlainError(`What is "${given[at]}"?\n\n${usage}`, 2)
    else asked.texts.push(given[at])
  }
  if (!Number.isSafeInteger(asked.jobs) || asked.jobs < 1) throw new PlainError("--jobs needs a whole number.", 2)
  return asked
}

/** All knobs with their proofs: `{ kind, name, file, test, ways }`. */
async function readKnobs() {
  const { tsImport } = await import("tsx/esm/api")
  const read = (name) => tsImport(`../test/support/knobs/${name}.ts`, import.meta.url)
  const { proofsOf } = await read("proof")
  const { NOT_KILLED } = await read("not-killed")
  const { INPUT_PROOFS } = await read("inputs")
  const { VARIABLE_PROOFS } = await read("variables")
  const { OPTION_PROOFS } = await read("options")
  const waysOf = await readWays()
  const tables = { input: INPUT_PROOFS, variable: VARIABLE_PROOFS, option: OPTION_PROOFS }
  const knobs = Object.entries(tables).flatMap(([kind, rows]) =>
    [...proofsOf(rows)].map(([name, proof]) => ({ kind, name, ...proof, ways: kind === "input" ? waysOf(name) : 1 })),
  )
  return { knobs, notKilled: new Map(Object.entries(NOT_KILLED)) }
}

/** Where there has to be a switch or a choice, it is killed twice: once it stays at the one end, once at the other. */
async function readWays() {
  const { buildSchema, isEnumType, isInputObjectType, isNonNullType } = await import("graphql")
  const schema = buildSchema(readFileSync(join(root, "control-plane/schema.graphql"), "utf8"))
  return (name) => {
    const [owner, field, argument] = name.split(".")
    const type = schema.getType(owner)
    const input = isInputObjectType(type)
      ? type.getFields()[field]
      : type.getFields()[field].args.find((one) => one.name === argument)
    if (!isNonNullType(input.type) || input.defaultValue !== undefined) return 1
    return isEnumType(input.type.ofType) || input.type.ofType.name === "Boolean" ? 2 : 1
  }
}

/** A title as it is written, with what test.each puts in its place. */
const patternOf = (title) =>
  title.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replace(/%(?:[sdifjoOc]|#)|\\\$\w+/g, ".*")

/** Whether a test is the proof, or is in the group that is. */
function isOf(test, pattern) {
  const isCalledSo = new RegExp(`^${pattern}$`)
  for (let one = test; one.type !== "module"; one = one.parent) if (isCalledSo.test(one.name)) return true
  return false
}

/** Runs tests again and again in one vitest, which transforms a source once. */
async function openLane() {
  const { createVitest } = await import("vitest/node")
  const settings = { root, project: ["knobs"], watch: false, reporters: [{}], maxWorkers: 1, cache: false }
  const vitest = await createVitest("test", settings)
  await vitest.standalone()
  const [project] = vitest.projects
  return {
    /** "passed", "failed", or "before" where it was not even reached; with what was wrong first. */
    async run({ file, test }, dead) {
      project.config.env = dead === undefined ? {} : { DEAD_KNOB: JSON.stringify(dead) }
      const pattern = patternOf(test)
      vitest.setGlobalTestNamePattern(new RegExp(`(?:^| )${pattern}(?: |$)`))
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
        project.createSpecification(join(root, file)),
      ])
      const tests = testModules.flatMap((module) => [...module.children.allTests()]).filter((one) => isOf(one, pattern))
      const failed = tests.filter((one) => one.result().state === "failed")
      if (failed.length > 0) return { state: "failed", why: firstLine(failed[0].result().errors?.[0]) }
      const groups = testModules.flatMap((module) => [module, ...module.children.allSuites()])
      const errors = [...groups.flatMap((group) => group.errors()), ...unhandledErrors]
      if (errors.length > 0) return { state: "before", why: firstLine(errors[0]) }
      return tests.some((one) => one.result().state === "passed")
        ? { state: "passed", why: "" }
        : { state: "before", why: "no such test ran" }
    },
    close: () => vitest.close(),
  }
}

const firstLine = (error) =>
  String(error?.message ?? error)
    .split("\n", 1)[0]
    .slice(0, 160)

/** Kills one knob in each of its ways; what is undone in a file's preparation is left alone there, and has to fail in the test. */
async function kill(lane, { kind, name, ways, ...proof }) {
  const found = { outcome: "failed", why: "" }
  for (let way = 0; way < ways; way += 1) {
    let isAliveBetween = false
    let { state, why } = await lane.run(proof, { kind, name, way, isAliveBetween })
    const before = why
    if (state === "before") {
      isAliveBetween = true
      ;({ state, why } = await lane.run(proof, { kind, name, way, isAliveBetween }))
    }
    if (state === "failed") Object.assign(found, { why: isAliveBetween ? `${why} (dead in the test alone)` : why })
    else if (isAliveBetween) return { outcome: "unreached", why: before }
    else return { outcome: "SURVIVED", why: ways > 1 ? `as constant ${way + 1} of ${ways}` : "" }
  }
  return found
}

async function killAll(lane, knobs) {
  const ran = []
  const alive = new Map()
  for (const knob of knobs) {
    if (!alive.has(knob.test)) alive.set(knob.test, await lane.run(knob, undefined))
    const { state, why } = alive.get(knob.test)
    const result =
      state === "passed" ? await kill(lane, knob) : { outcome: "BROKEN", why: `it fails with nothing dead: ${why}` }
    console.log(`${result.outcome.padEnd(9)} ${knob.kind} ${knob.name}: ${result.why}`)
    ran.push({ ...knob, ...result })
  }
  return ran
}

/** A file at a time in each lane, those with most to do first. */
async function runAll(knobs, jobs) {
  const files = new Map()
  for (const knob of knobs) files.set(knob.file, [...(files.get(knob.file) ?? []), knob])
  const waiting = [...files.values()].toSorted((one, other) => other.length - one.length)
  const ran = []
  const work = async () => {
    const lane = await openLane()
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      ran.push(...(await killAll(lane, next)))
    await lane.close()
  }
  await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, work))
  return ran
}

await runScript(async () => {
  const given = process.argv.slice(2)
  if (given.includes("--help")) return showUsage(usage)
  const { texts, jobs } = parseArguments(given)
  await ensureInstalled()
  await ensureGenerated("database")
  await ensureBuilt(SERVERS)
  const { knobs, notKilled } = await readKnobs()
  const isAsked = ({ name, file }) => texts.length === 0 || texts.some((text) => name === text || file.includes(text))
  const asked = knobs.filter(isAsked)
  if (asked.length === 0) throw new PlainError("No knob is called so, and no proof's file.")
  const ran = await runAll(
    asked.filter(({ name }) => !notKilled.has(name)),
    jobs,
  )
  const survivors = ran.filter(({ outcome }) => outcome !== "failed")
  console.log("")
  for (const { outcome, name, file, test, why } of survivors)
    console.log(`${outcome.padEnd(9)} ${name}: ${JSON.stringify(test)} in ${file}${why === "" ? "" : ` (${why})`}`)
  for (const { name } of asked.filter((knob) => notKilled.has(knob.name)))
    console.log(`not done  ${name}: ${notKilled.get(name)}`)
  const left = asked.length - ran.length
  console.log(
    `${asked.length} knobs: of ${ran.length - survivors.length} the proof fails once they are dead, ` +
      `of ${survivors.length} it does not; ${left} cannot be killed so`,
  )
  return survivors.length > 0 ? 1 : 0
})
