/** What of this folder runs elsewhere: for `npm run package` and for the image. */
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./root.mjs"

/** Beside `files`, what npm packs of itself. */
const ALWAYS = ["README.md", "LICENSE"]
const LOCK = "npm-shrinkwrap.json"

const read = (name) => JSON.parse(readFileSync(join(root, name), "utf8"))
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)

/** The lockfile without what only development needs. */
export function productionLock(lock) {
  const { devDependencies: _, ...own } = lock.packages[""]
  const packages = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true)
  return { ...lock, packages: { "": own, ...Object.fromEntries(packages) } }
}

/**
 * Copies what the package holds into a folder that is there; what is built must have been. The lockfile is in it under the name that
 * npm reads in a package too: whoever installs it gets the very versions that were tested, for every Node that we run on.
 */
export function layPackage(folder) {
  // Neither scripts nor the names of our sources mean anything there.
  const { devDependencies: _, scripts: _scripts, imports: _imports, ...manifest } = read("package.json")
  for (const name of [...manifest.files, ...ALWAYS]) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  write(join(folder, "package.json"), { ...manifest, files: [...manifest.files, LOCK] })
  write(join(folder, LOCK), productionLock(read("package-lock.json")))
}
