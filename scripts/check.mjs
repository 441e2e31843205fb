import "./lib/require-node.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript } from "./lib/progress.mjs"

/** Every check is one file that exports `name` and `run()`, which resolves with its problems, a line each. */
const CHECKS = [
  "types",
  "lint",
  "format",
  "import-law",
  "assertions",
  "schema",
  "migrations",
  "environment",
  "error-codes",
  "conformance",
  "links",
  "documents",
  "log-events",
  "server-words",
  "lockfiles",
  "dependencies",
  "deploy",
  "secrets",
]

const usage = `npm run check [-- CHECK…]

Runs all checks of the tree, or the named ones: ${CHECKS.join(", ")}.`

const MOST_LINES = 40

async function runCheck(file) {
  const startedAt = Date.now()
  const check = await import(`./checks/${file}.mjs`)
  let problems
  try {
    problems = await check.run()
  } catch (error) {
    problems = [`the check itself failed: ${error.message}`]
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"}  ${check.name} (${seconds} s)`)
  for (const problem of problems.slice(0, MOST_LINES)) console.log(`      ${problem}`)
  if (problems.length > MOST_LINES) console.log(`      … and ${problems.length - MOST_LINES} more`)
  return problems.length === 0
}

await runScript(async () => {
  const given = process.argv.slice(2)
  if (given.includes("--help")) return console.log(usage)
  const unknown = given.find((one) => !CHECKS.includes(one))
  if (unknown !== undefined) throw new PlainError(`There is no check "${unknown}".\n\n${usage}`)
  await ensureInstalled()
  const results = []
  for (const file of given.length > 0 ? given : CHECKS) results.push(await runCheck(file))
  const failed = results.filter((isFine) => !isFine).length
  console.log(`${results.length - failed} checks passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})
