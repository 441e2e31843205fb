/** Conversations with thoughts and signatures through every dialect, against the upstream's own rules about them. */
import { EFFORT_TABLE } from "#shared/effort-table.ts"
import { createLogger } from "#shared/log.ts"
import { startDataPlane } from "#data-plane/data-plane.ts"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, fetchAnswer, messagesBody, type Answer } from "./support/client.ts"
import { configFor, startSystem, type System } from "./support/plane.ts"
import { OTHER_API_KEY } from "./support/snapshots.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"
const THINK = { thinking: { type: "enabled", budget_tokens: 2000 } }
const TOOLS = [{ name: "look", input_schema: { type: "object", properties: { at: { type: "string" } } } }]
const CHAT_TOOLS = TOOLS.map(({ name, input_schema: parameters }) => ({
  type: "function",
  function: { name, parameters },
}))
const THOUGHT = " A thought: é, 数据.\n"
const PROMPT = `[[sim:think=${THOUGHT}]][[sim:text=Hello.]]`
const LOOP = `[[sim:think=First thought.]][[sim:call=look {"at":"a"}]][[sim:then]][[sim:think=Second.]][[sim:text=Done.]]`

interface Block {
  readonly type: string
  readonly id?: string
  readonly thinking?: string
  readonly signature?: string
  readonly text?: string
}

let system: System
let before = 0
beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
})
afterAll(() => system?.stop())
beforeEach(() => {
  before = system.simulator.seen().length
})

/** What reached the upstream since the test began. */
const seen = () => system.simulator.seen().slice(before)
const sent = () => JSON.stringify(seen().map(({ body }) => body))

interface SentBody {
  readonly request: {
    readonly systemInstruction?: { readonly parts: readonly unknown[] }
    readonly generationConfig: { readonly thinkingConfig?: { thinkingBudget: number; includeThoughts: boolean } }
    readonly contents: readonly { role: string; parts: readonly Record<string, unknown>[] }[]
  }
}

function lastSent(): SentBody["request"] {
  const body = seen().at(-1)?.body as SentBody | undefined // the envelope that we made
  if (body === undefined) throw new Error("nothing was sent")
  return body.request
}

async function messages(body: object, key?: string): Promise<Answer> {
  const headers = key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }
  return fetchAnswer(`${system.url}/v1/messages`, { body, anonymous: key !== undefined, ...headers })
}

function blocksOf(answer: Answer): readonly Block[] {
  expect(answer.status, answer.text).toBe(200)
  return (JSON.parse(answer.text) as { content: Block[] }).content // a Messages answer
}

const user = (content: unknown) => ({ role: "user", content })
const assistant = (content: unknown) => ({ role: "assistant", content })
const result = (id: unknown) => user([{ type: "tool_result", tool_use_id: id, content: "seen" }])

function claude(history: readonly unknown[], more: object = THINK): object {
  return { ...messagesBody("", { model: CLAUDE, tools: TOOLS, ...more }), messages: history }
}

const thoughtsSent = () => lastSent().contents.flatMap(({ parts }) => parts.filter((part) => part["thought"] === true))

