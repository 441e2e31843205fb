import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AGENT_LIMIT_MS, agentProgram, runProgram, type AgentRun } from "./agent.ts"

/** The program of gemini-cli, a bundle for Node. */
export function geminiCliProgram(): string {
  return agentProgram("gemini-cli", "GEMINI_CLI_PATH", "gemini-cli/node_modules/@google/gemini-cli/bundle/gemini.js")
}

export interface GeminiCliRun extends AgentRun {
  readonly options?: readonly string[]
}

/** Without the type of the key it takes the address for another kind of gateway and refuses to run without a terminal. */
const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { enableAutoUpdate: false, disableAutoUpdate: true, disableUpdateNag: true },
}

/** Runs the program once, headless; bounded in time. */
export async function runGeminiCli(run: GeminiCliRun) {
  await mkdir(join(run.home, ".gemini"), { recursive: true })
  await writeFile(join(run.home, ".gemini/settings.json"), JSON.stringify(SETTINGS))
  const env = {
    GOOGLE_GEMINI_BASE_URL: run.url,
    GEMINI_API_KEY: run.key,
    GEMINI_CLI_NO_RELAUNCH: "true",
    NO_COLOR: "1",
  }
  const options = ["--model", run.model, "--prompt", run.prompt, ...(run.options ?? [])]
  return runProgram([process.execPath, geminiCliProgram(), ...options], {
    home: run.home,
    env,
    timeoutMs: AGENT_LIMIT_MS,
  })
}
