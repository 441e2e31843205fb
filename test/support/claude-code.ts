import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The program of Claude Code. `npm test` installs it and says where it is; alone, the last installed one is taken. */
export function claudeCodeBinary(): string {
  const given = process.env["CLAUDE_CODE_PATH"]
  const platform = `claude-code-${process.platform}-${process.arch}`
  const installed = `../../.cache/tools/claude-code/node_modules/@anthropic-ai/${platform}/claude`
  const path = given ?? fileURLToPath(new URL(installed, import.meta.url))
  if (!existsSync(path)) throw new Error("no Claude Code found: run these tests with npm run test:conformance")
  return path
}
