/**
 * `npm run image -- FOLDER`: everything that the image of Lagrange holds, as a root file system: the package with its dependencies as
 * locked, this Node, and the few libraries that both load. No shell and no package manager is in it. The Dockerfile runs this very
 * script, so that what it makes can be tried without an engine for containers.
 */
import "./lib/require-node.mjs"
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { ensureBuilt, PACKAGED_TARGETS } from "./lib/bundles.mjs"
import { ensureInstalled, runNpm } from "./lib/install.mjs"
import { layPackage } from "./lib/package-folder.mjs"
import { PlainError, runScript, step } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"
import { showUsage } from "./lib/usage.mjs"

const usage = `npm run image -- FOLDER

Builds what is stale and lays the root file system of the image in FOLDER, which must be empty or not there. Linux with glibc.`

/** Who the processes are in there; nobody else exists. */
const USER = "lagrange:x:65532:65532::/data:/nonexistent\n"

/** The libraries that a program or an addon loads, by what the loader itself says. */
function librariesOf(file) {
  const { status, stdout, stderr } = spawnSync("ldd", [file], { encoding: "utf8" })
  if (status !== 0) throw new PlainError(`ldd ${file} failed: ${stderr || stdout}`)
  if (stdout.includes("not found")) throw new PlainError(`${file} lacks a library:\n${stdout}`)
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path)
}

function addonsIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".node"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.includes("-musl/"))
}

async function layApplication(folder) {
  const done = step("installing what the image needs (npm ci)")
  mkdirSync(folder, { recursive: true })
  layPackage(folder)
  copyFileSync(join(root, ".npmrc"), join(folder, ".npmrc"))
  await runNpm(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder })
  done()
}

/** Node and the libraries, each where the loader looks for it. */
function layRuntime(folder, application) {
  const node = join(folder, "usr/local/bin/node")
  mkdirSync(dirname(node), { recursive: true })
  copyFileSync(realpathSync(process.execPath), node)
  chmodSync(node, 0o755)
  const files = [process.execPath, ...addonsIn(application)]
  for (const path of new Set(files.flatMap(librariesOf))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    // What a link leads to, under the name that is asked for.
    cpSync(realpathSync(path), join(folder, path))
    chmodSync(join(folder, path), 0o755)
  }
}

function laySystem(folder) {
  for (const name of ["etc", "tmp", "data", "proc", "dev"]) mkdirSync(join(folder, name), { recursive: true })
  chmodSync(join(folder, "tmp"), 0o1777)
  writeFileSync(join(folder, "etc/passwd"), USER)
  writeFileSync(join(folder, "etc/group"), "lagrange:x:65532:\n")
}

await runScript(async () => {
  const [given, ...more] = process.argv.slice(2)
  if (given === "--help") return showUsage(usage)
  if (given === undefined || more.length > 0) throw new PlainError(`One folder is needed.\n\n${usage}`, 2)
  if (process.platform !== "linux") throw new PlainError("The image is made on Linux.")
  const folder = resolve(given)
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new PlainError(`${folder} is not empty.`)
  await ensureInstalled()
  await ensureBuilt(PACKAGED_TARGETS)
  const application = join(folder, "app")
  await layApplication(application)
  layRuntime(folder, application)
  laySystem(folder)
  return 0
})