describe("Claude through /v1/messages", () => {
  let first: readonly Block[]
  beforeEach(async () => {
    first = blocksOf(await messages(claude([user(PROMPT)])))
    expect(first.map(({ type }) => type)).toEqual(["thinking", "text"])
  })

  test("gives a thinking block with a carrier, and takes it back unaltered", async () => {
    expect(first[0]?.thinking).toBe(THOUGHT)
    expect(first[0]?.signature).toMatch(/^gw1\./)
    const second = blocksOf(await messages(claude([user(PROMPT), assistant(first), user(PROMPT)])))
    expect(second[0]?.type).toBe("thinking")
    expect(thoughtsSent()).toMatchObject([{ text: THOUGHT, thought: true, thoughtSignature: expect.any(String) }])
    expect(seen().every(({ outcome }) => outcome?.status === 200)).toBe(true)
  })

  test.each<[string, (block: Block) => Block]>([
    ["an altered thought", (block) => ({ ...block, thinking: `${block.thinking}!` })],
    ["a foreign signature on another thought", () => ({ type: "thinking", thinking: "Mine.", signature: "RWFiY2Q=" })],
    ["no signature at all (G127)", () => ({ type: "thinking", thinking: "Mine.", signature: "" })],
    ["another block's carrier", (block) => ({ ...block, thinking: "Mine." })],
    ["foreign redacted thinking", () => ({ type: "redacted_thinking", data: "abc" }) as Block],
  ])("%s is dropped and answers 200", async (_name, change) => {
    const blocks = first.map((block) => (block.type === "thinking" ? change(block) : block))
    blocksOf(await messages(claude([user(PROMPT), assistant(blocks), user(PROMPT)])))
    expect(thoughtsSent()).toEqual([])
    expect(seen().every(({ outcome }) => outcome?.status === 200)).toBe(true)
  })

  test("a tampered carrier is ignored; its text still finds its signature (G173)", async () => {
    const blocks = first.map((block) => ({ ...block, ...(block.signature && { signature: `${block.signature}x` }) }))
    blocksOf(await messages(claude([user(PROMPT), assistant(blocks), user(PROMPT)])))
    expect(thoughtsSent()).toHaveLength(1)
  })

  test("another key never gets at the signature", async () => {
    before = system.simulator.seen().length
    for (const blocks of [
      first,
      first.map((block) => (block.type === "thinking" ? { ...block, signature: "" } : block)),
    ]) {
      const answer = await messages(claude([user(PROMPT), assistant(blocks), user("and?")]), OTHER_API_KEY)
      blocksOf(answer)
      expect(thoughtsSent()).toEqual([])
    }
    expect(sent()).not.toContain("thoughtSignature")
  })

  test("is off when nobody asked, and no block is written (G107)", async () => {
    const blocks = blocksOf(await messages(claude([user(PROMPT)], {})))
    expect(blocks.map(({ type }) => type)).toEqual(["text"])
    expect(lastSent().generationConfig.thinkingConfig).toEqual({ includeThoughts: false, thinkingBudget: 0 })
  })
})

describe("a tool loop of Claude", () => {
  test("goes on with the thought that the client returned", async () => {
    const first = blocksOf(await messages(claude([user(LOOP)])))
    expect(first.map(({ type }) => type)).toEqual(["thinking", "tool_use"])
    const history = [user(LOOP), assistant(first), result(first[1]?.id)]
    const second = blocksOf(await messages(claude(history)))
    expect(second.map(({ thinking, text }) => thinking ?? text)).toEqual(["Second.", "Done."])
    expect(lastSent().generationConfig.thinkingConfig?.thinkingBudget).toBe(2000)
  })

  test("streamed and omitted, the block is its carrier, and that is enough (G108)", async () => {
    const omitted = { thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" } }
    const first = blocksOf(await messages(claude([user(LOOP)], omitted)))
    expect(first[0]).toMatchObject({ type: "thinking", thinking: "" })
    const history = [user(LOOP), assistant(first), result(first[1]?.id)]
    const answer = await messages(claude(history, { ...omitted, stream: true }))
    expect(answer.text).toContain('"signature_delta"')
    expect(answer.text).not.toContain("thinking_delta")
    expect(thoughtsSent()).toMatchObject([{ text: "First thought." }])
    expect(lastSent().generationConfig.thinkingConfig?.thinkingBudget).toBe(2000)
  })

  test("finds the thought by the call where the client returns none (Chat Completions)", async () => {
    const body = (history: readonly unknown[]) => ({
      ...chatBody("", { model: CLAUDE, tools: CHAT_TOOLS, reasoning_effort: "low" }),
      messages: history,
    })
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: body([user(LOOP)]) })
    const { message } = (JSON.parse(answer.text) as { choices: { message: ChatMessage }[] }).choices[0] ?? {} // a chat answer
    expect(message?.reasoning_content).toBe("First thought.")
    const { reasoning_content: _thought, ...rest } = message ?? {}
    const id = message?.tool_calls?.[0]?.id
    const history = [user(LOOP), rest, { role: "tool", tool_call_id: id, content: "seen" }]
    const second = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: body(history) })
    expect(second.status, second.text).toBe(200)
    expect(second.text).toContain("Done.")
    expect(thoughtsSent()).toMatchObject([{ text: "First thought." }])
    expect(lastSent().generationConfig.thinkingConfig?.thinkingBudget).toBe(1024)
  })

  test("does not think while the open loop has no signed thought (G62, G128)", async () => {
    const call = { type: "tool_use", id: "toolu_unknown", name: "look", input: {} }
    const thought = { type: "thinking", thinking: "Foreign.", signature: "" }
    blocksOf(await messages(claude([user("[[sim:text=x]]"), assistant([thought, call]), result(call.id)])))
    expect(lastSent().generationConfig.thinkingConfig).toEqual({ includeThoughts: false, thinkingBudget: 0 })
    expect(seen().map(({ outcome }) => outcome?.status)).toEqual([200])
  })

  test("through Chat Completions drops a thought that nobody knows and does not think (G62)", async () => {
    const call = { id: "call_unknown", type: "function", function: { name: "look", arguments: "{}" } }
    const history = [
      user("[[sim:text=x]] A thought of another gateway."),
      { role: "assistant", content: null, reasoning_content: "Foreign to this gateway.", tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: "seen" },
    ]
    const body = { ...chatBody("", { model: CLAUDE, tools: CHAT_TOOLS, reasoning_effort: "low" }), messages: history }
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body })
    expect(answer.status, answer.text).toBe(200)
    expect(thoughtsSent()).toEqual([])
    expect(lastSent().generationConfig.thinkingConfig).toEqual({ includeThoughts: false, thinkingBudget: 0 })
    expect(seen().map(({ outcome }) => outcome?.status)).toEqual([200])
    // With the loop closed it thinks again.
    const closed = { ...body, messages: [...history, { role: "assistant", content: "Done." }, user("[[sim:text=y]]")] }
    expect((await fetchAnswer(`${system.url}/v1/chat/completions`, { body: closed })).status).toBe(200)
    expect(lastSent().generationConfig.thinkingConfig?.thinkingBudget).toBe(1024)
  })

  test("does not think when a tool is forced (G134)", async () => {
    blocksOf(await messages(claude([user("[[sim:text=x]]")], { ...THINK, tool_choice: { type: "any" } })))
    expect(lastSent().generationConfig.thinkingConfig?.thinkingBudget).toBe(0)
  })
})

