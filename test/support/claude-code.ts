import { AGENT_LIMIT_MS, agentProgram, runProgram, type AgentRun } from "./agent.ts"

/** The program of Claude Code. */
export function claudeCodeBinary(): string {
  const platform = `claude-code-${process.platform}-${process.arch}`
  const installed = `claude-code/node_modules/@anthropic-ai/${platform}/claude`
  return agentProgram("Claude Code", "CLAUDE_CODE_PATH", installed)
}

export interface ClaudeCodeRun extends AgentRun {
  readonly options?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the program once, headless; bounded in time. */
export function runClaudeCode(run: ClaudeCodeRun) {
  const env = {
    ANTHROPIC_BASE_URL: run.url,
    ANTHROPIC_AUTH_TOKEN: run.key,
    ANTHROPIC_MODEL: run.model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    ...run.env,
  }
  const command = [claudeCodeBinary(), "-p", run.prompt, ...(run.options ?? [])]
  return runProgram(command, { home: run.home, env, timeoutMs: AGENT_LIMIT_MS })
}
