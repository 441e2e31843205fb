/** A knob is whatever somebody can set: an input of GraphQL, a variable of the environment, an option of a command. */
import { readFileSync } from "node:fs"

/** The test in which changing a knob changes what comes of it. */
export interface Proof {
  readonly file: string
  /** The title of a test, or of a group of them, as it is written there. */
  readonly test: string
}

/** Knobs of one owner, their names separated by spaces, and their proof: in a table such rows are short. */
export type ProofRow = readonly [owner: string, names: string, file: string, test: string]

export function proofsOf(rows: readonly ProofRow[]): Map<string, Proof> {
  const proofs = new Map<string, Proof>()
  for (const [owner, names, file, test] of rows) {
    for (const name of names.split(" ")) {
      const knob = owner === "" ? name : `${owner}.${name}`
      if (proofs.has(knob)) throw new Error(`${knob} is in the table twice`)
      proofs.set(knob, { file, test })
    }
  }
  return proofs
}

const sources = new Map<string, readonly string[]>()

function linesOf(file: string): readonly string[] {
  const known = sources.get(file)
  if (known !== undefined) return known
  const lines = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8").split("\n")
  sources.set(file, lines)
  return lines
}

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0
const BEGINS = /^\s*(?:test|it|describe)\b/

/** From the line on which a test or a group begins to the one on which it ends; undefined: no test has this title. */
function blockOf(lines: readonly string[], title: string): string | undefined {
  const told = JSON.stringify(title)
  const at = lines.findIndex(
    (line) => line.includes(`(${told}`) || line.includes(`('${title}'`) || line.trim() === `${told},`,
  )
  if (at === -1) return undefined
  let first = at
  while (first >= 0 && !BEGINS.test(lines[first] ?? "")) first -= 1
  const indent = indentOf(lines[first] ?? "")
  let last = at + 1
  while (last < lines.length && !(indentOf(lines[last] ?? "") === indent && /^\s*\}/.test(lines[last] ?? ""))) last += 1
  return lines.slice(first, last + 1).join("\n")
}

/** What stands at the left margin of a file, by name: what tests share. */
function sharedBy(lines: readonly string[]): Map<string, string> {
  const shared = new Map<string, string>()
  let name: string | undefined
  for (const line of lines) {
    const declared = /^(?:export )?(?:const|let|async function|function) \{? ?(\w+)/.exec(line)?.[1]
    if (declared !== undefined) name = declared
    else if (BEGINS.test(line) && indentOf(line) === 0) name = undefined
    if (name !== undefined) shared.set(name, `${shared.get(name) ?? ""}${line}\n`)
  }
  return shared
}

/** Why a proof is none: there is no such test, or neither it nor what it shares with others names the knob. */
export function problemOf({ file, test }: Proof, word: string): string | undefined {
  const lines = linesOf(file)
  const block = blockOf(lines, test)
  if (block === undefined) return `${file} has no test ${JSON.stringify(test)}`
  const shared = sharedBy(lines)
  const read = new Set<string>()
  const texts = [block]
  for (const text of texts) {
    if (new RegExp(`(?<!\\w)${word}(?![\\w-])`).test(text)) return undefined
    for (const [name = ""] of text.matchAll(/\w+/g)) {
      const more = shared.get(name)
      if (more === undefined || read.has(name)) continue
      read.add(name)
      texts.push(more)
    }
  }
  return `${JSON.stringify(test)} in ${file} does not name ${word}`
}
