/** Settings of the pool, changed while it serves: control plane, data plane and simulator over real sockets. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { generationsSeen } from "../support/seen.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
beforeAll(async () => {
  planes = await startPlanes({ env: { MAX_CONCURRENT_PER_ACCOUNT: "0" } })
  for (const name of ["a", "b", "c"]) await planes.addAccount(`${name}@example.test`)
})
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
    await planes.set("MAX_CONCURRENT_PER_ACCOUNT", "1")
    const facts = () => planes.plane.pool.facts()
    const turn = async (conversation: string) => accountOf(await planes.ask("[[sim:text=ok]]", { conversation }))
    const homes = [await turn("one"), await turn("two"), await turn("three")]
    expect(new Set(homes).size).toBe(3)
    const { conversations } = facts()

    planes.simulator.script({ fault: { kind: "hang-before-headers" }, times: 3 })
    const before = calls()
    const running = ["first", "second", "third"].map((prompt) => planes.open(prompt))
    await waitFor(() => calls() === before + 3)
    const waits = planes.ask("fourth [[sim:text=served]]")
    await waitFor(() => facts().waiting === 1)
    await planes.set("POOL_STRATEGY", "fill-first")
    expect(facts()).toMatchObject({ inFlight: 3, waiting: 1, conversations: conversations + 3 })
    expect(Object.values(planes.plane.pool.inFlightByAccount())).toEqual([1, 1, 1])

    running[0]?.destroy()
    expect((await waits).status).toBe(200)
    running[1]?.destroy()
    running[2]?.destroy()
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
    planes.simulator.clearFaults()
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
