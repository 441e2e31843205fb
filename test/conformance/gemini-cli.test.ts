/** The real gemini-cli, headless and offline, against the gateway. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeHome, removeHome } from "../support/agent.ts"
import { runGeminiCli } from "../support/gemini-cli.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODEL = "gemini-3-flash"

let system: System
let home: string

beforeAll(async () => {
  home = await makeHome("gemini-cli")
  system = await startSystem({ accounts: 2 })
})
afterAll(async () => {
  await system?.stop()
  await removeHome(home)
})

const gemini = (prompt: string, options: readonly string[] = [], key = system.apiKey, model = MODEL) =>
  runGeminiCli({ url: system.gatewayUrl, key, model, prompt, home, options })

const seenSince = (before: number) => generationsSeen(system.simulator).slice(before)

test("answers a prompt", async () => {
  const before = generationsSeen(system.simulator).length
  const answer = await gemini("[[sim:text=The gateway answers 🙂.]]")
  expect(answer).toMatchObject({ code: 0, output: "The gateway answers 🙂." })
  expect(seenSince(before).map(({ outcome }) => outcome?.status)).toEqual([200])
})

test.each([MODEL, "claude-sonnet-4-6"])("G149 writes, changes and reads a file with %s", async (model) => {
  const before = generationsSeen(system.simulator).length
  const file = join(home, `${model}.txt`)
  const step = (call: string, input: object) => `[[sim:call=${call} ${JSON.stringify(input)}]]`
  const prompt = [
    `Steps: [[sim:text=First I write.]]${step("write_file", { file_path: file, content: "one 🙂\ntwo\n" })}`,
    step("replace", { file_path: file, instruction: "In German.", old_string: "two", new_string: "drei" }),
    step("read_file", { file_path: file }),
    "[[sim:text=The file is written.]]",
  ].join("[[sim:then]]")
  const answer = await gemini(prompt, ["--approval-mode", "yolo"], system.apiKey, model)
  expect(answer).toMatchObject({ code: 0, output: expect.stringContaining("The file is written.") as string })
  expect(await readFile(file, "utf8")).toBe("one 🙂\ndrei\n")
  const seen = seenSince(before)
  expect(seen.map(({ outcome }) => outcome?.status)).toEqual([200, 200, 200, 200])
  // What the tool gave back has reached the upstream.
  expect(JSON.stringify(seen.at(-1)?.body)).toMatch(/"name":"read_file","response":\{"output":"[^"]*drei/)
})

test("a wrong key ends in a sentence about it", async () => {
  const before = generationsSeen(system.simulator).length
  const answer = await gemini("hello", [], "lag_wrong")
  expect(answer.code).not.toBe(0)
  expect(answer.errors).toMatch(/key/i)
  expect(seenSince(before)).toEqual([])
})

test("G159 a stream that breaks is asked for again", async () => {
  system.simulator.script({ fault: { kind: "reset-mid-stream", after: 2 }, times: 1 })
  const before = generationsSeen(system.simulator).length
  const answer = await gemini("[[sim:chunks=5]][[sim:text=All of it, word by word.]]")
  expect(answer).toMatchObject({ code: 0, output: "All of it, word by word." })
  expect(seenSince(before)).toHaveLength(2)
})

describe("one account", () => {
  let single: System
  beforeAll(async () => {
    single = await startSystem({ accounts: 1 })
  })
  afterAll(() => single?.stop())
  const ask = (prompt: string) =>
    runGeminiCli({ url: single.gatewayUrl, key: single.apiKey, model: MODEL, prompt, home })

  test("G160 waits as long as a rate limit says", async () => {
    single.simulator.script({ fault: { kind: "rate-limit-long", delayMs: 17_000 }, times: 1 })
    const answer = await ask("[[sim:text=At last.]]")
    expect(answer).toMatchObject({ code: 0, output: "At last." })
    // Before that time an attempt would have been another refusal of the pool, and a line about it.
    expect(answer.errors.match(/Retrying after/g)).toHaveLength(1)
  })

  test("G161 stops when the quota is used up", async () => {
    single.simulator.script({ fault: { kind: "quota-model" }, times: 1 })
    const before = generationsSeen(single.simulator).length
    const answer = await ask("hello")
    expect(answer.code).not.toBe(0)
    expect(answer.errors).toContain("TerminalQuotaError")
    expect(answer.errors).not.toContain("Retrying after")
    expect(generationsSeen(single.simulator)).toHaveLength(before + 1)
  })
})
