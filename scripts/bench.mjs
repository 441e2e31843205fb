import "./lib/require-node.mjs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { ensureBuilt } from "./lib/bundles.mjs"
import { ensureGenerated } from "./lib/generated.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { runNode } from "./lib/run-child.mjs"

const usage = `npm run bench [-- OPTIONS]

Measures the gateway against a plain relay of the same bytes, on loopback, in about six minutes. See bench/README.md.

  --quick            fewer rounds of less load, about two minutes
  --seed N           another seed (default 1)
  --cells a,b        only these cells
  --targets a,b      only these targets
  --rounds N         this many rounds for every cell
  --write            keep the figures in bench/results/
  --pool             instead of all that, what choosing an account costs among 10 to 100,000
  --requests         instead of all that, pages of ten million requests, usage and reports, on SQLite and PostgreSQL; an hour or less
  --folder FOLDER    with --requests: keeps the two databases there, and takes those that are there already
  --rows N           with --requests: fills with that many instead
  --fill             with --requests and --folder: only fills them
  --profile FOLDER   leave the targets' CPU profiles there; figures are then too high`

const options = {
  quick: { type: "boolean", default: false },
  seed: { type: "string", default: "1" },
  cells: { type: "string" },
  targets: { type: "string" },
  rounds: { type: "string" },
  write: { type: "boolean", default: false },
  profile: { type: "string" },
  pool: { type: "boolean", default: false },
  requests: { type: "boolean", default: false },
  folder: { type: "string" },
  rows: { type: "string" },
  fill: { type: "boolean", default: false },
  "data-plane": { type: "string" },
  help: { type: "boolean", default: false },
}

function parse() {
  try {
    return parseArgs({ options, strict: true }).values
  } catch (error) {
    throw new PlainError(`${error.message}\n\n${usage}`)
  }
}

function wholeNumber(name, text) {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new PlainError(`--${name} wants a number of at least 1, not "${text}".`)
  return value
}

/** The bench's own processes are small: bundling them each time is quicker than asking whether they changed. */
async function bundle(outdir) {
  const { build } = await import("esbuild")
  await build({
    absWorkingDir: root,
    entryPoints: ["main", "upstream", "relay", "probe", "pool-main", "requests-main"].map(
      (name) => `./bench/src/${name}.ts`,
    ),
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "error",
  })
}

await runScript(async () => {
  const given = parse()
  if (given.help) return console.log(usage)
  const seed = wholeNumber("seed", given.seed)
  if (given.fill && given.folder === undefined) throw new PlainError("--fill wants a --folder to leave them in.")
  const rounds = given.rounds === undefined ? undefined : wholeNumber("rounds", given.rounds)
  await ensureInstalled()
  const scripts = join(root, ".cache/bench")
  await bundle(scripts)
  if (given["data-plane"] === undefined && !given.pool && !given.requests) await ensureBuilt(["data-plane"])
  if (given.requests) await ensureGenerated("database")
  const invocation = {
    scripts,
    dataPlane: resolve(given["data-plane"] ?? join(root, "dist/data-plane.js")),
    results: join(root, "bench/results"),
    seed,
    rounds,
    isQuick: given.quick,
    isWritten: given.write,
    cells: given.cells?.split(","),
    targets: given.targets?.split(","),
    migrations: join(root, "prisma/migrations"),
    folder: given.folder === undefined ? undefined : resolve(given.folder),
    rows: given.rows === undefined ? undefined : wholeNumber("rows", given.rows),
    isFillOnly: given.fill,
    profiles: given.profile === undefined ? undefined : resolve(given.profile),
  }
  const { code } = await runNode(
    [
      "--enable-source-maps",
      join(scripts, `${given.requests ? "requests-main" : given.pool ? "pool-main" : "main"}.js`),
      JSON.stringify(invocation),
    ],
    {
      check: false,
    },
  )
  return code ?? 1
})
