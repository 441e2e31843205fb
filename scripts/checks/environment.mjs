import { join } from "node:path"
import { existsSync } from "node:fs"
import { readText } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "environment variables"

const MARKS = { begin: "<!-- environment:begin -->", end: "<!-- environment:end -->" }

/** The reference page with its table replaced; undefined when the page has no place for it. */
export function withTable(page, table) {
  const begin = page.indexOf(MARKS.begin)
  const end = page.indexOf(MARKS.end)
  if (begin === -1 || end < begin) return undefined
  return `${page.slice(0, begin + MARKS.begin.length)}\n\n${table.trim()}\n\n${page.slice(end)}`
}

/** Problems of both documents against what the table in the code renders. */
export function problems({ example, page, rendered }) {
  const found = []
  if (example !== rendered.example) found.push(".env.example is not what the table of variables gives")
  const wanted = withTable(page, rendered.table)
  if (wanted === undefined) {
    found.push(`docs/reference/configuration.md has no place for the table (${MARKS.begin} … ${MARKS.end})`)
  } else if (wanted !== page) found.push("docs/reference/configuration.md is not what the table of variables gives")
  return found.map((one) => `${one}; run: node scripts/checks/environment.mjs --write`)
}

async function render() {
  const code = `import { renderConfigurationTable, renderEnvExample } from "#shared/environment.ts"
    process.stdout.write(JSON.stringify({ example: renderEnvExample(), table: renderConfigurationTable() }))`
  const program = join(root, "node_modules/tsx/dist/cli.mjs")
  const result = await runNode([program, "--input-type=module", "-e", code], { output: "capture" })
  return JSON.parse(result.stdout)
}

const readIfThere = (path) => (existsSync(join(root, path)) ? readText(path) : "")

export async function run() {
  const rendered = await render()
  const page = readIfThere("docs/reference/configuration.md")
  return problems({ example: readIfThere(".env.example"), page, rendered })
}

/** Writes both documents anew from the code. */
async function write() {
  const { writeFileSync } = await import("node:fs")
  const rendered = await render()
  writeFileSync(join(root, ".env.example"), rendered.example)
  const page = withTable(readIfThere("docs/reference/configuration.md"), rendered.table)
  if (page !== undefined) writeFileSync(join(root, "docs/reference/configuration.md"), page)
}

if (import.meta.filename === process.argv[1] && process.argv.includes("--write")) await write()
