/** The pool over real sockets: the prompt cache of conversations, and what one key's flood does to the others. */
import type { ClientRequest } from "node:http"
import { accountId } from "#shared/ids.ts"
import { poolStrategies } from "#shared/pool-strategy.ts"
import { afterEach, describe, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { fetchAnswer, open } from "./support/client.ts"
import { API_KEY, MODEL, OTHER_API_KEY, THIRD_API_KEY } from "./support/snapshots.ts"
import { startSystem, type System } from "./support/plane.ts"

let system: System
afterEach(async () => {
  await system.stop()
})

interface Message {
  readonly role: string
  readonly content: string
}

/** A chat client that sends the whole conversation again with every turn. */
class Conversation {
  readonly #messages: Message[] = [{ role: "system", content: "You are careful. ".repeat(40) }]
  readonly #name: string
  readonly #headers: Readonly<Record<string, string>>
  prompt = 0
  cached = 0
  accounts = new Set<string>()

  constructor(name: string, headers: Readonly<Record<string, string>> = {}) {
    this.#name = name
    this.#headers = headers
  }

  async turn(text: string): Promise<void> {
    this.#messages.push({ role: "user", content: `${this.#name}: ${text} [[sim:words=60]]` })
    const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, {
      headers: { "x-lagrange-explain": "1", ...this.#headers },
      body: { model: MODEL, messages: this.#messages },
    })
    expect(answer.status).toBe(200)
    const body = JSON.parse(answer.text) as ChatAnswer // the data plane's, which its own tests check
    const [choice] = body.choices
    this.#messages.push({ role: "assistant", content: choice?.message.content ?? "" })
    this.prompt += body.usage.prompt_tokens
    this.cached += body.usage.prompt_tokens_details?.cached_tokens ?? 0
    this.accounts.add(String(answer.headers["x-lagrange-account"]))
  }

  get hitRate(): number {
    return this.cached / this.prompt
  }
}

const percent = ({ hitRate }: Conversation): string => `${(hitRate * 100).toFixed(1)} %`

interface ChatAnswer {
  readonly choices: readonly { readonly message: { readonly content: string } }[]
  readonly usage: {
    readonly prompt_tokens: number
    readonly prompt_tokens_details?: { readonly cached_tokens?: number }
  }
}

describe("the prompt cache", () => {
  const TURNS = 25

  /** One long conversation, with those of others between its turns. */
  async function hitRate(
    accounts: number,
    headers: Readonly<Record<string, string>>,
    disturb?: (turn: number) => void,
  ) {
    system = await startSystem({ accounts })
    const one = new Conversation("one", headers)
    const all = [one]
    for (let turn = 0; turn < TURNS; turn++) {
      disturb?.(turn)
      await one.turn(`turn ${turn}`)
      const other = new Conversation(`another ${turn}`)
      await other.turn("hello")
      all.push(other)
    }
    const inputTokens = all.reduce((before, { prompt }) => before + prompt, 0)
    const cachedInputTokens = all.reduce((before, { cached }) => before + cached, 0)
    // What the clients were told is what the operator sees.
    const told = () => system.link.find("heartbeat").at(-1)?.promptCache
    await waitFor(() => told()?.inputTokens === inputTokens)
    expect(told()).toEqual({ windowMs: 600_000, inputTokens, cachedInputTokens })
    return one
  }

  test.each([
    ["known by its header", { "x-session-id": "session-1" }],
    ["known by its opening", {}],
  ])("is as good among twelve accounts as on one, for a conversation %s", async (_title, headers) => {
    const alone = await hitRate(1, headers)
    await system.stop()
    const among = await hitRate(12, headers)
    expect(among.accounts.size).toBe(1)
    expect(among.hitRate).toBeGreaterThan(0.8)
    expect(among.hitRate).toBeCloseTo(alone.hitRate, 3)
    process.stdout.write(
      `prompt cache over ${TURNS} turns: ${percent(among)} among 12 accounts, ${percent(alone)} on one\n`,
    )
  })

  test("is built anew once where the home cools, and not with every turn afterwards", async () => {
    let home: string | undefined
    const among = await hitRate(12, { "x-session-id": "session-1" }, (turn) => {
      if (turn === 1) home = system.simulator.seen().at(0)?.account
      if (turn !== 10 || home === undefined) return
      const scope = { type: "account", accountId: accountId(home) } as const
      const now = Date.now()
      system.plane.pool.cool({ scope, cause: "rate", evidence: "test", since: now, until: now + 3_600_000 })
    })
    expect(among.accounts.size).toBe(2)
    expect(among.hitRate).toBeGreaterThan(0.8)
  })
})

describe("a flood", () => {
  test("of one key leaves the others nine tenths of their fair share at least", async () => {
    const SLOTS = 3
    const EACH = 18
    const FLOOD = 50 * EACH
    system = await startSystem({ accounts: SLOTS, settings: { maxConcurrentPerAccount: 1 } })
    const { pool, store } = system.plane
    if (store.current === undefined) throw new Error("no snapshot")
    const ask = { model: MODEL, exclude: new Set<never>(), snapshot: store.current, waitMs: 0 }
    const never = new AbortController().signal
    const held = await Promise.all(Array.from({ length: SLOTS }, () => pool.acquire(ask, never)))
    const served = new Map<string, number>([API_KEY, OTHER_API_KEY, THIRD_API_KEY].map((key) => [key, 0]))
    const requests = new Set<ClientRequest>()
    /** Of all, when the last of the others was answered. */
    let total: number | undefined
    const send = (key: string): void => {
      const request = open(`${system.url}/v1/chat/completions`, {
        anonymous: true,
        headers: { authorization: `Bearer ${key}` },
        body: { model: MODEL, messages: [{ role: "user", content: "[[sim:text=ok]][[sim:delay=10]]" }] },
      })
      requests.add(request)
      request.on("error", () => undefined)
      request.on("response", (message) => {
        message.resume()
        message.on("end", () => {
          requests.delete(request)
          if (message.statusCode === 200) served.set(key, (served.get(key) ?? 0) + 1)
          if (served.get(OTHER_API_KEY) === EACH && served.get(THIRD_API_KEY) === EACH) total ??= sum(served)
        })
      })
    }
    // The flood is there first, and all wait in one line when the slots come free.
    for (let turn = 0; turn < FLOOD; turn++) send(API_KEY)
    await waitFor(() => pool.facts().waiting === FLOOD, 60_000)
    for (const key of [OTHER_API_KEY, THIRD_API_KEY]) for (let turn = 0; turn < EACH; turn++) send(key)
    await waitFor(() => pool.facts().waiting === FLOOD + 2 * EACH, 60_000)
    for (const lease of held) lease.release()
    await waitFor(() => total !== undefined, 60_000)
    for (const request of requests) request.destroy()
    const share = (total ?? 0) / served.size
    process.stdout.write(`while ${FLOOD} requests of one key wait, two others got ${EACH} each of ${total} answers\n`)
    expect(EACH).toBeGreaterThanOrEqual(share * 0.9)
    await waitFor(() => pool.facts().waiting === 0 && pool.facts().inFlight === 0, 60_000)
  })
})

describe("the limit of an account", () => {
  test("is what the upstream sees at the most, whatever comes at once", async () => {
    const LIMIT = 2
    const EXCHANGES = 1_000
    const CLIENTS = 40
    system = await startSystem({
      accounts: 4,
      settings: { maxConcurrentPerAccount: LIMIT, poolStrategies: poolStrategies(() => "least-in-flight") },
    })
    let sent = 0
    const client = async (key: string): Promise<void> => {
      while (sent < EXCHANGES) {
        const number = sent++
        const content = `${number % 90} [[sim:text=ok]][[sim:delay=${(number * 7) % 11}]]`
        const { status } = await fetchAnswer(`${system.url}/v1/chat/completions`, {
          anonymous: true,
          headers: { authorization: `Bearer ${key}` },
          body: { model: number % 3 === 0 ? "gemini-3.1-flash-lite" : MODEL, messages: [{ role: "user", content }] },
        })
        expect(status).toBe(200)
      }
    }
    const keys = [API_KEY, OTHER_API_KEY, THIRD_API_KEY]
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(keys[index % keys.length] ?? API_KEY)))
    const counted = Object.values(system.simulator.concurrency())
    expect(counted).toHaveLength(4)
    for (const { current, maximum } of counted) expect([current, maximum]).toEqual([0, LIMIT])
    expect(system.plane.pool.facts()).toMatchObject({ inFlight: 0, waiting: 0 })
  })
})

