/** Each way an upstream fails, to what the client gets and how often it was tried. Real sockets, the strict simulator. */
import { REPORT_BATCH_MS } from "#shared/link-protocol.ts"
import { upstreamDialects } from "#data-plane/dialects/index.ts"
import { afterEach, describe, expect, test, vi } from "vitest"
import { isAnswering } from "../../test/support/seen.ts"
import { generationsSeen } from "../../test/support/seen.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer, messagesBody, type Answer } from "./support/client.ts"
import { startSystem, type System, type SystemOptions } from "./support/plane.ts"
import { steeredClock, type SteeredClock } from "./support/steered-clock.ts"

let system: System
let clock: SteeredClock
afterEach(() => system?.stop())

async function begin(options: SystemOptions = {}): Promise<void> {
  clock = steeredClock()
  system = await startSystem({ accounts: 2, plane: { clock }, ...options })
}

const ask = (path: string, body: object): Promise<Answer> =>
  clock.during(fetchAnswer(`${system.url}${path}`, { body }), () => isAnswering(system.simulator))

async function record(answer: Answer) {
  const id = answer.headers["x-request-id"]
  return waitFor(() => {
    clock.advance(REPORT_BATCH_MS)
    return system.link.find("exchange").find((item) => item.exchangeId === id)
  })
}

/** One request to two healthy accounts, with the fault in the way `times` times. */
async function meet(kind: string, options: object, times: number, stream = false): Promise<Answer> {
  await begin({ settings: { firstByteTimeoutMs: 4_000, streamIdleTimeoutMs: 4_000 } })
  system.simulator.script({ fault: { kind, ...options }, times })
  return ask("/v1/chat/completions", chatBody("[[sim:chunks=4]][[sim:text=all is well]]", { stream }))
}

describe("a fault that strikes once before content is not seen by the client", () => {
  test.each([
    ["internal", {}],
    ["bad-gateway", {}],
    ["gateway-timeout", {}],
    ["capacity", {}],
    ["rate-limit-short", {}],
    ["rate-limit-long", {}],
    ["quota-model", {}],
    ["quota-without-time", {}],
    ["bare-429", {}],
    ["unauthenticated", {}],
    ["validation-required", {}],
    ["terms-violation", {}],
    ["terms-violation-old", {}],
    ["service-disabled", {}],
    ["subscription-required", {}],
    ["forbidden", {}],
    ["location", {}],
    ["not-found", {}],
    ["credits-exhausted", {}],
    ["reset-before-headers", {}],
    ["reset-after-headers", {}],
    ["hang-before-headers", {}],
    ["error-in-200", { after: 0 }],
    ["error-in-200", { after: 0, where: "response" }],
    ["non-json-event", {}],
    ["empty-answer", {}],
    ["no-events", {}],
    ["signature-only", {}],
    ["finish", { reason: "MALFORMED_FUNCTION_CALL", after: 0 }],
  ])("%s %j", async (kind, options) => {
    const answer = await meet(kind, options, 1)
    if (kind === "unauthenticated") expect(system.link.find("credential-refused").length).toBeGreaterThan(0)
    expect(answer.status).toBe(200)
    expect(answerText(answer)).toBe("all is well")
    expect((await record(answer)).attempts).toHaveLength(2)
  })
})

describe("a fault that stays ends with its status and within four attempts", () => {
  test.each([
    // kind, status, code, attempts
    ["internal", 502, "upstream_error", 4],
    ["quota-model", 429, "usage_limit_reached", 2],
    ["rate-limit-long", 429, "rate_limit_exceeded", 2],
    ["bare-429", 429, undefined, 2],
    ["validation-required", 503, "no_upstream_account", 2],
    ["terms-violation", 503, "no_upstream_account", 2],
    ["forbidden", 503, "no_upstream_account", 2],
    ["location", 400, undefined, 2],
    ["invalid-argument", 400, undefined, 1],
    ["prompt-too-long", 400, "context_length_exceeded", 1],
    ["payload-too-large", 400, undefined, 1],
    ["not-found", 404, "model_not_found", 2],
    ["sorry-page", 503, undefined, 1],
    ["version-unsupported", 502, undefined, 1],
    ["plain-text", 502, undefined, 1],
    ["hang-before-headers", 504, "timeout", 2],
    ["empty-answer", 502, undefined, 4],
    ["reset-before-headers", 502, undefined, 4],
  ])("%s", async (kind, status, code, attempts) => {
    const answer = await meet(kind, {}, 100)
    expect(answer.status).toBe(status)
    expect(answer.status).not.toBe(401)
    expect(answer.status).not.toBe(403)
    const ended = await record(answer)
    expect(ended.attempts.map((attempt) => attempt.failureClass)).toHaveLength(attempts)
    expect(ended.outcome).toBe("failed")
    if (code !== undefined && kind !== "internal") expect([errorOf(answer).code, errorOf(answer).type]).toContain(code)
    expect(answer.text).not.toMatch(/sim-project|example\.com|127\.0\.0\.1|ya29/)
    expect(system.plane.pool.facts().inFlight).toBe(0)
  })
})

