/**
 * The long forms of what must survive: many kills, many clients that leave, many streams cut off. Each run prints its figures.
 * Bounded in count; not part of `npm test`.
 */
import { afterEach, describe, expect, test } from "vitest"
import { many } from "../support/many.ts"
import { sequence } from "../support/sequence.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"
import { generationsSeen } from "../support/seen.ts"

const UNLIMITED = { MAX_CONCURRENT_PER_ACCOUNT: "0", MAX_CONCURRENT_PER_MODEL: "0" }
let system: System
afterEach(() => system?.stop())

const post = (content: string, more: object = {}, signal?: AbortSignal) =>
  fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content }], ...more }),
    ...(signal === undefined ? {} : { signal }),
  })

describe("kills of the control plane", () => {
  test("eight kills under load lose no request, and every record arrives once", async () => {
    system = await startSystem({ accounts: 4, env: UNLIMITED })
    let answered = 0
    let kills = 0
    // The supervisor waits longer before each restart, so the load lasts as long as the kills do.
    const nemesis = (async () => {
      let last = 0
      while (kills < 8) {
        const pid = await waitFor(async () => {
          const now = await system.pid("control-plane")
          return now !== last && (await fetch(`${system.panelUrl}/live`)).ok ? now : undefined
        }, 60_000)
        process.kill(pid, "SIGKILL")
        last = pid
        kills += 1
      }
    })()
    await many(MOST_REQUESTS, 8, async (index) => {
      if (kills === 8 && index > 2_000) return
      const response = await post(`[[sim:text=answer ${index}]][[sim:delay=20]]`)
      const text = await response.text()
      expect({ index, status: response.status }).toEqual({ index, status: 200 })
      expect(text).toContain(`"answer ${index}"`)
      answered += 1
    })
    await nemesis
    console.log(`${answered} requests, ${kills} kills, 0 lost`)
    const ids = await waitFor(async () => {
      const seen = await recordedIds()
      return seen.length >= answered ? seen : undefined
    }, 120_000)
    expect(ids).toHaveLength(answered)
    expect(new Set(ids).size).toBe(answered)
  })
})

const MOST_REQUESTS = 40_000

/** Ids of all request records, newest first. */
async function recordedIds(): Promise<string[]> {
  interface Page {
    readonly requests: {
      readonly edges: readonly { readonly node: { readonly id: string } }[]
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean }
    }
  }
  const query = `query ($after: String) {
    requests(first: 100, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } }
  }`
  const ids: string[] = []
  for (let after: string | null = null; ;) {
    const { requests }: Page = await system.graphql<Page>(query, { after })
    ids.push(...requests.edges.map(({ node }) => node.id))
    if (!requests.pageInfo.hasNextPage) return ids
    after = requests.pageInfo.endCursor
  }
}

describe("clients that leave", () => {
  test("a thousand of them, at any moment, leave no slot taken and no upstream stream open", async () => {
    system = await startSystem({ accounts: 2, env: { MAX_CONCURRENT_PER_ACCOUNT: "8", MAX_CONCURRENT_PER_MODEL: "0" } })
    const random = sequence(7)
    await many(1_000, 16, async () => {
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), random() * 60)
      try {
        const response = await post("[[sim:chunks=40]][[sim:words=80]][[sim:pause=10]]", { stream: true }, abort.signal)
        await response.text()
      } catch (error) {
        expect(String(error)).toMatch(/abort/i)
      } finally {
        clearTimeout(timer)
      }
    })
    await waitFor(() => Object.values(system.simulator.concurrency()).every(({ current }) => current === 0), 5_000)
    const begun = performance.now()
    await many(16, 16, async () => expect((await post("[[sim:text=free]]")).status).toBe(200))
    console.log(`all sixteen slots answered within ${Math.round(performance.now() - begun)} ms afterwards`)
    const { nodes } = await waitFor(async () => {
      const state = await system.graphql<{ nodes: { inFlight: number }[] }>("{ nodes { inFlight } }")
      return state.nodes.every(({ inFlight }) => inFlight === 0) ? state : undefined
    }, 10_000)
    expect(nodes).toHaveLength(1)
  })
})

describe("streams that are cut off", () => {
  test("none of a thousand is told as a success, streamed or not, in either dialect", async () => {
    system = await startSystem({ accounts: 2, env: UNLIMITED })
    const faults = [
      "truncated",
      'reset-mid-stream {"after":3}',
      'cut-mid-event {"after":2}',
      'non-json-event {"after":3}',
    ]
    let successes = 0
    await many(1_000, 16, async (index) => {
      const stream = index % 2 === 0
      const isChat = index % 4 < 2
      const content = `[[sim:chunks=8]][[sim:words=40]][[sim:fault=${faults[index % faults.length]}]]`
      const path = isChat ? "/v1/chat/completions" : "/v1/messages"
      const response = await fetch(`${system.gatewayUrl}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({
          model: "gemini-3-flash",
          max_tokens: 500,
          stream,
          messages: [{ role: "user", content }],
        }),
      })
      const text = await response.text()
      const isError = stream
        ? /"error"/.test(text) && !/message_stop|"finish_reason":"stop"/.test(text)
        : response.status >= 500
      if (!isError) successes += 1
    })
    console.log(
      `1,000 cut streams (${generationsSeen(system.simulator).length} of the newest attempts kept), ${successes} false successes`,
    )
    expect(successes).toBe(0)
  })
})
