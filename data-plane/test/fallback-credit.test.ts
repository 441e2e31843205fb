/** What it costs the pool's retry credit to go on with another model: what any other repeat does. */
import { NO_ROUTING } from "#shared/routing.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { callOf } from "./support/calls.ts"
import { fetchAnswer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { API_KEY, MODEL } from "./support/snapshots.ts"

const OTHER = "claude-sonnet-4-6"
/** More than the credit that there is at first. */
const REQUESTS = 7

let system: System
beforeEach(async () => {
  // With one account nothing but the chain follows.
  system = await startSystem({ accounts: 1, settings: { poolCoolingWaitMs: 1 } })
  await system.push({ routing: { ...NO_ROUTING, fallbacks: [{ model: MODEL, next: [OTHER] }] } })
})
afterEach(() => system?.stop())

/** How many attempts each of some requests has, where nothing of what one has learnt is left for the next. */
async function attemptsOf(kind: string): Promise<number[]> {
  system.simulator.script({ fault: { kind } })
  const counts: number[] = []
  for (let request = 0; request < REQUESTS; request++) {
    for (const { scope } of system.plane.pool.cooldowns()) system.plane.pool.release(scope)
    const { path, body } = callOf("openai-chat", `request ${request}`)
    const { headers } = await fetchAnswer(`${system.url}${path}`, {
      body,
      headers: { authorization: `Bearer ${API_KEY}` },
    })
    const record = await waitFor(() =>
      system.link.find("exchange").find(({ exchangeId }) => exchangeId === headers["x-request-id"]),
    )
    expect(record.outcome).toBe("failed")
    counts.push(record.attempts.length)
  }
  return counts
}

test("a credit where the upstream itself failed, and where none is left the first model's failure is the answer", async () => {
  expect(await attemptsOf("bare-429")).toEqual([2, 2, 2, 2, 2, 1, 1])
})

test("nothing where the accounts' own refusals move the request on", async () => {
  expect(await attemptsOf("quota-model")).toEqual([2, 2, 2, 2, 2, 2, 2])
})
