/** Settings, changed while the pool serves: control plane, data plane and simulator over real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { chatBody, fetchAnswer, messagesBody } from "../../data-plane/test/support/client.ts"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { generationsSeen } from "../support/seen.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
beforeAll(async () => {
  planes = await startPlanes({ env: { MAX_CONCURRENT_PER_ACCOUNT: "0" } })
  for (const name of ["a", "b", "c"]) await planes.addAccount(`${name}@example.test`)
})
afterEach(() => planes.simulator.clearFaults())
afterAll(() => planes.stop())

const calls = (): number => generationsSeen(planes.simulator).length

describe("POOL_STRATEGY", () => {
  const OTHERS = "claude-sonnet-4-6"

  async function served(count: number, model?: string): Promise<Record<string, number>> {
    const who: Record<string, number> = {}
    for (let turn = 0; turn < count; turn++) {
      const answer = await planes.ask(`${Math.random()} [[sim:text=ok]]`, model === undefined ? {} : { model })
      who[accountOf(answer)] = (who[accountOf(answer)] ?? 0) + 1
    }
    return who
  }

  test("changes for one group of models at once, and for no other", async () => {
    expect(Object.values(await served(6))).toEqual([2, 2, 2])
    await planes.set("POOL_STRATEGY", "third_party=fill-first")
    expect(Object.values(await served(6, OTHERS))).toEqual([6])
    expect(Object.values(await served(6))).toEqual([2, 2, 2])
    await planes.set("POOL_STRATEGY", "fill-first,third_party=round-robin")
    expect(Object.values(await served(6))).toEqual([6])
    expect(Object.values(await served(6, OTHERS))).toEqual([2, 2, 2])
  })

  test("loses neither what runs, nor who waits, nor where a conversation lives", async () => {
    await planes.set("POOL_STRATEGY", "round-robin")
    await planes.set("MAX_CONCURRENT_PER_ACCOUNT", "2")
    const facts = () => planes.plane.pool.facts()
    const turn = async (conversation: string) => accountOf(await planes.ask("[[sim:text=ok]]", { conversation }))
    const homes = [await turn("one"), await turn("two"), await turn("three")]
    expect(new Set(homes).size).toBe(3)
    const { conversations } = facts()

    planes.simulator.script({ fault: { kind: "hang-before-headers" }, times: 6 })
    const before = calls()
    const [first, ...others] = Array.from({ length: 6 }, (_, index) => planes.open(`runs ${index}`))
    await waitFor(() => calls() === before + 6)
    const waits = planes.ask("waits [[sim:text=served]]")
    await waitFor(() => facts().waiting === 1)
    await planes.set("POOL_STRATEGY", "fill-first")
    expect(facts()).toMatchObject({ inFlight: 6, waiting: 1, conversations: conversations + 6 })
    expect(Object.values(planes.plane.pool.inFlightByAccount())).toEqual([2, 2, 2])

    first?.destroy()
    expect((await waits).status).toBe(200)
    for (const one of others) one.destroy()
    await waitFor(() => facts().inFlight === 0)
    expect([await turn("one"), await turn("two"), await turn("three")]).toEqual(homes)
    // A new one goes where the new rule sends it.
    expect(await turn("four")).toBe(await turn("five"))
    await planes.set("MAX_CONCURRENT_PER_ACCOUNT", "0")
  })
})

describe("the budget of attempts", () => {
  test("MAX_ATTEMPTS is how often one request is sent", async () => {
    planes.simulator.script({ fault: { kind: "internal" } })
    for (const most of [1, 2]) {
      await planes.set("MAX_ATTEMPTS", String(most))
      const before = calls()
      expect((await planes.ask(`at most ${most}`)).status).toBe(502)
      expect(calls() - before).toBe(most)
    }
  })

  test("ATTEMPT_BUDGET_MS is how long it is tried again", async () => {
    await planes.set("MAX_ATTEMPTS", "2")
    planes.simulator.script({ fault: { kind: "capacity-retry", delayMs: 1_500 } })
    const asked = async (): Promise<number> => {
      const before = calls()
      expect((await planes.ask(`${before}`)).status).toBeGreaterThanOrEqual(429)
      planes.plane.pool.release({ type: "model", model: "gemini-3-flash" })
      return calls() - before
    }
    // What the upstream tells to be waited for does not fit, and then it does.
    await planes.set("ATTEMPT_BUDGET_MS", "1000")
    expect(await asked()).toBe(1)
    await planes.set("ATTEMPT_BUDGET_MS", "60000")
    expect(await asked()).toBe(2)
  })
})

/** What the upstream was sent last. */
function lastSent(): SentRequest {
  const seen = generationsSeen(planes.simulator).at(-1)
  if (seen === undefined) throw new Error("nothing was sent")
  return seen as unknown as SentRequest // the envelope is our own
}
interface SentRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: {
    readonly request: { readonly generationConfig?: { readonly thinkingConfig?: { readonly thinkingBudget?: number } } }
  }
}

