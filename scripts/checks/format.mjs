import { join } from "node:path"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "format"

/** The files under the given paths that the formatter would change (`npm run format` changes them). */
export async function unformatted(paths) {
  const program = join(root, "node_modules/oxfmt/bin/oxfmt")
  const options = ["--list-different", "-c", join(root, ".oxfmtrc.json")]
  const result = await runNode([program, ...options, ...paths], { output: "capture", check: false })
  const lines = result.stdout.split("\n").filter((line) => line.trim() !== "")
  if (result.code !== 0 && lines.length === 0) return [result.stderr.trim()]
  return lines.map((line) => `${line}: not formatted`)
}

export function run() {
  return unformatted(["."])
}
