import { join } from "node:path"
import { root } from "../lib/root.mjs"
import { runNode } from "../lib/run-child.mjs"

export const name = "lint"

/** What oxlint says about the given paths, warnings included; empty when it says nothing. */
export async function lintProblems(paths) {
  const program = join(root, "node_modules/oxlint/bin/oxlint")
  const options = ["--type-aware", "--deny-warnings", "--format", "unix", "-c", join(root, ".oxlintrc.json")]
  const result = await runNode([program, ...options, ...paths], { output: "capture", check: false })
  if (result.code === 0) return []
  return `${result.stdout}${result.stderr}`.split("\n").filter((line) => line.trim() !== "")
}

export function run() {
  return lintProblems([root])
}
