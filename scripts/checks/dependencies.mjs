import { existsSync } from "node:fs"
import { join } from "node:path"
import { readText } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"

export const name = "dependencies"

/** Every dependency is pinned and has one row with its reason in CONTRIBUTING.md, and no row is left of one that went. */
export function problems(manifest, contributing) {
  const versions = { ...manifest.dependencies, ...manifest.devDependencies }
  const rows = new Map(
    [...contributing.matchAll(/^\| *`(@?[a-z][\w./-]*)` *\| *([^|]*?) *\|$/gm)].map((match) => [match[1], match[2]]),
  )
  const found = []
  for (const [dependency, version] of Object.entries(versions)) {
    // An alias names the package whose version it pins.
    if (!/^(npm:@?[a-z][\w./-]*@)?\d/.test(version))
      found.push(`package.json: ${dependency} is not pinned (${version})`)
    if (!rows.get(dependency)) found.push(`CONTRIBUTING.md: no line says why ${dependency} is there`)
  }
  for (const dependency of rows.keys()) {
    if (versions[dependency] === undefined) found.push(`CONTRIBUTING.md: ${dependency} is no dependency`)
  }
  return found
}

export function run() {
  const contributing = existsSync(join(root, "CONTRIBUTING.md")) ? readText("CONTRIBUTING.md") : ""
  const section = contributing.split(/^## Dependencies$/m)[1]?.split(/^## /m)[0]
  if (section === undefined) return ["CONTRIBUTING.md: no section Dependencies"]
  return problems(JSON.parse(readText("package.json")), section)
}
