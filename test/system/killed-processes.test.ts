/** What must survive when a process is killed with no warning. */
import { readFileSync } from "node:fs"
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

/** What a process has computed so far, where the system tells: what others take of the machine meanwhile does not count. */
function cpuMsOf(pid: number): number {
  if (process.platform !== "linux") return 0
  const [ofItself, ofTheSystem] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")
    .slice(11, 13)
  // In hundredths of a second, on every Linux.
  return (Number(ofItself) + Number(ofTheSystem)) * 10
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
    await waitFor(async () => (await live(system.panelUrl)) && (await system.pid("control-plane")) !== killed, 60_000)
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
    }, 60_000)
    expect(new Set(records.map(({ node }) => node.id)).size).toBe(records.length)
    expect(records).toHaveLength(21)
    expect(records.every(({ node }) => node.outcome === "COMPLETED")).toBe(true)
  })
})

describe("the data plane restarts while the control plane is absent", () => {
  test("ready from the last good snapshot as soon as it listens, with less than a second of work", async () => {
    await system.detachControlPlane()
    for (let round = 0; round < 5; round += 1) {
      const { status, readyMs } = await system.restartDataPlane()
      console.log(`ready after ${Math.round(readyMs)} ms`)
      expect(status).toBe(200)
      expect(cpuMsOf(await system.pid("data-plane"))).toBeLessThan(1_000)
    }
    expect(await live(system.panelUrl)).toBe(false)
    expect((await streamed("from the last good snapshot")).answer).toBe("from the last good snapshot")
  })
})