describe("what an operator sets", () => {
  /** Whose account answers a conversation that nobody has seen before. */
  async function servedBy(turns: number): Promise<string[]> {
    const accounts: string[] = []
    for (let turn = 0; turn < turns; turn++) {
      const content = `${accounts.length} ${system.plane.store.version} [[sim:text=ok]]`
      const { headers } = await fetchAnswer(`${system.url}/v1/chat/completions`, {
        headers: { "x-lagrange-explain": "1" },
        body: { model: MODEL, messages: [{ role: "user", content }] },
      })
      accounts.push(String(headers["x-lagrange-account"]))
    }
    return accounts
  }

  test("acts with the next snapshot: strategy, weight, priority, disabled models and a used-up quota", async () => {
    system = await startSystem({ accounts: 3 })
    const [first, second, third] = system.accounts
    if (first === undefined || second === undefined || third === undefined) throw new Error("no accounts")
    expect(new Set(await servedBy(3)).size).toBe(3)
    await system.push({ settings: { poolStrategies: poolStrategies(() => "fill-first") } })
    expect(await servedBy(3)).toEqual(["account-1", "account-1", "account-1"])
    await system.push({ accounts: [first, { ...second, weight: 5 }, third] })
    expect(await servedBy(2)).toEqual(["account-2", "account-2"])
    await system.push({ accounts: [first, second, { ...third, priority: 1 }] })
    expect(await servedBy(2)).toEqual(["account-3", "account-3"])
    await system.push({ accounts: [first, second, { ...third, priority: 1, disabledModels: [MODEL] }] })
    expect(await servedBy(2)).toEqual(["account-1", "account-1"])
    const now = Date.now()
    const empty = {
      bucket: "gemini",
      window: "weekly",
      remainingFraction: 0.1,
      source: "summary",
      readAt: now,
    } as const
    const quota = [{ ...empty, resetsAt: now + 3_600_000 }]
    await system.push({ accounts: [{ ...first, quota, reserve: 0.2 }, second, { ...third, disabledModels: [MODEL] }] })
    expect(await servedBy(2)).toEqual(["account-2", "account-2"])
  })
})

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
