/**
 * Reads the `.graphql` files under `web/src` and the printed schema, and writes, under `generated/web/`:
 * `graphql.ts` (the types of every operation and its document) and `documents.json` (`{ sha256 hex: document }`, the
 * only documents a cookie session may run in production). The Vite build copies the map to `dist/web/documents.json`.
 * A document that the schema refuses ends the run with the schema's own words.
 */
import { createHash } from "node:crypto"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { codegen } from "@graphql-codegen/core"
import * as typescriptOperations from "@graphql-codegen/typescript-operations"
import { buildSchema, Kind, parse, print, validate, visit } from "graphql"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")

const operationsConfig = {
  enumsAsTypes: true,
  skipTypename: true,
  immutableTypes: true,
  defaultScalarType: "unknown",
  scalars: { ID: "string", DateTime: "string", BigInt: "string" },
}

/** The parsed documents of the panel, in the order of their paths. */
async function readDocuments() {
  const folder = join(root, "web/src")
  const entries = await readdir(folder, { recursive: true })
  const files = entries.filter((entry) => entry.endsWith(".graphql")).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const location = join(folder, file)
      const document = parse(await readFile(location, "utf8"), { noLocation: true })
      return { location: relative(root, location), document }
    }),
  )
}

/** The fragments that a definition spreads, and those that they spread. */
function fragmentsOf(definition, fragments, found = new Map()) {
  visit(definition, {
    FragmentSpread(spread) {
      const name = spread.name.value
      const fragment = fragments.get(name)
      if (fragment === undefined || found.has(name)) return
      found.set(name, fragment)
      fragmentsOf(fragment, fragments, found)
    },
  })
  return [...found.values()]
}

/** Each operation as the text that is sent and hashed: the operation and the fragments it needs, printed by graphql. */
function printOperations(documents) {
  const definitions = documents.flatMap(({ document }) => document.definitions)
  const fragments = new Map()
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one)
  return definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const text = print({ kind: Kind.DOCUMENT, definitions: [operation, ...fragmentsOf(operation, fragments)] })
      const hash = createHash("sha256").update(text).digest("hex")
      return { name: operation.name.value, operation: operation.operation, text, hash }
    })
}

const capitalised = (text) => text[0].toUpperCase() + text.slice(1)

/** The typed documents: in production only the id of a document reaches the bundle. */
function typedDocuments(operations) {
  const head = `
import type { TypedDocumentNode } from "@urql/core"

function persisted<Result, Variables>(documentId: string, source: string): TypedDocumentNode<Result, Variables> {
  // A document without definitions and with an id is urql's form of a persisted document.
  const document = source === "" ? { kind: "Document", definitions: [], documentId } : source
  return document as TypedDocumentNode<Result, Variables> // urql parses a string itself
}
`
  const body = operations.map(({ name, operation, text, hash }) => {
    const type = capitalised(name) + capitalised(operation)
    return `export const ${name}Document = /*#__PURE__*/ persisted<${type}, ${type}Variables>(
  "sha256:${hash}",
  import.meta.env.DEV ? ${JSON.stringify(text)} : "",
)`
  })
  return `${head}\n${body.join("\n\n")}\n`
}

/** Writes only what changed, so that a watching dev server is not woken for nothing. */
async function writeIfChanged(path, text) {
  const before = await readFile(path, "utf8").catch(() => undefined)
  if (before !== text) await writeFile(path, text)
}

/** Writes `generated/web/graphql.ts` and `generated/web/documents.json`; returns the number of operations. */
export async function generateWebTypes() {
  const sdl = await readFile(join(root, "control-plane/schema.graphql"), "utf8")
  const schema = buildSchema(sdl)
  const documents = await readDocuments()
  const whole = { kind: Kind.DOCUMENT, definitions: documents.flatMap(({ document }) => document.definitions) }
  const errors = validate(schema, whole)
  if (errors.length > 0) throw new Error(`web documents: ${errors.map((error) => error.message).join("; ")}`)
  const types = await codegen({
    filename: "graphql.ts",
    schema: parse(sdl),
    schemaAst: schema,
    documents,
    config: {},
    plugins: [{ typescriptOperations: operationsConfig }],
    pluginMap: { typescriptOperations },
  })
  const operations = printOperations(documents)
  const folder = join(root, "generated/web")
  await mkdir(folder, { recursive: true })
  const map = Object.fromEntries(operations.map(({ hash, text }) => [hash, text]))
  await writeIfChanged(join(folder, "graphql.ts"), `${types}\n${typedDocuments(operations)}`)
  await writeIfChanged(join(folder, "documents.json"), `${JSON.stringify(map, null, 2)}\n`)
  return operations.length
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const count = await generateWebTypes()
  console.log(`web documents: ${count} operations typed`)
}
