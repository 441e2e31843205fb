/** What of this folder runs elsewhere: for `npm run package` and for the image. */
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./root.mjs"

/** Beside `files`, what npm packs of itself. */
const ALWAYS = ["README.md", "LICENSE"]

const read = (name) => JSON.parse(readFileSync(join(root, name), "utf8"))
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)

/** Copies what the package holds into a folder that is there; what is built must have been. */
export function layPackage(folder) {
  // Neither scripts nor the names of our sources mean anything there.
  const { devDependencies: _, scripts: _scripts, imports: _imports, ...manifest } = read("package.json")
  for (const name of [...manifest.files, ...ALWAYS]) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  write(join(folder, "package.json"), manifest)
}

/** The lockfile without what only development needs. */
export function productionLock(lock) {
  const { devDependencies: _, ...own } = lock.packages[""]
  const packages = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true)
  return { ...lock, packages: { "": own, ...Object.fromEntries(packages) } }
}

/** Beside a laid package: the lockfile that gives it the very versions that were tested, with `npm ci`. */
export function layLock(folder) {
  write(join(folder, "package-lock.json"), productionLock(read("package-lock.json")))
}
