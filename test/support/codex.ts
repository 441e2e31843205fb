import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The program of Codex, a launcher for Node. `npm test` installs it and says where it is; alone, the last installed one is taken. */
export function codexProgram(): string {
  const installed = "../../.cache/tools/codex/node_modules/@openai/codex/bin/codex.js"
  const path = process.env["CODEX_PATH"] ?? fileURLToPath(new URL(installed, import.meta.url))
  if (!existsSync(path)) throw new Error("no Codex found: run these tests with npm run test:conformance")
  return path
}

export interface CodexRun {
  /** Of the gateway, without a slash at the end. */
  readonly url: string
  readonly key: string
  readonly model: string
  readonly prompt: string
  /** Its home and working directory. */
  readonly home: string
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

/**
 * Runs the program once, headless and without asking, with nothing of this machine's environment; bounded by 90 s. `output` is
 * its last words, `errors` what it printed and told of what went wrong.
 */
export async function runCodex(run: CodexRun) {
  await mkdir(join(run.home, ".codex"), { recursive: true })
  await writeFile(join(run.home, ".codex/config.toml"), settingsOf(run))
  const resumed = run.isResumed === true ? ["resume", "--last"] : []
  const child = spawn(process.execPath, [codexProgram(), ...OPTIONS, ...resumed, run.prompt], {
    cwd: run.home,
    env: { PATH: process.env["PATH"], HOME: run.home, TMPDIR: run.home, LAGRANGE_KEY: run.key },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 90_000,
  })
  let printed = ""
  let errors = ""
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  const lines = printed.split("\n").filter((line) => line.startsWith("{"))
  const events = lines.map((line) => JSON.parse(line) as CodexEvent) // what it writes with `--json`
  const said = events.findLast(({ item }) => item?.type === "agent_message")?.item?.text ?? ""
  const told = events.map(({ error, message }) => error?.message ?? message ?? "").filter((text) => text !== "")
  return { code, output: said.trim(), errors: [errors, ...told].join("\n"), events }
}
