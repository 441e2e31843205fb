import { buildSchema, Kind, parse, validate } from "graphql"
import { lineAt, readText, treeFiles } from "../lib/files.mjs"

export const name = "examples and names in documents"

/** What its left columns name is of another program. */
const ABOUT_ANOTHER_PROGRAM = "docs/guides/migrating.md"
const CODE = new Set(["sh", "bash", "js", "ts"])

/** The fenced blocks of a page: language, text, and the offset of the text. */
function blocksOf(page) {
  return [...page.matchAll(/^ *(```|~~~)(\w*)[^\n]*\n([^]*?)^ *\1/gm)].map((match) => ({
    language: match[2],
    text: match[3],
    at: match.index + match[0].indexOf("\n") + 1,
  }))
}

/**
 * The GraphQL documents of a page, with their offsets: blocks of that language, and what stands in quotes in a program and
 * begins as a document does. One that the program puts together is none yet.
 */
export function documentsOf(page) {
  return blocksOf(page).flatMap(({ language, text, at }) => {
    if (language === "graphql") return [{ document: text, at }]
    if (!CODE.has(language)) return []
    const quoted = text.matchAll(
      /(\\?['"`])(\s*(?:(?:query|mutation|subscription)\b[^{}'"`]*\{|\{\s*[a-z_])(?:(?!\1)(?:\\.|[^\\]))*)\1/g,
    )
    return (
      [...quoted]
        .map((match) => ({ document: match[2].replaceAll(/\\([$"])/g, "$1"), at: at + match.index }))
        // What begins as an object is one of jq's.
        .filter(({ document }) => !document.includes("${") && !/^\{ \w+: /.test(document))
    )
  })
}

/** What the schema says against the documents of a page. */
export function graphqlProblems(file, page, schema) {
  return documentsOf(page).flatMap(({ document, at }) => {
    const say = (error) => `${file}:${lineAt(page, at) + (error.locations?.[0]?.line ?? 1) - 1}: ${error.message}`
    try {
      // A block may hold several ways of asking, each without a name: they are looked at one by one.
      const { kind, definitions } = parse(document)
      const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      const operations = definitions.filter((one) => one.kind !== Kind.FRAGMENT_DEFINITION)
      return operations.flatMap((one) => validate(schema, { kind, definitions: [one, ...fragments] })).map(say)
    } catch (error) {
      return [say(error)]
    }
  })
}

/** Commands of npm that the manifest has not. */
export function commandProblems(file, page, scripts) {
  return [...page.matchAll(/\bnpm run ([a-z][\w:-]*)/g)]
    .filter((match) => scripts[match[1]] === undefined)
    .map((match) => `${file}:${lineAt(page, match.index)}: there is no "npm run ${match[1]}"`)
}

/** Names in the manner of a variable or a code that `isKnown` does not know. */
export function nameProblems(file, page, isKnown) {
  return [...page.matchAll(/(?<=`)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?=[`=])/g)]
    .filter((match) => !isKnown(match[1]))
    .map((match) => `${file}:${lineAt(page, match.index)}: nothing in the tree knows ${match[1]}`)
}

const NAMES = /\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b/g
/** Of clients, and of the GraphQL library. */
const NOT_OURS = /^(?:ANTHROPIC|CLAUDE|GEMINI|OPENAI)_|^GRAPHQL_VALIDATION_FAILED$/

export function run() {
  const upper = (text) => text.toUpperCase() // GraphQL's codes are those of the code in capitals
  const files = treeFiles()
  const pages = files.filter(
    (file) => /^(?:docs\/|[^/]*$)/.test(file) && file.endsWith(".md") && file !== "CHANGELOG.md",
  )
  const schema = buildSchema(readText("control-plane/schema.graphql"))
  const { scripts } = JSON.parse(readText("package.json"))
  const sources = files.filter((file) =>
    /\.(?:ts|tsx|mjs|graphql|ya?ml|service)$|Dockerfile$|\.env\.example$/.test(file),
  )
  const known = new Set(sources.flatMap((file) => readText(file).match(NAMES) ?? []).map(upper))
  return pages.flatMap((file) => {
    const page = readText(file)
    const isKnown = (one) => known.has(one) || NOT_OURS.test(one) || file === ABOUT_ANOTHER_PROGRAM
    return [
      ...graphqlProblems(file, page, schema),
      ...commandProblems(file, page, scripts),
      ...nameProblems(file, page, isKnown),
    ]
  })
}
