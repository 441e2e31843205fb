/**
 * The long forms of what must survive: many kills, many clients that leave, many streams cut off. Each run prints its figures.
 * Bounded in count; not part of `npm test`.
 */
import { afterEach, describe, expect, test } from "vitest"
import { many } from "../support/many.ts"
import { sequence } from "../support/sequence.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"
import { callOf, TEXT_DIALECTS } from "../../data-plane/test/support/calls.ts"

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

/** How a stream ends where it should not; after so many events, of a dozen. */
const CUTS: readonly ((after: number) => string)[] = [
  () => "truncated",
  (after) => `reset-mid-stream {"after":${after}}`,
  (after) => `cut-mid-event {"after":${after}}`,
  (after) => `non-json-event {"after":${after}}`,
]
/** What only an answer holds that has come to its end. */
const SUCCESS = /message_stop|response\.completed|"finish_reason":"stop"|"finishReason":"STOP"/

describe("streams that are cut off", () => {
  test("none of ten thousand is told as a success, streamed or not, in any dialect", async () => {
    system = await startSystem({ accounts: 2, env: UNLIMITED })
    const random = sequence(11)
    const told = new Map<string, number>()
    const successes: string[] = []
    const kinds = TEXT_DIALECTS.flatMap((dialect) =>
      CUTS.flatMap((cut) => [true, false].map((stream) => ({ dialect, cut, stream }))),
    )
    await many(10_000, 16, async (index) => {
      const kind = kinds[index % kinds.length]
      if (kind === undefined) throw new Error("no kind")
      const { dialect, stream, cut } = kind
      const fault = cut(1 + Math.floor(random() * 10))
      const content = `${index} [[sim:chunks=12]][[sim:words=40]][[sim:fault=${fault}]]`
      const { path, body } = callOf(dialect, content, { stream })
      const response = await fetch(`${system.gatewayUrl}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      const isError = stream
        ? response.status === 200 && /"error": ?\{/.test(text) && !SUCCESS.test(text)
        : response.status >= 500
      if (!isError)
        successes.push(`${dialect} ${stream ? "stream" : "whole"} ${fault} ${response.status}: ${text.slice(-200)}`)
      told.set(dialect, (told.get(dialect) ?? 0) + 1)
    })
    const each = [...told].map(([dialect, count]) => `${dialect} ${count}`).join(", ")
    console.log(`10,000 cut streams (${each}), ${successes.length} false successes`)
    expect(successes.slice(0, 5)).toEqual([])
  })
})
