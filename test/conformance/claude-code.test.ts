/** The real Claude Code CLI, headless and offline, against the gateway. Its platform package holds the binary. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { makeHome, removeHome } from "../support/agent.ts"
import { runClaudeCode } from "../support/claude-code.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

let system: System
let home: string

beforeAll(async () => {
  home = await makeHome("claude-code")
  system = await startSystem({ accounts: 2 })
})
afterAll(async () => {
  await system?.stop()
  await removeHome(home)
})

const claude = (prompt: string, model: string, key = system.apiKey, options: readonly string[] = []) =>
  runClaudeCode({ url: system.gatewayUrl, key, model, prompt, home, options })

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
