import { existsSync } from "node:fs"
import { join } from "node:path"
import { readText } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"

export const name = "error codes"

const PAGE = "docs/reference/errors.md"

/** The codes of `ERROR_CODES` in its source text: the keys of that one object. */
export function codesInSource(source) {
  const body = /export const ERROR_CODES = \{(.*?)\n\} as const/s.exec(source)?.[1] ?? ""
  return [...body.matchAll(/^ {2}([a-z_]+): \{/gm)].map((match) => match[1])
}

/** The codes that have a row in the page: the first cell of each table row that is a code in backticks. */
export function codesInPage(page) {
  return [...page.matchAll(/^\| *`([a-z_]+)` *\|/gm)].map((match) => match[1])
}

/** Codes without a row, rows without a code, rows that stand twice. */
export function problems(source, page) {
  const codes = codesInSource(source)
  if (codes.length === 0) return ["shared/src/error-code.ts: found no codes in ERROR_CODES"]
  const rows = codesInPage(page)
  return [
    ...codes.filter((code) => !rows.includes(code)).map((code) => `${PAGE}: no row for \`${code}\``),
    ...rows.filter((code) => !codes.includes(code)).map((code) => `${PAGE}: \`${code}\` is no error code`),
    ...rows.filter((code, index) => rows.indexOf(code) !== index).map((code) => `${PAGE}: \`${code}\` stands twice`),
  ]
}

export function run() {
  const page = existsSync(join(root, PAGE)) ? readText(PAGE) : ""
  return problems(readText("shared/src/error-code.ts"), page)
}