async function post(path: string, body: object): Promise<{ status: number; code: unknown; text: string }> {
  const answer = await fetchAnswer(`${planes.plane.url}${path}`, {
    headers: { authorization: `Bearer ${planes.key}` },
    body,
  })
  const told = JSON.parse(answer.text) as { error?: { code?: unknown } } // an error of OpenAI's, or an answer
  return { status: answer.status, code: told.error?.code, text: answer.text }
}

async function unset(name: string): Promise<void> {
  const document = `mutation { updateSettings(input: { unset: [${name}] }) { ... on Failure { message } } }`
  expect(await planes.control.data(document)).toEqual({ updateSettings: {} })
  await planes.settled()
}

/** While a setting has this value; afterwards it is the environment's again. */
async function during<T>(name: string, value: string, run: () => Promise<T>): Promise<T> {
  await planes.set(name, value)
  try {
    return await run()
  } finally {
    await unset(name)
  }
}

describe("how long a request waits", () => {
  const waiting = (): number => planes.plane.pool.facts().waiting

  /** One request that is refused at once, and one that waits and is served when `free` makes room. */
  async function expectBoth(setting: string, status: number, free: () => void): Promise<void> {
    await during(setting, "1", async () => {
      let answered: number | undefined
      void planes.ask("impatient").then((answer) => (answered = answer.status))
      // Sooner than after the minute that POOL_WAIT_MS is by itself.
      expect(await waitFor(() => answered, 30_000)).toBe(status)
    })
    await during(setting, "60000", async () => {
      const waits = planes.ask("patient [[sim:text=served]]")
      await waitFor(() => waiting() === 1)
      free()
      expect((await waits).status).toBe(200)
    })
  }

  test("POOL_WAIT_MS, for a slot that MAX_CONCURRENT_PER_MODEL leaves", async () => {
    await planes.set("MAX_CONCURRENT_PER_MODEL", "1")
    planes.simulator.script({ fault: { kind: "hang-before-headers" }, times: 1 })
    const before = calls()
    const running = planes.open("runs")
    await waitFor(() => calls() === before + 1)
    await expectBoth("POOL_WAIT_MS", 429, () => running.destroy())
    await unset("MAX_CONCURRENT_PER_MODEL")
  })

  test("POOL_COOLING_WAIT_MS, while all accounts rest", async () => {
    const scope = { type: "model", model: "gemini-3-flash" } as const
    const since = Date.now()
    planes.plane.pool.cool({ scope, cause: "capacity", evidence: "", since, until: since + 50_000 })
    await expectBoth("POOL_COOLING_WAIT_MS", 503, () => planes.plane.pool.release(scope))
  })

  test.each([
    ["FIRST_BYTE_TIMEOUT_MS", { kind: "hang-before-headers" }],
    ["STREAM_IDLE_TIMEOUT_MS", { kind: "hang-mid-stream", after: 2 }],
  ])("%s, for an upstream that is silent", async (setting, fault) => {
    planes.simulator.script({ fault, times: 1 })
    const body = chatBody("[[sim:chunks=6]] [[sim:text=of six pieces]]")
    const answer = await during("MAX_ATTEMPTS", "1", () =>
      during(setting, "1", () => post("/v1/chat/completions", body)),
    )
    expect(answer).toMatchObject({ status: 504, code: "timeout" })
  })
})