interface ChatMessage {
  readonly reasoning_content?: string
  readonly tool_calls?: readonly {
    readonly id: string
    readonly extra_content?: { google: { thought_signature: string } }
  }[]
}

describe("a signed call of Gemini 3", () => {
  const chat = (history: readonly unknown[]) => ({
    ...chatBody("", { model: GEMINI, tools: CHAT_TOOLS }),
    messages: history,
  })

  async function firstTurn(prompt = LOOP): Promise<{ message: ChatMessage; signature: string }> {
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chat([user(prompt)]) })
    expect(answer.status, answer.text).toBe(200)
    const message = (JSON.parse(answer.text) as { choices: { message: ChatMessage }[] }).choices[0]?.message ?? {} // a chat answer
    const signature = message.tool_calls?.[0]?.extra_content?.google.thought_signature
    expect(signature).toEqual(expect.any(String))
    return { message, signature: signature ?? "" }
  }

  const signaturesSent = () =>
    lastSent().contents.flatMap(({ parts }) => parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []))

  test.each<[string, (call: object) => object]>([
    ["is found by its id (G59)", (call) => ({ ...call, extra_content: undefined })],
    ["comes back with the call (G60)", (call) => call],
    [
      "wins over a value that nobody knows (G60)",
      (call) => ({ ...call, extra_content: { google: { thought_signature: "x" } } }),
    ],
  ])("%s", async (_name, change) => {
    const { message, signature } = await firstTurn()
    const calls = message.tool_calls?.map(change)
    const history = [
      user(LOOP),
      { role: "assistant", content: null, tool_calls: calls },
      { role: "tool", tool_call_id: message.tool_calls?.[0]?.id, content: "seen" },
    ]
    const second = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chat(history) })
    expect(second.status, second.text).toBe(200)
    expect(signaturesSent()).toEqual([signature])
  })

  test.each<[string, string, string[]]>([
    ["is found by what the turn said where the client gives its calls other ids", LOOP, []],
    ["is not found where the client says something else", LOOP, [" changed"]],
  ])("%s", async (_name, prompt, changes) => {
    const { message, signature } = await firstTurn()
    const calls = message.tool_calls?.map((call) => ({ ...call, id: "call_0", extra_content: undefined }))
    const history = [
      user(prompt),
      { role: "assistant", content: changes.join("") || null, tool_calls: calls },
      { role: "tool", tool_call_id: "call_0", content: "seen" },
    ]
    const second = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chat(history) })
    expect(second.status, second.text).toBe(200)
    expect(signaturesSent()).toEqual(changes.length === 0 ? [signature] : ["skip_thought_signature_validator"])
  })

  test("has the sentinel under another key (G61)", async () => {
    const { message, signature } = await firstTurn()
    const history = [
      user(LOOP),
      { role: "assistant", content: null, tool_calls: message.tool_calls },
      { role: "tool", tool_call_id: message.tool_calls?.[0]?.id, content: "seen" },
    ]
    const headers = { authorization: `Bearer ${OTHER_API_KEY}` }
    const url = `${system.url}/v1/chat/completions`
    const second = await fetchAnswer(url, { body: chat(history), anonymous: true, headers })
    expect(second.status, second.text).toBe(200)
    expect(signaturesSent()).toEqual(["skip_thought_signature_validator"])
    expect(signaturesSent()).not.toContain(signature)
  })

  test("serves a conversation that moves to /v1/messages and to Claude (G170)", async () => {
    const { message, signature } = await firstTurn(`${LOOP} Moves.`)
    const id = message.tool_calls?.[0]?.id
    const history = [
      user(`${LOOP} Moves.`),
      assistant([{ type: "tool_use", id, name: "look", input: { at: "a" } }]),
      result(id),
    ]
    blocksOf(await messages(claude(history, { model: GEMINI })))
    expect(signaturesSent()).toEqual([signature])
    blocksOf(await messages(claude(history)))
    expect(signaturesSent()).toEqual([])
    expect(seen().every(({ outcome }) => outcome?.status === 200)).toBe(true)
  })
})

