/** The real Codex CLI, headless and offline, against the gateway. Its platform package holds the binary. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeHome, removeHome } from "../support/agent.ts"
import { runCodex } from "../support/codex.ts"
import { startRecordingProxy, type RecordingProxy } from "../support/recording-proxy.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { untilDayIsLong } from "../support/utc-day.ts"

const MODEL = "gemini-3-flash"

let home: string
beforeAll(async () => {
  home = await makeHome("codex")
})
afterAll(() => removeHome(home))

const step = (tool: string, args: object) => `[[sim:call=${tool} ${JSON.stringify(args)}]]`

describe("two accounts", () => {
  let system: System
  let proxy: RecordingProxy
  beforeAll(async () => {
    system = await startSystem({ accounts: 2 })
    proxy = await startRecordingProxy(system.gatewayUrl)
  })
  afterAll(async () => {
    await proxy?.close()
    await system?.stop()
  })

  const codex = (prompt: string, model = MODEL) => {
    proxy.clear()
    return runCodex({ url: proxy.url, key: system.apiKey, model, prompt, home })
  }
  const asked = () => proxy.calls("/v1/responses")

  test.each([MODEL, "claude-sonnet-4-6"])("G77 runs commands one after another with %s", async (model) => {
    const before = generationsSeen(system.simulator).length
    const file = `${model}.txt`
    const prompt = [
      `Steps: ${step("exec_command", { cmd: `printf 'one 🙂\\ntwo\\n' > ${file}` })}`,
      step("exec_command", { cmd: `sed -i s/two/drei/ ${file} && cat ${file}` }),
      "[[sim:text=The file is written.]]",
    ].join("[[sim:then]]")
    const { code, events } = await codex(prompt, model)
    expect(code).toBe(0)
    const items = events.filter(({ type }) => type === "item.completed").map(({ item }) => item)
    expect(items.filter((item) => item?.type === "command_execution")).toMatchObject([
      { exit_code: 0 },
      { exit_code: 0, aggregated_output: "one 🙂\ndrei\n" },
    ])
    expect(items.at(-1)).toMatchObject({ type: "agent_message", text: "The file is written." })
    expect(await readFile(join(home, file), "utf8")).toBe("one 🙂\ndrei\n")
    expect(events.at(-1)).toMatchObject({ type: "turn.completed" })
    const seen = generationsSeen(system.simulator).slice(before)
    expect(seen.map((request) => request.outcome?.status)).toEqual([200, 200, 200])
    const last = JSON.stringify(seen.at(-1)?.body)
    // What the command printed, and the signatures that went round through Codex, have reached the upstream.
    expect(last).toMatch(/"functionResponse":\{[^}]*"name":"exec_command","response":\{"output":"[^"]*drei/)
    expect(last).toContain('"thoughtSignature":"')
    expect(last).not.toContain("skip_thought_signature_validator")
  })

  test("G71 R11 runs a tool in a namespace", async () => {
    const call = step("multi_agent_v1__close_agent", { target: "00000000-0000-7000-8000-000000000000" })
    const { code } = await codex(`${call}[[sim:then]][[sim:text=Closed.]]`)
    expect(code).toBe(0)
    const output = JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)
    expect(output).toContain('"functionResponse":{')
    expect(output).not.toContain("unsupported call")
  })

  test("G86 R5 asks again when the stream breaks off, and ends well", async () => {
    system.simulator.script({ fault: { kind: "truncated" }, times: 1 })
    const { code, events } = await codex("[[sim:chunks=5]][[sim:words=60]]")
    expect(code).toBe(0)
    expect(events.at(-1)).toMatchObject({ type: "turn.completed" })
    expect(asked()).toHaveLength(2)
    expect(asked()[0]?.answer).toContain("event: response.failed")
  })

  test("G97 has its history made short, and goes on from the summary", async () => {
    const settings = "model_auto_compact_token_limit = 5000"
    const run = { url: proxy.url, key: system.apiKey, model: MODEL, home, settings, provider: "OpenAI" }
    proxy.clear()
    await runCodex({ ...run, prompt: "Remember 42. [[sim:text=I do.]]" })
    const { code, output } = await runCodex({ ...run, prompt: "[[sim:text=Still there.]]", isResumed: true })
    expect({ code, output }).toEqual({ code: 0, output: "Still there." })
    const inputs = asked().map(({ body }) => (body?.["input"] ?? []) as { type: string }[]) // Codex writes items
    const lastItems = inputs.map((items) => items.slice(-2).map(({ type }) => type))
    expect(lastItems).toEqual([
      ["message", "message"],
      ["message", "compaction_trigger"],
      ["compaction", "message"],
    ])
    expect(JSON.stringify(generationsSeen(system.simulator).at(-1)?.body)).toContain("before this point:")
  })

  test("G89 says what to do when the context is too long, after one request", async () => {
    const { code, events } = await codex("[[sim:fault=prompt-too-long]]")
    expect(code).toBe(1)
    expect(events.at(-1)?.error?.message).toMatch(/ran out of room in the model's context window/)
    expect(asked()).toHaveLength(1)
  })
})

describe("models whose ways it knows, behind which ours answer", () => {
  let system: System
  let proxy: RecordingProxy
  beforeAll(async () => {
    system = await startSystem({ accounts: 1 })
    proxy = await startRecordingProxy(system.gatewayUrl, { model: MODEL })
  })
  afterAll(async () => {
    await proxy?.close()
    await system?.stop()
  })

  const codex = (model: string, prompt: string) => runCodex({ url: proxy.url, key: system.apiKey, model, prompt, home })

  test("G74 G75 applies a patch, which is the text of a freeform tool", async () => {
    const patch = '*** Begin Patch\n*** Add File: patched.txt\n+Zürich 🙂 "quoted" \\\\\n*** End Patch\n'
    const { code, output } = await codex(
      "gpt-5.5",
      `${step("apply_patch", { input: patch })}[[sim:then]][[sim:text=It is done.]]`,
    )
    expect({ code, output }).toEqual({ code: 0, output: "It is done." })
    expect(await readFile(join(home, "patched.txt"), "utf8")).toBe('Zürich 🙂 "quoted" \\\\\n')
  })

  test("G73 R11 runs JavaScript by a tool that stands in the input", async () => {
    const input =
      'const done = await tools.exec_command({ cmd: "echo made > known.txt && cat known.txt" }); text(done.output)'
    const { code, output, events } = await codex(
      "gpt-5.6-sol",
      `${step("functions__exec", { input })}[[sim:then]][[sim:text=It is done.]]`,
    )
    expect({ code, output }).toEqual({ code: 0, output: "It is done." })
    expect(await readFile(join(home, "known.txt"), "utf8")).toBe("made\n")
    expect(events.some(({ item }) => item?.type === "command_execution" && item.exit_code === 0)).toBe(true)
    const [first] = proxy.calls("/v1/responses").slice(-2)
    expect(first?.body?.["tools"]).toBeUndefined()
    expect(JSON.stringify(first?.body?.["input"])).toContain('"type":"additional_tools"')
  })
})

test.each(["quota-model", "rate-limit-long"])(
  "G87 R7 stops after one request when %s lasts for hours",
  async (kind) => {
    const system = await startSystem({ accounts: 1 })
    const proxy = await startRecordingProxy(system.gatewayUrl)
    try {
      system.simulator.script({ fault: { kind, delayMs: 7_200_000 } })
      const run = { url: proxy.url, key: system.apiKey, model: MODEL, prompt: "hello", home }
      const { code, events } = await runCodex(run)
      expect(code).toBe(1)
      expect(events.at(-1)?.error?.message).toMatch(/usage limit/i)
      expect(proxy.calls("/v1/responses").map(({ status }) => status)).toEqual([429])
    } finally {
      await proxy.close()
      await system.stop()
    }
  },
)

test("G90 stops after one request when the tokens of its key are used", async () => {
  await untilDayIsLong()
  const system = await startSystem({ accounts: 1 })
  const proxy = await startRecordingProxy(system.gatewayUrl)
  try {
    const create = `mutation { createApiKey(input: { name: "small", tokensPerDay: "1" }) {
      ... on CreateApiKeySuccess { secret } } }`
    const { createApiKey } = await system.graphql<{ createApiKey: { secret: string } }>(create)
    const run = { url: proxy.url, key: createApiKey.secret, model: MODEL, home }
    expect((await runCodex({ ...run, prompt: "[[sim:text=spent]]" })).output).toBe("spent")
    proxy.clear()
    const { code, events } = await runCodex({ ...run, prompt: "hello" })
    expect(code).toBe(1)
    expect(events.at(-1)?.error?.message).toMatch(/quota/i)
    expect(proxy.calls("/v1/responses").map(({ status }) => status)).toEqual([429])
  } finally {
    await proxy.close()
    await system.stop()
  }
})

test("G88 R8 ends after five tries when the upstream has no capacity, and says so", async () => {
  const system = await startSystem({ accounts: 1, env: { POOL_COOLING_WAIT_MS: "1" } })
  const proxy = await startRecordingProxy(system.gatewayUrl)
  try {
    system.simulator.script({ fault: { kind: "capacity" } })
    const { code, events } = await runCodex({ url: proxy.url, key: system.apiKey, model: MODEL, prompt: "hello", home })
    expect(code).toBe(1)
    expect(events.at(-1)?.error?.message).toMatch(/at capacity/)
    expect(proxy.calls("/v1/responses").map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
  } finally {
    await proxy.close()
    await system.stop()
  }
})
