import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AGENT_LIMIT_MS, agentProgram, runProgram, type AgentRun } from "./agent.ts"

/** The program of Codex, a launcher for Node. */
export function codexProgram(): string {
  return agentProgram("Codex", "CODEX_PATH", "codex/node_modules/@openai/codex/bin/codex.js")
}

export interface CodexRun extends AgentRun {
  /** Further lines of its settings. */
  readonly settings?: string
  /** What the provider is called; of one called "OpenAI" it expects more. */
  readonly provider?: string
  /** Goes on with the last conversation of this home. */
  readonly isResumed?: boolean
}

/** What it says it did, one line of its output each. */
export interface CodexEvent {
  readonly type: string
  readonly message?: string
  readonly item?: {
    readonly type: string
    readonly text?: string
    readonly command?: string
    readonly aggregated_output?: string
    readonly exit_code?: number | null
  }
  readonly error?: { readonly message: string }
}

/** As users are told to write it, and nothing that goes elsewhere. */
const settingsOf = ({ url, model, settings = "", provider = "lagrange" }: CodexRun): string => `
model = "${model}"
model_provider = "lagrange"
check_for_update_on_startup = false
${settings}

[model_providers.lagrange]
name = "${provider}"
base_url = "${url}/v1"
env_key = "LAGRANGE_KEY"
wire_api = "responses"

[analytics]
enabled = false
`

const OPTIONS = ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json"]

/** Runs the program once, headless and without asking; bounded in time. `output` is its last words, `errors` all that it told of what went wrong. */
export async function runCodex(run: CodexRun) {
  await mkdir(join(run.home, ".codex"), { recursive: true })
  await writeFile(join(run.home, ".codex/config.toml"), settingsOf(run))
  const resumed = run.isResumed === true ? ["resume", "--last"] : []
  const command = [process.execPath, codexProgram(), ...OPTIONS, ...resumed, run.prompt]
  const env = { LAGRANGE_KEY: run.key }
  const { code, output, errors } = await runProgram(command, { home: run.home, env, timeoutMs: AGENT_LIMIT_MS })
  const lines = output.split("\n").filter((line) => line.startsWith("{"))
  const events = lines.map((line) => JSON.parse(line) as CodexEvent) // what it writes with `--json`
  const said = events.findLast(({ item }) => item?.type === "agent_message")?.item?.text ?? ""
  const told = events.map(({ error, message }) => error?.message ?? message ?? "").filter((text) => text !== "")
  return { code, output: said.trim(), errors: [errors, ...told].join("\n"), events }
}
