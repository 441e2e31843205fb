import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { readText, treeFiles } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"

export const name = "lockfiles"

/** Where npm looks for a dependency of the package at `path`: beside it, then in each folder above. */
function isLocked(packages, path, dependency) {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    const prefix = base === "" ? "" : `${base}/`
    if (packages[`${prefix}node_modules/${dependency}`] !== undefined) return true
    if (base === "") return false
  }
}

/** Packages of other platforms that a locked package names and the lockfile leaves out, with the package that names each. */
export function missingOptional(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([dependency]) => !isLocked(lock.packages, path, dependency))
      .map(([dependency, version]) => ({ path, dependency, version })),
  )
}

/**
 * A lockfile names versions and hashes, never where they were downloaded from. Every package has a hash, but for those of other
 * platforms, which the machine that wrote the file may have had no way to see; and none of those is left out: `npm ci` refuses
 * a lockfile without them.
 */
export function problems(file, lock) {
  const found = Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (path === "") return []
    const ofOtherPlatform = entry.optional === true && (entry.os !== undefined || entry.cpu !== undefined)
    return [
      ...(entry.resolved === undefined ? [] : [`${file}: ${path} holds a download address`]),
      ...(entry.integrity !== undefined || entry.link === true || ofOtherPlatform
        ? []
        : [`${file}: ${path} has no integrity hash`]),
    ]
  })
  const missing = missingOptional(lock).map(
    ({ dependency }) => `${file}: ${dependency} of another platform is left out`,
  )
  return [...found, ...missing.map((one) => `${one}; run: node scripts/checks/lockfiles.mjs --write`)]
}

const OS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"]
const CPU = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "wasm32"]

/** The platform that a package's name ends in: `…-linux-x64-musl` runs on linux, x64, with musl. */
export function platformOf(dependency) {
  const words = dependency.split(/[/-]/)
  const os = OS.filter((one) => words.includes(one))
  const cpu = CPU.filter((one) => words.includes(one))
  const libc = os[0] !== "linux" ? [] : words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : []
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    ...(os.length > 0 ? { os } : {}),
  }
}

/** The lockfile with an entry for each package of another platform that it left out. */
export function completed(lock) {
  const packages = { ...lock.packages }
  for (const { path, dependency, version } of missingOptional(lock)) {
    const { license, dev, engines } = packages[path]
    packages[`node_modules/${dependency}`] = {
      version,
      ...platformOf(dependency),
      ...(dev === true ? { dev } : {}),
      ...(license === undefined ? {} : { license }),
      optional: true,
      ...(engines === undefined ? {} : { engines }),
    }
  }
  const sorted = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, "en")))
  return { ...lock, packages: sorted }
}

const lockfiles = () => treeFiles().filter((file) => /(?:^|\/)package-lock\.json$/.test(file))

export function run() {
  return lockfiles().flatMap((file) => problems(file, JSON.parse(readText(file))))
}

if (import.meta.filename === process.argv[1] && process.argv.includes("--write")) {
  for (const file of lockfiles()) {
    const lock = JSON.parse(readText(file))
    const indentation = 2
    if (missingOptional(lock).length > 0) {
      writeFileSync(join(root, file), `${JSON.stringify(completed(lock), null, indentation)}\n`)
    }
  }
}
