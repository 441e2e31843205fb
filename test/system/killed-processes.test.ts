/** What must survive when a process is killed with no warning. */
import OpenAI from "openai"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const MODEL = "gemini-3-flash"
let system: System
let openai: OpenAI

beforeAll(async () => {
  system = await startSystem({ accounts: 3, env: { MAX_CONCURRENT_PER_ACCOUNT: "0", MAX_CONCURRENT_PER_MODEL: "0" } })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
})
afterAll(() => system?.stop())

async function streamed(text: string) {
  const content = `[[sim:chunks=20]][[sim:pause=40]][[sim:text=${text}]]`
  const stream = await openai.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content }],
    stream: true,
  })
  let answer = ""
  let finish: string | null = null
  for await (const chunk of stream) {
    answer += chunk.choices[0]?.delta.content ?? ""
    finish = chunk.choices[0]?.finish_reason ?? finish
  }
  return { answer, finish }
}

async function live(url: string): Promise<boolean> {
  return fetch(`${url}/live`).then(
    (response) => response.ok,
    () => false,
  )
}

describe("the control plane is killed with -9", () => {
  test("no request is lost, and it comes back under the supervisor", async () => {
    const text = "every word of this answer must arrive, whatever dies behind the gateway"
    const running = Array.from({ length: 10 }, (_, index) => streamed(`${index} ${text}`))
    const killed = await system.pid("control-plane")
    process.kill(killed, "SIGKILL")
    // New requests while it is away:
    const during = Array.from({ length: 10 }, (_, index) => streamed(`during ${index} ${text}`))
    const answers = await Promise.all([...running, ...during])
    for (const [index, { answer, finish }] of answers.entries()) {
      expect(answer).toBe(index < 10 ? `${index} ${text}` : `during ${index - 10} ${text}`)
      expect(finish).toBe("stop")
    }
    await waitFor(async () => (await live(system.panelUrl)) && (await system.pid("control-plane")) !== killed, 20_000)
    const { viewer } = await system.graphql<{ viewer: { name: string } }>("{ viewer { name } }")
    expect(viewer.name).toBeTruthy()
  })

  test("what was requested meanwhile is in the records afterwards, once", async () => {
    const marker = await openai.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: "[[sim:text=marker]]" }],
    })
    expect(marker.choices[0]?.message.content).toBe("marker")
    const records = await waitFor(async () => {
      const page = await system.graphql<{ requests: { edges: { node: { id: string; outcome: string } }[] } }>(
        "{ requests(first: 100) { edges { node { id outcome } } } }",
      )
      return page.requests.edges.length >= 21 ? page.requests.edges : undefined
    }, 20_000)
    expect(new Set(records.map(({ node }) => node.id)).size).toBe(records.length)
    expect(records).toHaveLength(21)
    expect(records.every(({ node }) => node.outcome === "COMPLETED")).toBe(true)
  })
})

describe("the data plane restarts while the control plane is absent", () => {
  test("ready again within a second from the last good snapshot", async () => {
    await system.detachControlPlane()
    const readyMs: number[] = []
    for (let round = 0; round < 5; round += 1) readyMs.push((await system.restartDataPlane()).readyMs)
    console.log(`ready after ${readyMs.map((ms) => Math.round(ms)).join(", ")} ms`)
    const median = readyMs.toSorted((a, b) => a - b)[2]
    expect(median).toBeLessThanOrEqual(1000)
    expect(await live(system.panelUrl)).toBe(false)
    expect((await streamed("from the last good snapshot")).answer).toBe("from the last good snapshot")
  })
})