describe("a refused signature", () => {
  test("is taken out and the request sent once more, to the same account, which is not punished (G171)", async () => {
    const first = blocksOf(await messages(claude([user(PROMPT)])))
    before = system.simulator.seen().length
    system.simulator.script({ fault: { kind: "claude-invalid-signature" }, times: 1 })
    blocksOf(await messages(claude([user(PROMPT), assistant(first), user(PROMPT)])))
    const [refused, repaired] = seen()
    expect(seen().map(({ outcome }) => outcome?.status)).toEqual([400, 200])
    expect(repaired?.account).toBe(refused?.account)
    expect(JSON.stringify(refused?.body)).toContain("thoughtSignature")
    expect(JSON.stringify(repaired?.body)).not.toContain("thoughtSignature")
    expect(system.plane.pool.facts()).toMatchObject({ inFlight: 0 })
    // Both accounts go on taking turns.
    for (const what of ["one", "two"]) blocksOf(await messages(claude([user(`${PROMPT} Conversation ${what}.`)])))
    expect(new Set(seen().map(({ account }) => account)).size).toBe(2)
  })

  test("is taken out too where the client never had it", async () => {
    const body = (history: readonly unknown[]) => ({
      ...chatBody("", { model: GEMINI, tools: CHAT_TOOLS }),
      messages: history,
    })
    const url = `${system.url}/v1/chat/completions`
    const answer = await fetchAnswer(url, { body: body([user(LOOP)]) })
    const call = (JSON.parse(answer.text) as { choices: { message: ChatMessage }[] }).choices[0]?.message
      .tool_calls?.[0] // a chat answer
    const calls = [{ ...call, extra_content: undefined }]
    const history = [
      user(LOOP),
      { role: "assistant", content: null, tool_calls: calls },
      { role: "tool", tool_call_id: call?.id, content: "seen" },
    ]
    before = system.simulator.seen().length
    system.simulator.script({ fault: { kind: "corrupted-signature" }, times: 1 })
    const second = await fetchAnswer(url, { body: body(history) })
    expect(second.status, second.text).toBe(200)
    const [refused, repaired] = seen().map((one) => JSON.stringify(one.body))
    expect(refused).toContain(call?.extra_content?.google.thought_signature ?? "missing")
    expect(repaired).toContain('"thoughtSignature":"skip_thought_signature_validator"')
    const record = await waitFor(() =>
      system.link.find("exchange").find(({ exchangeId }) => exchangeId === second.headers["x-request-id"]),
    )
    expect(record.dropped).toContain("turns[1].parts[0].signature")
  })

  test("is told when it comes again", async () => {
    system.simulator.script({ fault: { kind: "claude-invalid-signature" }, times: 2 })
    const answer = await messages(claude([user(PROMPT)]))
    expect(answer.status).toBe(400)
    expect(seen()).toHaveLength(2)
  })

  test("is told at once when the request holds nothing to take out", async () => {
    system.simulator.script({ fault: { kind: "claude-invalid-signature" }, times: 1 })
    const answer = await messages(claude([user(PROMPT)], {}))
    expect(answer.status).toBe(400)
    expect(seen()).toHaveLength(1)
  })
})

