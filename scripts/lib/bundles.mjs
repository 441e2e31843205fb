/**
 * What is built into dist/: one bundle per process with esbuild (our own modules inside, packages outside), and the panel with
 * Vite. Each is judged stale by the content of its inputs and swapped in whole, so that a reader never meets half of it.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { ensureGenerated } from "./generated.mjs"
import { step } from "./progress.mjs"
import { root } from "./root.mjs"
import { runNode } from "./run-child.mjs"
import { hashInputs, readStamp, writeStamp } from "./stamp.mjs"

const RECIPE = ["scripts/lib/bundles.mjs", "package.json", "tsconfig.json"]

/** Every target: what it is made from, and what it is. A bundle's entry is its process's main file. */
export const TARGETS = {
  "control-plane": bundle(
    "control-plane/src/main.ts",
    ["control-plane/src", "shared/src", "generated/sqlite", "generated/postgresql", "generated/pothos-types.ts"],
    ["database"],
  ),
  admin: bundle(
    "control-plane/src/admin.ts",
    ["control-plane/src", "shared/src", "generated/sqlite", "generated/postgresql", "generated/pothos-types.ts"],
    ["database"],
  ),
  "data-plane": bundle("data-plane/src/main.ts", ["data-plane/src", "shared/src"]),
  simulator: bundle("simulator/src/main.ts", ["simulator/src", "shared/src"]),
  supervisor: bundle("supervisor/src/main.ts", ["supervisor/src", "shared/src"]),
  "demo-traffic": bundle("demo/src/demo-traffic.ts", ["demo/src", "shared/src"]),
  "demo-story": bundle("demo/src/demo-story.ts", ["demo/src", "shared/src"]),
  web: {
    output: "web",
    inputs: ["web", "generated/web", "package-lock.json"],
    needs: ["web-types"],
    build: buildWeb,
  },
}

/** The processes of a gateway. */
export const SERVERS = ["supervisor", "control-plane", "data-plane"]
/** What a running gateway needs. */
export const GATEWAY_TARGETS = [...SERVERS, "web"]
/** What the package has: `files` in package.json names the same. */
export const PACKAGED_TARGETS = [...GATEWAY_TARGETS, "admin"]

function bundle(entry, inputs, needs = []) {
  const output = `${entry.split("/").pop().replace(/\.ts$/, "").replace("main", entry.split("/")[0])}.js`
  return { output, inputs, needs, build: (temporary) => buildBundle(entry, output, temporary) }
}

async function buildBundle(entry, output, temporary) {
  const { build } = await import("esbuild")
  await build({
    absWorkingDir: root,
    entryPoints: [`./${entry}`],
    outfile: join(temporary, output),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Packages stay outside; names beginning with "#" are our own subpath imports and go in.
    packages: "external",
    sourcemap: true,
    logLevel: "error",
  })
  for (const name of [output, `${output}.map`]) renameSync(join(temporary, name), join(root, "dist", name))
}

async function buildWeb(temporary) {
  const outDir = join(temporary, "web")
  const vite = join(root, "node_modules/vite/bin/vite.js")
  const viteArguments = [
    "build",
    "--config",
    "web/vite.config.ts",
    "--outDir",
    outDir,
    "--emptyOutDir",
    "--logLevel",
    "warn",
  ]
  await runNode([vite, ...viteArguments], { output: "on-failure", env: { NODE_ENV: "production" } })
  rmSync(join(root, "dist/web"), { recursive: true, force: true })
  renameSync(outDir, join(root, "dist/web"))
}

function stampOf(name) {
  return join(root, "dist/.stamps", `${name}.json`)
}

function isFresh(name, hash) {
  return readStamp(stampOf(name)).inputs === hash && existsSync(join(root, "dist", TARGETS[name].output))
}

/** Builds those of the named targets that are missing or stale (all of them with `force`). Returns the names built. */
export async function ensureBuilt(names, { force = false } = {}) {
  const built = []
  for (const name of names) {
    const target = TARGETS[name]
    for (const generator of target.needs) await ensureGenerated(generator)
    const hash = hashInputs([...target.inputs, ...RECIPE])
    if (!force && isFresh(name, hash)) continue
    const done = step(`building ${name}`)
    const temporary = join(root, "dist", `.building-${name}-${process.pid}`)
    mkdirSync(temporary, { recursive: true })
    try {
      await target.build(temporary)
      writeStamp(stampOf(name), { inputs: hash })
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
    built.push(name)
    done()
  }
  return built
}