describe("G31 G176 a stream that breaks after content ends in an error, never in a clean stop, and is not tried again", () => {
  test.each([
    ["truncated", {}],
    ["reset-mid-stream", { after: 2 }],
    ["cut-mid-event", { after: 2 }],
    ["non-json-event", { after: 2 }],
    ["error-in-200", { after: 2 }],
    ["hang-mid-stream", { after: 2 }],
  ])("%s %j", async (kind, options) => {
    const streamed = await meet(kind, options, 1, true)
    expect(streamed.status).toBe(200)
    expect(answerText(streamed)).not.toBe("")
    expect(streamed.text).toMatch(/"error":\{/)
    expect(streamed.text).not.toMatch(/"finish_reason":"/)
    const ended = await record(streamed)
    expect(ended.attempts).toHaveLength(1)
    expect(ended.outcome).not.toBe("completed")
    system.simulator.script({ fault: { kind, ...options }, times: 1 })
    const whole = await ask("/v1/messages", messagesBody("[[sim:chunks=4]][[sim:text=x y z w]]"))
    expect(whole.status).toBeGreaterThanOrEqual(500)
    expect(whole.text).not.toContain("x y")
  })
})

describe("finish reasons are ends, not failures", () => {
  test.each([
    ["SAFETY", "content_filter"],
    ["MAX_TOKENS", "length"],
    ["OTHER", "stop"],
  ])("%s after content", async (reason, finish) => {
    const answer = await meet("finish", { reason }, 1, true)
    expect(answer.text).toContain(`"finish_reason":"${finish}"`)
    expect(answer.text).toMatch(/data: \[DONE\]\s*$/)
  })

  test("a blocked prompt is an answer", async () => {
    const answer = await meet("prompt-block", {}, 1)
    expect(answer.status).toBe(200)
    expect(answer.text).toContain("content_filter")
    expect((await record(answer)).attempts).toHaveLength(1)
  })
})

test("each attempt has a request id of its own, and the prompt is written down once for all of them", async () => {
  const serialise = vi.spyOn(upstreamDialects.gemini, "serialise")
  try {
    await meet("reset-before-headers", {}, 100)
    const sent = generationsSeen(system.simulator).map(({ body }) => body as { requestId: string; request: object }) // as sent
    expect(sent).toHaveLength(4)
    expect(new Set(sent.map(({ requestId }) => requestId)).size).toBe(4)
    expect(new Set(sent.map(({ request }) => JSON.stringify(request))).size).toBe(1)
    expect(serialise).toHaveBeenCalledTimes(1)
  } finally {
    serialise.mockRestore()
  }
})

describe("blame", () => {
  test("a request's own fault cools nothing", async () => {
    await meet("invalid-argument", {}, 100)
    expect(system.plane.pool.cooldowns()).toHaveLength(0)
  })

  test("a refusal without a reason on two accounts cools neither", async () => {
    await meet("bare-429", {}, 100)
    expect(system.plane.pool.cooldowns()).toHaveLength(0)
  })

  test("with the quota of all accounts used up the next request gets the earliest reset at once", async () => {
    const first = await meet("quota-model", { delayMs: 7_200_000 }, 100)
    expect(first.status).toBe(429)
    const seen = system.simulator.seen().length
    // Time stands still: nothing is waited for.
    const next = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("x") })
    expect(system.simulator.seen()).toHaveLength(seen)
    expect(next.status).toBe(429)
    expect(errorOf(next).type).toBe("usage_limit_reached")
    expect(next.headers["x-should-retry"]).toBe("false")
    expect(Number(next.headers["retry-after"])).toBeGreaterThan(7_100)
    expect(Number(next.headers["retry-after"])).toBeLessThan(7_300)
    expect(system.plane.pool.cooldowns().every(({ scope }) => scope.type === "account-bucket")).toBe(true)
  })

  test("an account that must be verified is reported and left alone until it changes", async () => {
    await meet("validation-required", {}, 1)
    const fact = await waitFor(() => {
      clock.advance(REPORT_BATCH_MS)
      return system.link.find("account-fact")[0]
    })
    expect(fact.failureClass).toBe("validation")
    const held = system.accounts.find(({ id }) => id === fact.accountId)
    for (let round = 0; round < 3; round++) {
      await ask("/v1/chat/completions", chatBody("[[sim:text=x]]"))
      expect(system.simulator.seen().at(-1)?.account).not.toBe(held?.id)
    }
    await system.push({
      accounts: system.accounts.map((account) => ({
        ...account,
        credential: account.credential && { ...account.credential, generation: 2 },
      })),
    })
    expect(system.plane.pool.cooldowns()).toHaveLength(0)
  })
})

describe("hosts", () => {
  test("the next base URL is tried when the first cannot be reached, on the same account", async () => {
    await begin()
    await system.push({ settings: { antigravityBaseUrls: ["http://127.0.0.1:1", system.simulator.url] } })
    const answer = await ask("/v1/chat/completions", chatBody("[[sim:text=found]]"))
    expect(answerText(answer)).toBe("found")
    const { attempts } = await record(answer)
    expect(attempts).toHaveLength(2)
    expect(attempts[0]?.accountId).toBe(attempts[1]?.accountId)
  })
})

describe("the same over HTTP/2", () => {
  test.each([["reset-before-headers"], ["reset-after-headers"], ["goaway"], ["hang-before-headers"]])(
    "%s once",
    async (kind) => {
      await begin({ tlsUpstream: true, settings: { firstByteTimeoutMs: 4_000 } })
      system.simulator.script({ fault: { kind }, times: 1 })
      const body = chatBody("[[sim:chunks=4]][[sim:text=all is well]]")
      const answers = await Promise.all([0, 1].map(() => ask("/v1/chat/completions", body)))
      expect(answers.map(answerText)).toEqual(["all is well", "all is well"])
    },
  )
})