describe("settings of translation", () => {
  afterEach(() => system.push({ settings: { thinkingBudgets: EFFORT_TABLE, attributionBlock: "drop" } }))

  test("say what an effort means, without a restart (G54, G133)", async () => {
    const ask = (model: string, effort: string) =>
      messages(claude([user("[[sim:text=x]]")], { model, thinking: { type: "adaptive" }, output_config: { effort } }))
    const budgetOf = async (model: string, effort: string) => {
      blocksOf(await ask(model, effort))
      return lastSent().generationConfig.thinkingConfig?.thinkingBudget
    }
    expect([await budgetOf(GEMINI, "low"), await budgetOf(CLAUDE, "max")]).toEqual([1024, 62_976])
    await system.push({ settings: { thinkingBudgets: { ...EFFORT_TABLE, low: 2048, max: 4096 } } })
    expect([await budgetOf(GEMINI, "low"), await budgetOf(CLAUDE, "max")]).toEqual([2048, 4096])
  })

  test.each([
    ["drop", 1, ["system[0]"]],
    ["keep", 2, []],
  ] as const)("%s Claude Code's attribution block (G119)", async (attributionBlock, parts, dropped) => {
    await system.push({ settings: { attributionBlock } })
    const blocks = ["x-anthropic-billing-header: cc_version=2.1.330; cch=0;", "You are an agent."]
    const answer = await messages({
      ...messagesBody("[[sim:text=x]]", { model: CLAUDE }),
      system: blocks.map((text) => ({ type: "text", text })),
    })
    blocksOf(answer)
    expect(lastSent().systemInstruction?.parts).toHaveLength(parts)
    const record = await waitFor(() =>
      system.link.find("exchange").find(({ exchangeId }) => exchangeId === answer.headers["x-request-id"]),
    )
    expect(record.dropped).toEqual(dropped)
  })
})

test("an account that is gone in the middle is no loss: the next one takes the signatures (G174)", async () => {
  const first = blocksOf(await messages(claude([user(LOOP)])))
  const used = seen().at(-1)?.account
  await system.push({ accounts: system.accounts.filter(({ label }) => used?.startsWith(label) !== true) })
  blocksOf(await messages(claude([user(LOOP), assistant(first), result(first[1]?.id)])))
  expect(seen().at(-1)?.account).not.toBe(used)
  expect(thoughtsSent()).toHaveLength(1)
  await system.push({ accounts: system.accounts })
})

test("a gateway that is started anew still has the signatures (G172)", async () => {
  const own = await startSystem()
  try {
    const ask = (url: string, history: readonly unknown[]) =>
      fetchAnswer(`${url}/v1/messages`, { body: claude(history) })
    const first = blocksOf(await ask(own.url, [user(LOOP)]))
    // Written after the answer: the thought by its text, its signature, the thought by its call, and the turn by what it said.
    const journal = join(own.directory, "data-plane", "signatures.sealed")
    await waitFor(() => readFileSync(journal, "utf8").trim().split("\n").length === 4)
    const log = createLogger({ level: "debug", format: "json", write: () => undefined })
    const second = await startDataPlane(configFor(own.link.url, own.directory), log)
    try {
      const renamed = { ...first[1], id: "toolu_of_the_client" }
      for (const blocks of [first, first.slice(1), [renamed]]) {
        blocksOf(await ask(second.url, [user(LOOP), assistant(blocks), result(blocks.at(-1)?.id)]))
        const body = JSON.stringify(own.simulator.seen().at(-1)?.body)
        expect(body).toContain('"text":"First thought.","thought":true,"thoughtSignature":')
      }
    } finally {
      await second.drain(0)
    }
  } finally {
    await own.stop()
  }
})
