/** The real Claude Code CLI, headless and offline, against the gateway. Its platform package holds the binary. */
import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { claudeCodeBinary } from "../support/claude-code.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

let system: System
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lagrange-claude-code-"))
  system = await startSystem({ accounts: 2 })
})
afterAll(async () => {
  await system?.stop()
  await rm(home, { recursive: true, force: true })
})

/** Runs the CLI with nothing of this machine's environment; bounded by 60 s. */
async function claude(prompt: string, model: string, key = system.apiKey, options: readonly string[] = []) {
  const child = spawn(claudeCodeBinary(), ["-p", prompt, ...options], {
    cwd: home,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      ANTHROPIC_BASE_URL: system.gatewayUrl,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "1",
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

test.each(["claude-sonnet-4-6", "gemini-3-flash"])("answers a prompt with %s", async (model) => {
  const before = generationsSeen(system.simulator).length
  const answer = await claude("[[sim:text=The gateway answers 🙂.]]", model)
  expect(answer).toMatchObject({ code: 0, output: "The gateway answers 🙂." })
  const seen = generationsSeen(system.simulator).slice(before)
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.every((request) => request.outcome?.status === 200)).toBe(true)
})

test.each(["claude-sonnet-4-6", "gemini-3-flash"])("writes, changes and reads a file with %s", async (model) => {
  const before = generationsSeen(system.simulator).length
  const file = join(home, `${model}.txt`)
  const step = (call: string, input: object) => `[[sim:call=${call} ${JSON.stringify(input)}]]`
  const prompt = [
    `Steps: [[sim:text=First I write.]]${step("Write", { file_path: file, content: "one 🙂\ntwo\n" })}`,
    step("Edit", { file_path: file, old_string: "two", new_string: "drei" }),
    step("Read", { file_path: file }),
    "[[sim:text=The file is written.]]",
  ].join("[[sim:then]]")
  const answer = await claude(prompt, model, system.apiKey, ["--allowedTools", "Write,Edit,Read"])
  expect(answer).toMatchObject({ code: 0, output: "The file is written." })
  expect(await readFile(file, "utf8")).toBe("one 🙂\ndrei\n")
  const seen = generationsSeen(system.simulator).slice(before)
  expect(seen.length).toBeGreaterThanOrEqual(4)
  expect(seen.map((request) => request.outcome?.status)).toEqual(seen.map(() => 200))
  // What the tool gave back has reached the upstream.
  expect(JSON.stringify(seen.at(-1)?.body)).toMatch(
    /"functionResponse":\{[^}]*"name":"Read","response":\{"output":"[^"]*drei/,
  )
})

test("a wrong key ends in a sentence about the key", async () => {
  const before = generationsSeen(system.simulator).length
  const answer = await claude("hello", "claude-sonnet-4-6", "lag_wrong")
  expect(answer.code).not.toBe(0)
  expect(answer.output + answer.errors).toMatch(/key|auth/i)
  expect(generationsSeen(system.simulator)).toHaveLength(before)
})
