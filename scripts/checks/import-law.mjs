/**
 * Who may import whom, and who may touch the world: the tables below are the law, `breaks` applies them to one file. The
 * files are parsed, not searched, so that a comment or a string never counts.
 */
import { posix } from "node:path"
import { lineAt, readText, treeFiles } from "../lib/files.mjs"

export const name = "import law"

/** By folder: whose modules it may import, which packages, and where in it the network modules of Node may stand. */
const LAW = {
  // Of addresses it knows how they are written, and opens none but the one where both planes tell their numbers.
  shared: {
    imports: [],
    packages: [],
    network: ["outbound/", "address-range.ts", "client-address.ts", "public-address.ts", "metrics/listener.ts"],
  },
  "data-plane": {
    imports: ["shared"],
    packages: [],
    network: [
      "server/",
      "transport/",
      "remote-media/",
      "snapshot/link-client.ts",
      "report/link-post.ts",
      "replay/replays.ts",
      "playground/pipes.ts",
      "sharing/connection.ts",
      "report/trace-exporter.ts",
    ],
  },
  "control-plane": {
    imports: ["shared", "generated/sqlite", "generated/postgresql", "generated/pothos-types.ts"],
    packages: "dependencies",
    network: [
      "http/",
      "auth/",
      "link/",
      "playground/",
      "graphql/route.ts",
      "graphql/event-stream.ts",
      "alerts/send.ts",
      "admin/doctor-network.ts",
    ],
  },
  simulator: { imports: ["shared"], packages: [], network: [""] },
  supervisor: { imports: ["shared"], packages: [], network: [] },
  demo: { imports: ["shared"], packages: [], network: [""] },
  web: { imports: ["generated/web"], packages: "all", network: [] },
}

/** Translators: the same answer for the same input, always. No clock, no chance, no environment, no input and output. */
const PURE = /^data-plane\/src\/(?:canonical|dialects|schema|thinking)\//
const IMPURE_GLOBALS = [
  "process",
  "console",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
]
/** What the tests of an area hold it against: facts that both sides must know alike, and that stand in no schema. */
const COMPARED = { web: ["control-plane/src/alerts/kinds.ts"] }

const IMPURE_MEMBERS = ["Date.now", "Math.random"]

const NETWORK = /^node:(?:http|https|http2|net|tls|dgram|dns)(?:\/|$)/
/** Tests, and under `testing/` what several of them use. */
const isTest = (file) => /\.test\.tsx?$|\/(?:testing|test)\//.test(file)

/** Scripts that must run before anything is installed: what they import at the top comes with Node or stands beside them. */
const needsInstall = (file) =>
  /^scripts\/(?:checks\/|generate\.mjs|migration\.mjs|schema\.mjs|web-types\.mjs)|\.test\.mjs$/.test(file)

/** What a specifier in a file stands for: an area of ours with its path, a package, or a module of Node. */
function resolve(file, specifier) {
  if (specifier.startsWith("node:")) return { kind: "node", name: specifier }
  if (!/^[.#]/.test(specifier)) {
    const parts = specifier.split("/")
    return { kind: "package", name: specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0] }
  }
  if (specifier.startsWith("#generated/")) return { kind: "ours", path: specifier.slice(1) }
  if (specifier.startsWith("#")) {
    const [area, ...rest] = specifier.slice(1).split("/")
    return { kind: "ours", path: [area, "src", ...rest].join("/"), isAlias: true }
  }
  return { kind: "ours", path: posix.join(posix.dirname(file), specifier) }
}

const SKIPPED_KEYS = new Set(["type", "start", "end", "loc", "range"])

function walk(node, visit, parent) {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, visit, parent)
    return
  }
  if (node === null || typeof node !== "object" || typeof node.type !== "string") return
  visit(node, parent)
  for (const key of Object.keys(node)) if (!SKIPPED_KEYS.has(key)) walk(node[key], visit, node)
}

/** Every module name in a parsed file, with its offset; `isLazy` marks `import()`. */
function importsOf(program) {
  const found = []
  walk(program, (node) => {
    const source = node.source ?? (node.type === "TSExternalModuleReference" ? node.expression : undefined)
    if (source?.type !== "Literal" || typeof source.value !== "string") return
    found.push({ specifier: source.value, at: source.start, isLazy: node.type === "ImportExpression" })
  })
  return found
}

