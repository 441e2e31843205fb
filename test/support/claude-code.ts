import { spawn } from "node:child_process"
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

export interface ClaudeCodeRun {
  /** Of the gateway. */
  readonly url: string
  readonly key: string
  readonly model: string
  readonly prompt: string
  /** Its home and working directory. */
  readonly home: string
  readonly options?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the program once, headless, with nothing of this machine's environment; bounded by 60 s. */
export async function runClaudeCode(run: ClaudeCodeRun) {
  const child = spawn(claudeCodeBinary(), ["-p", run.prompt, ...(run.options ?? [])], {
    cwd: run.home,
    env: {
      PATH: process.env["PATH"],
      HOME: run.home,
      ANTHROPIC_BASE_URL: run.url,
      ANTHROPIC_AUTH_TOKEN: run.key,
      ANTHROPIC_MODEL: run.model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "1",
      ...run.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  })
  let output = ""
  let errors = ""
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  return { code, output: output.trim(), errors }
}
