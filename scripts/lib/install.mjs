import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { step } from "./progress.mjs"
import { root } from "./root.mjs"
import { runChild } from "./run-child.mjs"
import { readStamp, writeStamp } from "./stamp.mjs"

/**
 * True when what npm noted in node_modules/.package-lock.json is what the lockfile asks for: the same version and integrity of
 * every package that is there, and none missing but the optional ones of other platforms.
 */
export function installedMatchesLock(lock, installed) {
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "") continue
    const found = installed.packages[path]
    if (found === undefined) {
      if (entry.optional !== true && entry.peer !== true) return false
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) return false
  }
  return Object.keys(installed.packages).every((path) => lock.packages[path] !== undefined)
}

/** Runs npm in a folder, with the settings of that folder's .npmrc (scripts off). npm is started by name: it is no module of ours. */
export function runNpm(npmArguments, options) {
  return runChild(process.platform === "win32" ? "npm.cmd" : "npm", npmArguments, { output: "on-failure", ...options })
}

/** Installs the dependencies of the lockfile when they are missing or other ones; returns at once when they are there. */
export async function ensureInstalled() {
  const lockText = readFileSync(join(root, "package-lock.json"))
  const lockHash = createHash("sha256").update(lockText).digest("hex")
  const stampPath = join(root, "node_modules/.lagrange-stamp.json")
  if (readStamp(stampPath).lock === lockHash) return
  const notePath = join(root, "node_modules/.package-lock.json")
  const isInstalled =
    existsSync(notePath) &&
    installedMatchesLock(JSON.parse(lockText.toString("utf8")), JSON.parse(readFileSync(notePath, "utf8")))
  if (!isInstalled) {
    const done = step("installing dependencies (npm ci)")
    // What builds us is among the dependencies of development, which npm leaves out where NODE_ENV is "production".
    await runNpm(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"])
    done()
  }
  writeStamp(stampPath, { lock: lockHash })
}
