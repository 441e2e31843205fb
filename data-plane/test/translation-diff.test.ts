/** What a captured exchange says of its translation, through a whole data plane: the notes are those of what really went upstream. */
import type { CapturedExchange, TranslationNote } from "#shared/capture.ts"
import { afterEach, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { callOf, TEXT_DIALECTS, withUnknownFields } from "./support/calls.ts"
import { fetchAnswer, type Answer, type Call } from "./support/client.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"

let system: System
afterEach(() => system.stop())

async function begin(options: SystemOptions = {}): Promise<void> {
  system = await startSystem(options)
  await system.push({ captureUntil: Number.MAX_SAFE_INTEGER })
}

async function captured(path: string, call: Call): Promise<CapturedExchange> {
  const { headers }: Answer = await fetchAnswer(`${system.url}${path}`, call)
  return waitFor(() => system.link.captures.find(({ exchangeId }) => exchangeId === headers["x-request-id"]))
}

const kinds = (notes: readonly TranslationNote[]) => new Set(notes.map(({ kind }) => kind))

/** What stands at a note's pointer. */
function at(body: string | undefined, pointer: string | undefined): unknown {
  let value: unknown = JSON.parse(body ?? "")
  for (const step of (pointer ?? "").split("/").slice(1)) {
    value = (value as Record<string, unknown>)[step.replaceAll("~1", "/").replaceAll("~0", "~")] // a branch: the pointer says so
  }
  return value
}

test.each(TEXT_DIALECTS)("nothing of %s is left unexplained, and each pointer points at something", async (dialect) => {
  await begin()
  const { path, body } = callOf(dialect, "Hello. [[sim:text=pong]]", { stream: true })
  const { notes, request, attempts } = await captured(path, { body: withUnknownFields(body) as object })
  expect(kinds(notes)).not.toContain("unexplained")
  expect(notes.length).toBeGreaterThan(0)
  for (const { client, upstream } of notes) {
    if (client !== undefined) expect(at(request.body.text, client)).toBeDefined()
    if (upstream !== undefined) expect(at(attempts.at(-1)?.body.text, upstream)).toBeDefined()
  }
})

test("what is lost and changed for a Claude is told with its place and its reason", async () => {
  await begin()
  const tools = [
    { name: "look", input_schema: { type: "object", properties: { at: { type: "string", minLength: 2 } } } },
  ]
  const more = { max_tokens: 8000, tools, temperature: 0.5, thinking: { type: "enabled", budget_tokens: 2000 } }
  const ask = {
    role: "user",
    content: [{ type: "text", text: "[[sim:tool=look]]", cache_control: { type: "ephemeral" } }],
  }
  const { notes } = await captured("/v1/messages", { body: { model: CLAUDE, messages: [ask], ...more } })
  expect(notes).toContainEqual({
    code: "sampling-thinking",
    kind: "dropped",
    reason: "`temperature` is lost: a Claude does not take it while it thinks.",
    client: "/temperature",
  })
  expect(notes).toContainEqual({
    code: "schema-changed",
    kind: "changed",
    reason: "Schema of `look`, `properties.at.minLength`: moved into the description.",
    client: "/tools/0/input_schema/properties/at/minLength",
    upstream: "/request/tools/0/functionDeclarations/0/parameters",
  })
  expect(notes).toContainEqual(
    expect.objectContaining({ code: "field-ignored", client: "/messages/0/content/0/cache_control" }),
  )
  expect(kinds(notes)).not.toContain("unexplained")
})

test("the notes are of the last attempt, and of none when nothing was sent", async () => {
  await begin({ accounts: 2 })
  system.simulator.script({ fault: { kind: "rate-limit-long" }, times: 1 })
  const served = await captured("/v1/chat/completions", {
    body: { model: GEMINI, seed: 1, frequency_penalty: 1, messages: [{ role: "user", content: "one" }] },
  })
  expect(served.attempts).toHaveLength(2)
  expect(served.notes.map(({ client }) => client)).toContain("/frequency_penalty")
  const broken = await captured("/v1/chat/completions", { body: "{" })
  expect(broken.notes).toEqual([])
})
