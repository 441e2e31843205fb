import { existsSync } from "node:fs"
import { join } from "node:path"
import { lineAt, readText, treeFiles } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"

export const name = "conformance cases"

const PAGE = "docs/reference/conformance.md"
/** `G65`, and a range as `G28–G31` or `G28-31`. `R1` to `R12` are the rules. */
const NUMBER = /\b([GR])(\d{1,3})\b(?:\s?[–-]\s?\1?(\d{1,3})\b)?/g

/** The numbers a text carries, ranges spelled out. */
export function numbersIn(text) {
  return [...text.matchAll(NUMBER)].flatMap(([, letter, first, last = first]) =>
    Array.from({ length: Math.max(0, Number(last) - Number(first)) + 1 }, (_, at) => `${letter}${Number(first) + at}`),
  )
}

/** The cases the page lists: each row whose first cell is one number. Those whose last cell begins with "not yet:" wait for a feature. */
export function casesIn(page) {
  return [...page.matchAll(/^\| *([GR]\d+) *\|(.*)\| *$/gm)].map(([, number, cells]) => ({
    number,
    isWaiting: /(?:^|\|) *not yet: [^|]+$/.test(cells),
  }))
}

const isNode = (value) => value !== null && typeof value === "object"

function walk(node, visit) {
  if (Array.isArray(node)) for (const one of node) walk(one, visit)
  else if (isNode(node)) {
    visit(node)
    for (const value of Object.values(node)) walk(value, visit)
  }
}

function stringsOf(node) {
  const found = []
  walk(node, (one) => {
    if (one.type === "Literal" && typeof one.value === "string") found.push(one.value)
    if (one.type === "TemplateElement") found.push(one.value.cooked ?? "")
  })
  return found
}

/** `it.each(…)` → `{ name: "it", modifiers: ["each"], table }`; undefined for what is no test. */
function testCall(callee) {
  const modifiers = []
  const tables = []
  let at = callee
  for (;;) {
    if (at.type === "MemberExpression") {
      modifiers.push(at.property.name)
      at = at.object
    } else if (at.type === "CallExpression") {
      tables.push(...at.arguments)
      at = at.callee
    } else break
  }
  if (at.type !== "Identifier" || !["it", "test", "describe"].includes(at.name)) return undefined
  return { modifiers, tables }
}

/**
 * The titles of one test file with their lines. The rows of `each` count with the title they fill, also where they stand in a
 * constant of the file. A test that never runs (`skip`, `todo`) has no title.
 */
export function titlesOf(file, text, parse) {
  const { program } = parse(file, text)
  const constants = new Map()
  walk(program, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") constants.set(node.id.name, node.init)
  })
  const titles = []
  walk(program, (node) => {
    if (node.type !== "CallExpression" || node.arguments.length < 2) return
    const call = testCall(node.callee)
    if (call === undefined || call.modifiers.some((modifier) => modifier === "skip" || modifier === "todo")) return
    const title = stringsOf(node.arguments[0]).join(" ")
    const isFilled = /[%$]/.test(title)
    const rows = call.tables.map((table) => (table.type === "Identifier" ? constants.get(table.name) : table))
    titles.push({ line: lineAt(text, node.start), text: title })
    for (const row of isFilled ? stringsOf(rows) : []) titles.push({ line: lineAt(text, node.start), text: row })
  })
  return titles
}

/** A case twice in the page, a hole in the numbering, a case without a test or with one and still waiting, a test of an unknown case. */
export function problems(listed, titles) {
  if (listed.length === 0) return [`${PAGE}: found no cases`]
  const cases = listed.map(({ number }) => number)
  const tested = new Set(titles.flatMap(({ text }) => numbersIn(text)))
  const missing = listed.filter((one) => !one.isWaiting && !tested.has(one.number)).map(({ number }) => number)
  const arrived = listed.filter((one) => one.isWaiting && tested.has(one.number)).map(({ number }) => number)
  const holes = ["G", "R"].flatMap((letter) => {
    const numbers = cases.filter((one) => one.startsWith(letter)).map((one) => Number(one.slice(1)))
    const all = Array.from({ length: Math.max(0, ...numbers) }, (_, at) => at + 1)
    return all.filter((number) => !numbers.includes(number)).map((number) => `${letter}${number}`)
  })
  return [
    ...cases.filter((one, index) => cases.indexOf(one) !== index).map((one) => `${PAGE}: ${one} stands twice`),
    ...holes.map((one) => `${PAGE}: ${one} is missing`),
    ...titles.flatMap(({ file, line, text }) =>
      numbersIn(text)
        .filter((one) => !cases.includes(one))
        .map((one) => `${file}:${line}: ${one} is no case of ${PAGE}`),
    ),
    ...arrived.map((one) => `${PAGE}: ${one} has a test and is still told to be not yet`),
    ...(missing.length > 0 ? [`no test's title carries ${missing.join(" ")}`] : []),
  ]
}

export async function run() {
  const { parseSync } = await import("vite")
  // The scripts' own tests speak of numbers, but prove no case.
  const files = treeFiles().filter((file) => /\.(test|suite)\.tsx?$/.test(file))
  const titles = files.flatMap((file) => titlesOf(file, readText(file), parseSync).map((title) => ({ file, ...title })))
  return problems(casesIn(existsSync(join(root, PAGE)) ? readText(PAGE) : ""), titles)
}
