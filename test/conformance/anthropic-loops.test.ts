/** What both majors of the official `@anthropic-ai/sdk` package do by themselves: tool runner, thinking blocks given back, counts, pages. */
import Anthropic from "@anthropic-ai/sdk"
import Anthropic0 from "anthropic-sdk-0"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { AnthropicClass } from "../support/anthropic.suite.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODELS = ["gemini-3-flash", "claude-sonnet-4-6"]
const NO_PARAMETERS = { type: "object" as const, properties: {} }

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
})
afterAll(() => system?.stop())

const generations = () => generationsSeen(system.simulator)
/** Taken by the simulator's rules at the first try. */
const statuses = (before: number) =>
  generations()
    .slice(before)
    .map(({ outcome }) => outcome?.status)

// Private members make the two classes differ for the compiler only.
const MAJORS: readonly [string, AnthropicClass][] = [
  ["version 1", Anthropic],
  ["version 0", Anthropic0 as unknown as AnthropicClass],
]

describe.each(MAJORS)("%s", (_name, Class) => {
  let anthropic: Anthropic
  beforeAll(() => {
    anthropic = new Class({ baseURL: system.gatewayUrl, apiKey: system.apiKey, maxRetries: 0 })
  })

  describe.each(MODELS)("%s", (model) => {
    test.each([false, true])("the tool runner goes through two rounds by itself, stream %s", async (stream) => {
      const before = generations().length
      const asked: unknown[] = []
      const tool = (name: string, result: string) => ({
        type: "custom" as const,
        name,
        description: `Tells ${name}.`,
        input_schema: NO_PARAMETERS,
        parse: (input: unknown) => input,
        run: (input: unknown) => {
          asked.push([name, input])
          return result
        },
      })
      const content =
        "[[sim:call=weather {}]][[sim:call=clock {}]][[sim:then]][[sim:call=clock {}]][[sim:then]][[sim:text=Done.]]"
      const body = {
        model,
        max_tokens: 1000,
        max_iterations: 6,
        messages: [{ role: "user" as const, content }],
        tools: [tool("weather", "It rains."), tool("clock", "noon")],
      }
      let last: Anthropic.Beta.BetaMessage | undefined
      if (stream) {
        for await (const one of anthropic.beta.messages.toolRunner({ ...body, stream: true })) {
          last = await one.finalMessage()
        }
      } else {
        for await (const one of anthropic.beta.messages.toolRunner({ ...body, stream: false })) last = one
      }
      expect(asked).toEqual([
        ["weather", {}],
        ["clock", {}],
        ["clock", {}],
      ])
      expect(last).toMatchObject({ stop_reason: "end_turn", content: [{ type: "text", text: "Done." }] })
      expect(statuses(before)).toEqual([200, 200, 200])
    })

    test.each([false, true])("thinking blocks go back as they came, stream %s", async (stream) => {
      const before = generations().length
      const thought = " A thought: é, 数据.\r\n  "
      const content = `[[sim:think=${thought}]][[sim:call=clock {}]][[sim:then]][[sim:think=Second.]][[sim:text=Done.]]`
      const messages: Anthropic.MessageParam[] = [{ role: "user", content }]
      const ask = () => {
        const body = {
          model,
          max_tokens: 4000,
          messages,
          thinking: { type: "enabled" as const, budget_tokens: 2000 },
          tools: [{ name: "clock", input_schema: NO_PARAMETERS }],
        }
        return stream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body)
      }
      const first = await ask()
      expect(first.stop_reason).toBe("tool_use")
      expect(first.content).toMatchObject([
        { type: "thinking", thinking: thought, signature: expect.stringMatching(/^gw1\./) as string },
        { type: "tool_use", name: "clock", input: {} },
      ])
      const id = first.content.find((block) => block.type === "tool_use")?.id ?? ""
      messages.push({ role: "assistant", content: first.content })
      messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "noon" }] })
      const second = await ask()
      expect(second.stop_reason).toBe("end_turn")
      expect(second.content.map(({ type }) => type)).toEqual(["thinking", "text"])
      expect(second.content.at(-1)).toMatchObject({ text: "Done." })
      // No repair and no sentinel was needed.
      expect(statuses(before)).toEqual([200, 200])
      const sent = JSON.stringify(generations().at(-1)?.body)
      expect(sent).toMatch(/"thoughtSignature":"[^"]{20,}"/)
      expect(sent).not.toContain("skip_thought_signature_validator")
      expect(sent).not.toContain("gw1.")
    })
  })

  test("G139 tokens are counted without an upstream call", async () => {
    const before = generations().length
    const { input_tokens: tokens } = await anthropic.messages.countTokens({
      model: "claude-sonnet-4-6",
      system: "Be exact.",
      messages: [{ role: "user", content: "foo" }],
      tools: [{ name: "clock", input_schema: NO_PARAMETERS }],
    })
    expect(tokens).toBeGreaterThan(10)
    expect(generations()).toHaveLength(before)
  })

  test("G8 every model comes once and the loop over pages ends", async () => {
    const whole = (await anthropic.models.list({ limit: 1000 })).data.map(({ id }) => id)
    const paged: string[] = []
    for await (const { id } of anthropic.models.list({ limit: 7 })) paged.push(id)
    expect(paged).toEqual(whole)
    expect(new Set(paged).size).toBe(paged.length)
    expect(paged).toEqual(expect.arrayContaining(["claude-sonnet-4-6", "claude-gw-gemini-3-flash"]))
  })

  test("a model of another vendor answers under the id that looks like Claude's", async () => {
    const model = "claude-gw-gemini-3-flash"
    expect(await anthropic.models.retrieve(model)).toMatchObject({ type: "model", id: model })
    const body = { model, max_tokens: 100, messages: [{ role: "user" as const, content: "[[sim:text=ok]]" }] }
    expect(await anthropic.messages.create(body)).toMatchObject({ model, content: [{ type: "text", text: "ok" }] })
  })
})