function breaksOfImport(file, { specifier, isLazy }, manifest) {
  const target = resolve(file, specifier)
  if (file.startsWith("scripts/")) {
    const isEarly = target.kind === "package" && !isLazy && !needsInstall(file)
    return isEarly ? `imports "${specifier}" at the top, but must run before anything is installed` : undefined
  }
  const area = file.split("/")[0]
  const law = LAW[area]
  const inside = `${area}/src/`
  if (law === undefined || !(file.startsWith(inside) || area === "web")) return undefined
  if (target.kind === "node") {
    const isBroken =
      (PURE.test(file) && !isTest(file)) ||
      (NETWORK.test(target.name) && !isTest(file) && !law.network.some((place) => file.startsWith(inside + place)))
    return isBroken ? `imports "${specifier}"` : undefined
  }
  if (target.kind === "package") {
    if (isTest(file)) return undefined
    const allowed =
      law.packages === "all"
        ? [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]
        : law.packages === "dependencies"
          ? Object.keys(manifest.dependencies)
          : law.packages
    return allowed.includes(target.name) ? undefined : `imports the package "${specifier}"`
  }
  if (!isTest(file) && /\.test\.tsx?$|\/testing\//.test(target.path))
    return `imports "${specifier}", which is for tests`
  if (target.path.startsWith(`${area}/`)) {
    return target.isAlias === true ? `imports "${specifier}" from inside: use a relative path` : undefined
  }
  if (isTest(file) && (target.path.startsWith("test/support/") || COMPARED[area]?.includes(target.path)))
    return undefined
  const isAllowed = law.imports.some((one) => target.path === one || target.path.startsWith(`${one}/`))
  return isAllowed ? undefined : `imports "${specifier}"`
}

/** Uses of the environment, and in translators of anything that is not their input. */
function breaksOfGlobals(file, program) {
  if (isTest(file) || !Object.keys(LAW).some((area) => area !== "web" && file.startsWith(`${area}/src/`))) return []
  const found = []
  const isPure = PURE.test(file)
  const mayReadEnvironment = /^[a-z-]+\/src\/config\.ts$/.test(file)
  walk(program, (node, parent) => {
    if (node.type === "MemberExpression" && node.object.type === "Identifier" && node.property.type === "Identifier") {
      const text = `${node.object.name}.${node.property.name}`
      if (text === "process.env" && !mayReadEnvironment) found.push({ at: node.start, message: "reads process.env" })
      else if (isPure && IMPURE_MEMBERS.includes(text)) found.push({ at: node.start, message: `uses ${text}` })
    }
    if (isPure && node.type === "Identifier" && IMPURE_GLOBALS.includes(node.name) && isFree(node, parent)) {
      found.push({ at: node.start, message: `uses ${node.name}` })
    }
    if (isPure && node.type === "NewExpression" && node.callee.name === "Date" && node.arguments.length === 0) {
      found.push({ at: node.start, message: "uses new Date()" })
    }
  })
  return found
}

/** False where an identifier is only the name of a property. */
function isFree(node, parent) {
  if (parent?.type === "MemberExpression" || parent?.type === "PropertyDefinition") return parent.property !== node
  return !(parent?.key === node && parent.shorthand !== true)
}

/** The breaks of the law in one file, as `file:line: what`. `parse` is vite's `parseSync`, `manifest` is package.json. */
export function breaks(file, text, { parse, manifest }) {
  const { program, errors } = parse(file, text)
  if (errors.length > 0) return [`${file}:1: cannot be parsed: ${errors[0].message}`]
  const say = (at, message) => `${file}:${lineAt(text, at)}: ${message}`
  return [
    ...importsOf(program).flatMap((one) => {
      const message = breaksOfImport(file, one, manifest)
      return message === undefined ? [] : [say(one.at, message)]
    }),
    ...breaksOfGlobals(file, program).map((one) => say(one.at, one.message)),
  ]
}

export async function run() {
  const { parseSync } = await import("vite")
  const manifest = JSON.parse(readText("package.json"))
  const files = treeFiles().filter((file) => /\.(?:tsx?|mjs)$/.test(file))
  return files.flatMap((file) => breaks(file, readText(file), { parse: parseSync, manifest }))
}
