/**
 * Programs that tests need and that are no dependencies of the package: each has a manifest and a lockfile under
 * `test/tools/<name>/`, is installed from the registry into `.cache/tools/<name>/` on first use (scripts off, no other
 * download) and again when the manifest changes.
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { runNpm } from "./install.mjs"
import { PlainError, step } from "./progress.mjs"
import { root } from "./root.mjs"
import { hashInputs, readStamp, writeStamp } from "./stamp.mjs"

const platform = `${process.platform}-${process.arch}`

/** True on a Linux whose C library is musl (Alpine), where the packages for glibc do not run. */
function isMusl() {
  return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined
}

const TOOLS = {
  "node-24": {
    text: "Node 24 (about 190 MB, once)",
    override: "NODE_24_PATH",
    binary: `node-${platform}/bin/node`,
  },
  "claude-code": {
    text: "the Claude Code command line (about 360 MB, once)",
    override: "CLAUDE_CODE_PATH",
    binary: `@anthropic-ai/claude-code-${platform}${isMusl() ? "-musl" : ""}/claude`,
  },
  codex: {
    text: "the Codex command line (about 400 MB, once)",
    override: "CODEX_PATH",
    binary: "@openai/codex/bin/codex.js",
  },
  "gemini-cli": {
    text: "the Gemini command line (about 100 MB, once)",
    override: "GEMINI_CLI_PATH",
    binary: "@google/gemini-cli/bundle/gemini.js",
  },
}

/** The path of a tool's program, installing it when it is not there. The tool's variable names another program instead. */
export async function ensureTool(name) {
  const tool = TOOLS[name]
  const given = process.env[tool.override]
  if (given) return given
  const folder = join(root, ".cache/tools", name)
  const program = join(folder, "node_modules", tool.binary)
  const manifest = [`test/tools/${name}/package.json`, `test/tools/${name}/package-lock.json`, ".npmrc"]
  const inputs = hashInputs(manifest)
  const stampPath = join(folder, ".stamp.json")
  if (readStamp(stampPath).inputs !== inputs || !existsSync(program)) {
    const done = step(`installing ${tool.text}`)
    mkdirSync(folder, { recursive: true })
    for (const file of manifest) copyFileSync(join(root, file), join(folder, file.split("/").pop()))
    await runNpm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder })
    if (!existsSync(program)) {
      throw new PlainError(`There is no package of ${name} for ${platform}; name the program in ${tool.override}.`)
    }
    writeStamp(stampPath, { inputs })
    done()
  }
  return program
}