describe("what is sent", () => {
  test("ANTIGRAVITY_USER_AGENT", async () => {
    const sent = async (): Promise<string | undefined> => {
      await planes.ask("[[sim:text=ok]]")
      return lastSent().headers["user-agent"]
    }
    expect(await during("ANTIGRAVITY_USER_AGENT", "lagrange/9.9.9 (of the operator)", sent)).toBe(
      "lagrange/9.9.9 (of the operator)",
    )
    expect(await sent()).not.toContain("operator")
  })

  test("THINKING_BUDGETS", async () => {
    const body = chatBody("Hi", { model: "claude-sonnet-4-6", reasoning_effort: "low" })
    const budget = async (): Promise<unknown> => {
      expect((await post("/v1/chat/completions", body)).status).toBe(200)
      return lastSent().body.request.generationConfig?.thinkingConfig?.thinkingBudget
    }
    expect(await during("THINKING_BUDGETS", "low=2222", budget)).toBe(2_222)
    expect(await budget()).not.toBe(2_222)
  })

  test("ATTRIBUTION_BLOCK", async () => {
    const texts = ["x-anthropic-billing-header: cc_version=2.1.330; cch=0;", "You are an agent."]
    const system = texts.map((text) => ({ type: "text", text }))
    const isSent = async (): Promise<boolean> => {
      expect((await post("/v1/messages", messagesBody("Hi", { system }))).status).toBe(200)
      return JSON.stringify(lastSent().body).includes("x-anthropic-billing-header")
    }
    expect(await during("ATTRIBUTION_BLOCK", "keep", isSent)).toBe(true)
    expect(await isSent()).toBe(false)
  })

  test("DEFAULT_MODEL", async () => {
    const status = async (): Promise<number> => (await post("/v1/responses", { input: "[[sim:text=ok]]" })).status
    expect(await status()).toBe(400)
    expect(await during("DEFAULT_MODEL", "gemini-3-flash", status)).toBe(200)
  })

  test("FETCH_REMOTE_MEDIA", async () => {
    const content = [{ type: "image_url", image_url: { url: "http://127.0.0.1/a.png" } }]
    const code = async (): Promise<unknown> => {
      const body = { ...chatBody(""), messages: [{ role: "user", content }] }
      return (await post("/v1/chat/completions", body)).code
    }
    // Only public addresses are ever fetched.
    expect(await code()).toBe("invalid_value")
    expect(await during("FETCH_REMOTE_MEDIA", "off", code)).toBe("unsupported_parameter")
  })
})

test("POOL_PAUSE_ON_WALLS: two accounts that meet one pause no pool where it is off", async () => {
  await planes.set("POOL_PAUSE_ON_WALLS", "off")
  planes.simulator.script({ fault: { kind: "validation-required" }, times: 2 })
  const answer = await planes.ask("two walls [[sim:text=ok]]")
  expect([answer.status, answer.headers["x-lagrange-attempts"]]).toEqual([200, "validation,validation,ok"])
  const { pool } = await planes.control.data<{ pool: object }>("{ pool { pausedSince } }")
  expect(pool).toEqual({ pausedSince: null })
})

// The last: what comes of an address where nobody is stays for a while.
test("ANTIGRAVITY_BASE_URLS is where it goes", async () => {
  const before = calls()
  await planes.set("ANTIGRAVITY_BASE_URLS", "http://127.0.0.1:9")
  expect((await planes.ask("nowhere")).status).toBeGreaterThanOrEqual(500)
  expect(calls()).toBe(before)
  await unset("ANTIGRAVITY_BASE_URLS")
  expect((await planes.ask("where it was [[sim:text=ok]]")).status).toBe(200)
})
