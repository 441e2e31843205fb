/** A captured request is sent again through the real planes: to the pool, to a simulator at an address, and nowhere. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startPlanes, type Planes } from "../support/planes.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
let elsewhere: Simulator
let keyId: string
beforeAll(async () => {
  planes = await startPlanes()
  elsewhere = await startSimulator({ accounts: 0, quotaScale: 0 })
  await planes.addAccount("a@example.test")
  const { apiKeys } = await planes.control.data<{ apiKeys: { edges: { node: { id: string; name: string } }[] } }>(
    "{ apiKeys(first: 5) { edges { node { id name } } } }",
  )
  keyId = apiKeys.edges.find(({ node }) => node.name === "test")?.node.id ?? ""
  const start = `mutation ($key: ID!, $until: DateTime!) { startCapture(id: $key, until: $until) { __typename } }`
  await planes.control.data(start, { key: keyId, until: new Date(Date.now() + 3_600_000) })
})
afterAll(async () => {
  await planes.stop()
  await elsewhere.close()
})

interface Replayed {
  readonly requestId?: string
  readonly outcome?: string
  readonly errorCode?: string | null
  readonly capture?: {
    readonly request: { readonly body: { readonly text: string } }
    readonly attempts: readonly {
      readonly account: { readonly id: string } | null
      readonly url: string
      readonly body: { readonly text: string }
      readonly answer: { readonly status: number; readonly body: { readonly text: string } }
    }[]
    readonly answer: { readonly status: number; readonly body: { readonly text: string } }
  }
  readonly code?: string
  readonly path?: readonly string[]
}

async function replay(id: string, target: string, address?: string): Promise<Replayed> {
  const document = `mutation ($id: ID!, $target: ReplayTarget!, $address: String) {
    replayRequest(id: $id, input: { target: $target, address: $address }) { ... on ReplayRequestSuccess { requestId outcome errorCode
      capture { request { body { text } } attempts { account { id } url body { text } answer { status body { text } } }
      answer { status body { text } } } } ... on Failure { code path } } }`
  return (await planes.control.data<{ replayRequest: Replayed }>(document, { id, target, address })).replayRequest
}

/** The id of a request whose bodies are there. */
async function captured(prompt: string): Promise<string> {
  const answer = await planes.ask(prompt)
  const id = String(answer.headers["x-request-id"])
  await waitFor(() => planes.control.controlPlane.services.database.prisma.capture.count({ where: { requestId: id } }))
  return id
}

interface Shown {
  readonly replayOf: string | null
  readonly captureState: string
  readonly apiKey: { readonly id: string }
}

async function recordOf(id: string): Promise<Shown | null> {
  const query = "query ($id: ID!) { request(id: $id) { replayOf captureState apiKey { id } } }"
  return (await planes.control.data<{ request: Shown | null }>(query, { id })).request
}

const requestsSeen = (simulator: Simulator): number =>
  simulator.seen().filter(({ path }) => path.includes("streamGenerateContent")).length

test("a captured request is sent again: to the pool, to an address of this machine, and nowhere", async () => {
  const first = await captured("Hello. [[sim:text=pong]]")
  const before = requestsSeen(planes.simulator)

  const pooled = await replay(first, "POOL")
  expect(pooled).toMatchObject({ outcome: "completed", errorCode: null, capture: { answer: { status: 200 } } })
  expect(pooled.capture?.answer.body.text).toContain("pong")
  expect(pooled.capture?.attempts[0]?.account).not.toBeNull()
  expect(requestsSeen(planes.simulator)).toBe(before + 1)
  const record = await waitFor(() => recordOf(pooled.requestId ?? ""))
  expect(record).toEqual({ replayOf: first, captureState: "TAKEN", apiKey: { id: keyId } })

  const translated = await replay(first, "TRANSLATION")
  expect(translated).toMatchObject({ outcome: "cancelled", capture: { answer: { status: 0 } } })
  expect(translated.capture?.attempts).toMatchObject([{ account: null, answer: { status: 0 } }])
  expect(translated.capture?.attempts[0]?.body.text).toContain("Hello.")

  const away = await replay(first, "ADDRESS", elsewhere.url)
  expect(away.capture?.attempts[0]?.url).toContain(elsewhere.url)
  expect(away).toMatchObject({ outcome: "completed", capture: { answer: { status: 200 } } })
  expect(away.capture?.answer.body.text).toContain("pong")
  // Nothing of a real account goes there.
  expect(elsewhere.seen().map(({ account }) => account)).toEqual(["replay@simulator.example"])
  expect(JSON.stringify(elsewhere.seen())).toContain("replay-project")
  expect(requestsSeen(planes.simulator)).toBe(before + 1)
  for (const { requestId = "" } of [translated, away]) expect(await recordOf(requestId)).toBeNull()
})

test("what cannot be sent is refused and says why", async () => {
  const id = await captured("Hello again. [[sim:text=ok]]")
  expect(await replay(id, "ADDRESS", "https://cloudcode-pa.googleapis.com")).toEqual({
    code: "not_allowed",
    path: ["input", "address"],
  })
  expect(await replay(id, "ADDRESS")).toMatchObject({ code: "not_allowed", path: ["input", "address"] })
  expect(await replay(id, "POOL", elsewhere.url)).toMatchObject({ code: "not_allowed", path: ["input", "address"] })
  expect(await replay("req_unknown", "POOL")).toMatchObject({ code: "not_captured" })
})
