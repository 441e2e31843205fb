import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./root.mjs"

/**
 * Paths (relative to the root, with "/") of the files of the tree: those that are committed and those that would be. Without
 * a git repository there is no such list, and the check says so.
 */
export function treeFiles(base = root) {
  const options = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
  /** @type {string} */
  const listed = execFileSync("git", options, { cwd: base, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
  // A file that was removed and not yet committed is still listed.
  return [...new Set(listed.split("\0").filter((path) => path !== "" && existsSync(join(base, path))))].toSorted()
}

export function readText(path, base = root) {
  return readFileSync(join(base, path), "utf8")
}

/** The 1-based line of an offset in a text. */
export function lineAt(text, offset) {
  let line = 1
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1
  return line
}
