/** What the real Claude Code does when something goes wrong, and what it sends: seen at the gateway's door. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { makeHome, removeHome } from "../support/agent.ts"
import { runClaudeCode } from "../support/claude-code.ts"
import { startRecordingProxy, type RecordingProxy } from "../support/recording-proxy.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const KNOWN = "claude-sonnet-4-6"
const UNKNOWN = "gemini-3-flash"

let system: System
let door: RecordingProxy
let home: string

beforeAll(async () => {
  home = await makeHome("claude-code")
  system = await startSystem({ accounts: 2 })
  door = await startRecordingProxy(system.gatewayUrl)
})
afterEach(() => {
  system.simulator.clearFaults()
  door.clear()
})
afterAll(async () => {
  await door?.close()
  await system?.stop()
  await removeHome(home)
})

const claude = (prompt: string, model: string, more: object = {}) =>
  runClaudeCode({ url: door.url, key: system.apiKey, model, prompt, home, ...more })
const messages = () => door.calls("/v1/messages")

/** The streams asked for, in order; false is a plain answer. */
const streams = () => messages().map(({ body }) => body?.["stream"] === true)

interface Sent {
  readonly request: {
    readonly systemInstruction: { readonly parts: readonly { readonly text: string }[] }
    readonly contents: readonly { readonly role: string; readonly parts: readonly { readonly text?: string }[] }[]
  }
}
/** What the newest generation sent upstream. */
const sent = () => generationsSeen(system.simulator).at(-1)?.body as Sent // the simulator records what it parsed

describe("what it sends", () => {
  test("G119 to a model it knows: the billing line stays here, its two system texts go upstream", async () => {
    await claude("[[sim:text=hello]]", KNOWN)
    const asked = messages().at(-1)?.body?.["system"] as { text: string }[] // always blocks
    expect(asked).toHaveLength(3)
    expect(asked[0]?.text).toMatch(/^x-anthropic-billing-header:/)
    const { systemInstruction, contents } = sent().request
    expect(systemInstruction.parts.map(({ text }) => text)).toEqual(asked.slice(1).map(({ text }) => text))
    expect(JSON.stringify(sent())).not.toContain("x-anthropic-billing-header")
    expect(contents.map(({ role }) => role)).toEqual(["user"])
  })

  test("G120 R10 to a model it does not know: system text behind the user's, kept in its place", async () => {
    await claude("[[sim:text=hello]]", UNKNOWN)
    const asked = messages().at(-1)?.body?.["messages"] as { role: string; content: unknown }[] // always a list
    expect(asked.map(({ role }) => role)).toEqual(["user", "system"])
    const { contents } = sent().request
    expect(contents.map(({ role }) => role)).toEqual(["user"])
    const texts = contents.flatMap(({ parts }) => parts.map(({ text }) => text ?? ""))
    expect(texts.findIndex((text) => text.includes("[[sim:text=hello]]"))).toBe(texts.length - 2)
    expect(texts.at(-1)).toMatch(/^<system-reminder>\n# Environment\n[^]*<\/system-reminder>$/)
  })

  test("R9 /context counts a part at a time, all at once, without an upstream call", async () => {
    const before = system.simulator.seen().length
    const answer = await claude("/context", KNOWN)
    expect(answer.code).toBe(0)
    expect(answer.output).toMatch(/System tools \| [\d.]+k/)
    const counts = door.calls("/v1/messages/count_tokens")
    expect(counts.length).toBeGreaterThan(20)
    expect(new Set(counts.map(({ status }) => status))).toEqual(new Set([200]))
    expect(
      system.simulator
        .seen()
        .slice(before)
        .filter(({ path }) => path.includes("countTokens")),
    ).toEqual([])
    expect(generationsSeen(system.simulator).filter(({ id }) => id > before)).toEqual([])
  })
})

test.each([
  // Behind a finished thought it asks for a stream again, else for a plain answer.
  [KNOWN, true],
  [UNKNOWN, false],
])(
  "R6 R12 G113 three steps with thinking write a file although a stream breaks in the middle (%s)",
  async (model, isStreamedAgain) => {
    const file = join(home, `${model}.txt`)
    const step = (call: string, input: object) =>
      `[[sim:think=I call ${call}.]][[sim:call=${call} ${JSON.stringify(input)}]]`
    const prompt = [
      `[[sim:chunks=12]]${step("Write", { file_path: file, content: "one 🙂\ntwo\n" })}`,
      `[[sim:text=Now I change the second line of it.]]${step("Edit", { file_path: file, old_string: "two", new_string: "drei" })}`,
      step("Read", { file_path: file }),
      "[[sim:think=Done.]][[sim:text=The file is written and that was it.]]",
    ].join("[[sim:then]]")
    system.simulator.script({ fault: { kind: "reset-mid-stream", after: 8 }, match: { model }, skip: 1, times: 1 })
    const answer = await claude(prompt, model, { options: ["--allowedTools", "Write,Edit,Read"] })
    expect(answer).toMatchObject({ code: 0, output: "The file is written and that was it." })
    expect(await readFile(file, "utf8")).toBe("one 🙂\ndrei\n")
    expect(streams()).toEqual([true, true, isStreamedAgain, true, true])
    const [, broken, again] = messages()
    expect(broken?.answer).toMatch(/event: error\ndata: \{"type":"error",.*\n\n$/)
    expect(broken?.answer).not.toContain("message_stop")
    expect(again?.status).toBe(200)
    expect(again?.answerHeaders["content-type"]).toMatch(isStreamedAgain ? /^text\/event-stream/ : /^application\/json/)
    // Every turn before was sent again with what the upstream had signed.
    const written = JSON.stringify(sent())
    expect(written.match(/"thoughtSignature":"[^"]{20,}"/g)?.length).toBeGreaterThanOrEqual(3)
    expect(written).not.toContain("skip_thought_signature_validator")
  },
)

describe("how it takes a refusal", () => {
  /** One prompt to a system of its own, whose upstream always answers with the fault. */
  async function refused(fault: { kind: string; delayMs?: number }, env: Record<string, string> = {}) {
    const own = await startSystem({ accounts: 1 })
    const ownDoor = await startRecordingProxy(own.gatewayUrl)
    try {
      own.simulator.script({ fault })
      const run = { url: ownDoor.url, key: own.apiKey, model: KNOWN, prompt: "hi", home, env }
      const { code, output } = await runClaudeCode(run)
      return { code, output, calls: ownDoor.calls("/v1/messages") }
    } finally {
      await ownDoor.close()
      await own.stop()
    }
  }

  test("G115 R7 with every account exhausted it asks once and says until when", async () => {
    const { code, output, calls } = await refused({ kind: "quota-model" }, { CLAUDE_CODE_MAX_RETRIES: "10" })
    expect(code).toBe(1)
    expect(output).toMatch(/429.*quota of all accounts.*try again in/i)
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ status: 429, answerHeaders: { "x-should-retry": "false" } })
  })

  test("G116 an overloaded upstream is 529, and it tells so", async () => {
    const fault = { kind: "capacity-retry", delayMs: 39_000 }
    const { code, output, calls } = await refused(fault, { CLAUDE_CODE_MAX_RETRIES: "0" })
    expect(code).toBe(1)
    expect(output).toMatch(/529.*no capacity/)
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([529]))
  })

  test("G117 too long a prompt is shown with its hint about compacting", async () => {
    const { code, output, calls } = await refused({ kind: "prompt-too-long" })
    expect(code).toBe(1)
    expect(output).toMatch(/^Prompt is too long.*compact/)
    expect(calls.map(({ status }) => status)).toEqual([400])
  })
})
