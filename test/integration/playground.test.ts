/** The playground through the real planes: an administrator's request without a key, in each dialect, answered as a client's is. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { callOf } from "../../data-plane/test/support/calls.ts"
import { fetchAnswer, open } from "../../data-plane/test/support/client.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
let cookie: string
beforeAll(async () => {
  planes = await startPlanes()
  await planes.addAccount("a@example.test")
  cookie = await planes.control.signIn()
})
afterAll(() => planes.stop())

interface Shown {
  readonly playgroundBy: string | null
  readonly apiKey: { readonly id: string } | null
  readonly outcome: string
  readonly dialect: string
  readonly errorCode: string | null
}

/** The record, when it is there. */
function recordOf(id: string): Promise<Shown> {
  const document = "query ($id: ID!) { request(id: $id) { playgroundBy apiKey { id } outcome dialect errorCode } }"
  return waitFor(async () => (await planes.control.data<{ request: Shown | null }>(document, { id })).request)
}

const headers = () => ({ cookie, "x-csrf": "1" })

test.each([
  ["openai-chat", "OPENAI_CHAT"],
  ["openai-responses", "OPENAI_RESPONSES"],
  ["anthropic-messages", "ANTHROPIC_MESSAGES"],
  ["gemini", "GEMINI"],
] as const)("%s is answered, streamed and whole, and its record names who sent it", async (name, dialect) => {
  for (const stream of [true, false]) {
    const { path, body } = callOf(name, "[[sim:text=from the playground]]", { stream })
    const answer = await fetchAnswer(`${planes.control.url}/playground${path}`, {
      anonymous: true,
      headers: headers(),
      body,
    })
    expect({ stream, status: answer.status }).toEqual({ stream, status: 200 })
    expect(answer.text).toContain("playground")
    expect(answer.headers["x-lagrange-account"]).toBe("a%40example.test")
    const record = await recordOf(String(answer.headers["x-request-id"]))
    expect(record).toEqual({ playgroundBy: "admin", apiKey: null, outcome: "COMPLETED", dialect, errorCode: null })
  }
})

test("what goes wrong is told in the dialect that was spoken, and recorded", async () => {
  const { path, body } = callOf("anthropic-messages", "hello", { model: "no-such-model" })
  const call = { anonymous: true, headers: headers(), body }
  const answer = await fetchAnswer(`${planes.control.url}/playground${path}`, call)
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
    404,
    { type: "error", error: { type: "not_found_error" } },
  ])
  const record = await recordOf(String(answer.headers["x-request-id"]))
  expect(record).toMatchObject({ playgroundBy: "admin", outcome: "FAILED", errorCode: "model_not_found" })
})

test("who stops reading stops the exchange, up to the upstream", async () => {
  const { path, body } = callOf("openai-chat", "[[sim:text=begun and more]][[sim:chunks=4]][[sim:pause=600000]]", {
    stream: true,
  })
  const outgoing = open(`${planes.control.url}/playground${path}`, { anonymous: true, headers: headers(), body })
  outgoing.on("error", () => undefined)
  const id = await new Promise<string>((resolve) => {
    outgoing.on("response", (answer) => {
      answer.on("error", () => undefined)
      answer.once("data", () => resolve(String(answer.headers["x-request-id"])))
    })
  })
  outgoing.destroy()
  expect(await recordOf(id)).toMatchObject({
    playgroundBy: "admin",
    outcome: "CANCELLED",
    errorCode: "client_cancelled",
  })
})

test("a chosen data plane takes it; one that shuts down takes none", async () => {
  const other = await planes.addPlane("other")
  const { nodes } = await planes.control.data<{ nodes: { id: string; name: string }[] }>("{ nodes { id name } }")
  const id = nodes.find(({ name }) => name === "other")?.id ?? ""
  const ask = () => {
    const { path, body } = callOf("openai-chat", "[[sim:text=hello]]")
    const call = { anonymous: true, headers: { ...headers(), "x-lagrange-node": id }, body }
    return fetchAnswer(`${planes.control.url}/playground${path}`, call)
  }
  const answer = await ask()
  expect([answer.status, answer.headers["x-lagrange-node"]]).toEqual([200, id])
  const { prisma } = planes.control.controlPlane.services.database
  const row = await waitFor(() =>
    prisma.requestRecord.findUnique({ where: { id: String(answer.headers["x-request-id"]) } }),
  )
  expect(row.nodeId).toBe(id)
  await other.drain(0)
  const away = await ask()
  // On PostgreSQL it may be linked to another control plane.
  expect([away.status, away.text]).toEqual([
    503,
    expect.stringMatching(/not connected|not linked to this control plane/),
  ])
})
