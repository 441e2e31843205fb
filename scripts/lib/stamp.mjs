/**
 * Whether something made from files is still what those files would give: a hash over the content of its inputs, kept in a
 * stamp beside what was made. Content and not times, so that a fresh clone or a switched branch is judged rightly.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { root } from "./root.mjs"

const isTest = (name) => /\.test\.[a-z]+$/.test(name)

/** Every file under the given paths (folders or files, relative to the root), sorted; tests and fixtures are no inputs. */
export function inputFiles(paths, base = root) {
  /** @type {string[]} */
  const found = []
  const visit = (path) => {
    let entries
    try {
      entries = readdirSync(path, { withFileTypes: true })
    } catch (error) {
      if (error.code === "ENOTDIR") found.push(path)
      else if (error.code !== "ENOENT") throw error
      return
    }
    for (const entry of entries) {
      if (entry.name === "node_modules" || entry.name === "__fixtures__" || isTest(entry.name)) continue
      if (entry.isDirectory()) visit(join(path, entry.name))
      else found.push(join(path, entry.name))
    }
  }
  for (const path of paths) visit(join(base, path))
  return found.toSorted()
}

/** sha256 over names and contents of the given inputs, in hex. An input that does not exist counts as absent. */
export function hashInputs(paths, base = root) {
  const hash = createHash("sha256")
  for (const file of inputFiles(paths, base)) {
    hash.update(relative(base, file)).update("\0").update(readFileSync(file)).update("\0")
  }
  return hash.digest("hex")
}

/** The stamp file's content as an object; empty when there is none or it is broken. */
export function readStamp(path) {
  if (!existsSync(path)) return {}
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return {} // a stamp cut short by a crash means "unknown", which is the same as stale
  }
}

/** Writes the stamp in one rename, so that a reader never meets half of it. */
export function writeStamp(path, stamp) {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, `${JSON.stringify(stamp, null, 2)}\n`)
  renameSync(temporary, path)
}
