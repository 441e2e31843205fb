import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The program of gemini-cli, a bundle for Node. `npm test` installs it and says where it is; alone, the last installed one is taken. */
export function geminiCliProgram(): string {
  const installed = "../../.cache/tools/gemini-cli/node_modules/@google/gemini-cli/bundle/gemini.js"
  const path = process.env["GEMINI_CLI_PATH"] ?? fileURLToPath(new URL(installed, import.meta.url))
  if (!existsSync(path)) throw new Error("no gemini-cli found: run these tests with npm run test:conformance")
  return path
}

export interface GeminiCliRun {
  /** Of the gateway. */
  readonly url: string
  readonly key: string
  readonly model: string
  readonly prompt: string
  /** Its home and working directory. */
  readonly home: string
  readonly options?: readonly string[]
}

/** Without the type of the key it takes the address for another kind of gateway and refuses to run without a terminal. */
const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { enableAutoUpdate: false, disableAutoUpdate: true, disableUpdateNag: true },
}

/** Runs the program once, headless, with nothing of this machine's environment; bounded by 90 s. */
export async function runGeminiCli(run: GeminiCliRun) {
  await mkdir(join(run.home, ".gemini"), { recursive: true })
  await writeFile(join(run.home, ".gemini/settings.json"), JSON.stringify(SETTINGS))
  const options = ["--model", run.model, "--prompt", run.prompt, ...(run.options ?? [])]
  const child = spawn(process.execPath, [geminiCliProgram(), ...options], {
    cwd: run.home,
    env: {
      PATH: process.env["PATH"],
      HOME: run.home,
      TMPDIR: run.home,
      GOOGLE_GEMINI_BASE_URL: run.url,
      GEMINI_API_KEY: run.key,
      GEMINI_CLI_NO_RELAUNCH: "true",
      NO_COLOR: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 90_000,
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
