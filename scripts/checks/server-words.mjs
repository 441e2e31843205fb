import { readdirSync } from "node:fs"
import { join } from "node:path"
import { lineAt, readText, treeFiles } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"
import {
  HIDDEN_CALLS,
  HIDDEN_ERRORS,
  HIDDEN_FILES,
  HIDDEN_NAMES,
  HIDDEN_PROPERTIES,
  HIDDEN_TEXTS,
  ONLY_FAILURES,
} from "./server-words-hidden.mjs"

export const name = "the servers' sentences in Chinese"

/** One table a part of the servers: English as the key, with `{}` for what is filled in, Chinese as the value, with `{1}`, `{2}` … */
const FOLDER = "web/src/i18n/sentences"

const SOURCES = /^(?:control-plane|data-plane|shared)\/src\/(?!(?:.*\/)?testing\/).*(?<!\.test)\.ts$/

/** Two words in a row, the second in small letters: what has them is for people. */
const PROSE = /[A-Za-z]{2,}[,:;.`'’")]*\s[`'(“"]*[a-z]{2,}/

/** What a row of a dialect's table says is told with a change of a request, however short it is. */
const isRow = (file, node) => file.endsWith("/wire.ts") && ROWS.has(nameOf(node.callee))
const ROWS = new Set(["carried", "ignored", "dropped"])
const hasWords = (key) => /[A-Za-z]{2,}/.test(key.replaceAll(/`[^`]*`/g, ""))

const isHole = (part) => part === undefined

/** A text as parts, undefined where something is filled in; undefined where the node is no text. */
function partsOf(node) {
  if (node.type === "Literal") return typeof node.value === "string" ? [node.value] : undefined
  if (node.type === "TemplateLiteral") {
    return node.quasis.flatMap(({ value }, index) => (index === 0 ? [value.cooked] : [undefined, value.cooked]))
  }
  if (node.type !== "BinaryExpression" || node.operator !== "+") return undefined
  const [left, right] = [partsOf(node.left), partsOf(node.right)]
  if (left === undefined && right === undefined) return undefined
  return [...(left ?? [undefined]), ...(right ?? [undefined])]
}

/** The key of a text in a table. What a table of reasons names in braces is filled in as well. */
export const keyOf = (parts) =>
  parts
    .map((part) => (isHole(part) ? "{}" : part.replaceAll(/\{\w+\}/g, "{}")))
    .join("")
    .trim()

const nameOf = (node) => node?.name ?? node?.value ?? node?.property?.name

/** Failures that a caller expects: GraphQL shows them. */
const FAILURES = new Set(["InvalidInputError", "RefusedError", "GraphQLError"])

/** What is said here is for programs, logs or those who read the API, not for who looks at the panel. */
function isHidden(node, names) {
  switch (node.type) {
    case "ImportDeclaration":
    case "TaggedTemplateExpression":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAnnotation":
    case "TSTypeParameterInstantiation":
      return true
    case "Property":
      return HIDDEN_PROPERTIES.has(node.key.name)
    case "NewExpression":
      return HIDDEN_ERRORS.has(nameOf(node.callee))
    case "CallExpression": {
      const { callee } = node
      const owner = callee.type === "MemberExpression" ? nameOf(callee.object) : undefined
      return owner === "log" || owner === "logger" || HIDDEN_CALLS.has(nameOf(callee))
    }
    case "VariableDeclarator":
    case "FunctionDeclaration":
      return names.includes(nameOf(node.id))
    default:
      return false
  }
}

/** The texts of one file that the panel may show, each with its line; those that are sentences need their Chinese. */
export function sentencesOf(file, text, parse, names = []) {
  const found = []
  let isFailure = !ONLY_FAILURES.test(file)
  const visit = (node, isTold = false) => {
    if (Array.isArray(node)) return node.forEach((one) => visit(one))
    if (node === null || typeof node !== "object" || isHidden(node, names)) return undefined
    const before = isFailure
    isFailure ||= node.type === "NewExpression" && FAILURES.has(nameOf(node.callee))
    visitOne(node, isTold)
    isFailure = before
    return undefined
  }
  const visitOne = (node, isTold) => {
    const parts = isFailure ? partsOf(node) : undefined
    const key = parts && keyOf(parts)
    if (key !== undefined && !HIDDEN_TEXTS.has(key)) {
      const isSentence = isTold ? hasWords(key) : PROSE.test(key.replaceAll("{}", "0"))
      found.push({ key, isSentence, place: isSentence ? `${file}:${lineAt(text, node.start)}` : file })
    }
    // A joined text is one; only what it fills in is looked at again.
    visitInside(node, parts)
  }
  const visitInside = (node, parts) => {
    if (parts !== undefined && node.type === "BinaryExpression") {
      for (const side of [node.left, node.right]) {
        if (partsOf(side) === undefined) visit(side)
        else visitInside(side, partsOf(side))
      }
      return
    }
    if (node.type === "CallExpression" && isRow(file, node)) node.arguments.forEach((one) => visit(one, true))
    else for (const [key, value] of Object.entries(node)) if (key !== "quasis") visit(value)
  }
  visit(parse(file, text).program)
  return found
}

const holesOf = (key) => key.split("{}").length - 1

/** Sentences without Chinese, Chinese without a sentence, and Chinese that fills in what is not there. */
export function problems(sentences, table, where = FOLDER) {
  const said = new Set(sentences.map(({ key }) => key))
  const missing = sentences
    .filter(({ key, isSentence }) => isSentence && !Object.hasOwn(table, key))
    .map(({ key, place }) => `${place}: ${where} has no Chinese for ${JSON.stringify(key)}`)
  const left = Object.keys(table)
    .filter((key) => !said.has(key))
    .map((key) => `${where}: no server says ${JSON.stringify(key)}`)
  const wrong = Object.entries(table).flatMap(([key, chinese]) => {
    if (hasWords(key) && !/\p{Script=Han}/u.test(chinese))
      return [`${where}: ${JSON.stringify(chinese)} is not Chinese`]
    const holes = [...chinese.matchAll(/\{(\d*)\}/g)].map(([, number]) => Number(number))
    const bad = holes.find((number) => number < 1 || number > holesOf(key))
    return bad === undefined ? [] : [`${where}: ${JSON.stringify(chinese)} fills in {${bad}}, which is not there`]
  })
  return [...new Set([...missing, ...left, ...wrong])]
}

/** The tables as the panel has them: each file exports one object of texts. */
function readTables(parse) {
  const entries = readdirSync(join(root, FOLDER))
    .filter((file) => /^zh-.*\.ts$/.test(file))
    .flatMap((file) => {
      const { program } = parse(file, readText(`${FOLDER}/${file}`))
      const [{ declaration }] = program.body.filter(({ type }) => type === "ExportNamedDeclaration")
      const { properties } = declaration.declarations[0].init
      return properties.map(({ key, value }) => [nameOf(key), partsOf(value)?.join("") ?? ""])
    })
  return Object.fromEntries(entries)
}

export async function run() {
  const { parseSync } = await import("vite")
  const files = treeFiles().filter((file) => SOURCES.test(file) && !HIDDEN_FILES.some(([hidden]) => hidden.test(file)))
  const sentences = files.flatMap((file) => sentencesOf(file, readText(file), parseSync, HIDDEN_NAMES[file]))
  return sentences.length === 0 ? ["no sentence found in the sources"] : problems(sentences, readTables(parseSync))
}
