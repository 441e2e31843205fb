/** A captured request is sent again through the real planes: to the pool, to a simulator at an address, and nowhere. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { MAX_CAPTURED_TEXT_BYTES } from "#shared/capture.ts"
import { callOf, TEXT_DIALECTS } from "../../data-plane/test/support/calls.ts"
import { chatBody, fetchAnswer, type Answer, type Call } from "../../data-plane/test/support/client.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"
import { waitFor } from "../support/wait-for.ts"

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8])

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
const captured = async (prompt: string): Promise<string> => whenCaptured(await planes.ask(prompt))

async function whenCaptured(answer: Answer): Promise<string> {
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
  expect(pooled).toMatchObject({ outcome: "COMPLETED", errorCode: null, capture: { answer: { status: 200 } } })
  expect(pooled.capture?.answer.body.text).toContain("pong")
  expect(pooled.capture?.attempts[0]?.account).not.toBeNull()
  expect(requestsSeen(planes.simulator)).toBe(before + 1)
  const record = await waitFor(() => recordOf(pooled.requestId ?? ""))
  expect(record).toEqual({ replayOf: first, captureState: "TAKEN", apiKey: { id: keyId } })

  const translated = await replay(first, "TRANSLATION")
  expect(translated).toMatchObject({ outcome: "CANCELLED", capture: { answer: { status: 0 } } })
  expect(translated.capture?.attempts).toMatchObject([{ account: null, answer: { status: 0 } }])
  expect(translated.capture?.attempts[0]?.body.text).toContain("Hello.")

  const away = await replay(first, "ADDRESS", elsewhere.url)
  expect(away.capture?.attempts[0]?.url).toContain(elsewhere.url)
  expect(away).toMatchObject({ outcome: "COMPLETED", capture: { answer: { status: 200 } } })
  expect(away.capture?.answer.body.text).toContain("pong")
  // Nothing of a real account goes there.
  expect(elsewhere.seen().map(({ account }) => account)).toEqual(["replay@simulator.example"])
  expect(JSON.stringify(elsewhere.seen())).toContain("replay-project")
  expect(requestsSeen(planes.simulator)).toBe(before + 1)
  for (const { requestId = "" } of [translated, away]) expect(await recordOf(requestId)).toBeNull()
})

const send = (path: string, call: Call): Promise<Answer> =>
  fetchAnswer(`${planes.plane.url}${path}`, {
    ...call,
    headers: { authorization: `Bearer ${planes.key}`, ...call.headers },
  })

/** Lines without what is new each time. */
const shapeOf = (text: string): readonly string[] => text.split("\n").filter((line) => line.startsWith("event:"))

test.each(TEXT_DIALECTS)("%s, streamed", async (dialect) => {
  const { path, body } = callOf(dialect, "Hello there. [[sim:text=pong]]", { stream: true })
  const first = await send(path, { body })
  const id = await whenCaptured(first)
  for (const again of [await replay(id, "POOL"), await replay(id, "ADDRESS", elsewhere.url)]) {
    expect(again).toMatchObject({ outcome: "COMPLETED", capture: { answer: { status: 200 } } })
    const { text } = again.capture?.answer.body ?? { text: "" }
    expect(text).toContain("pong")
    expect(text).toMatch(/^(event|data): /)
    expect(shapeOf(text)).toEqual(shapeOf(first.text))
  }
})

test("a form with a picture, and a body as long as any that is captured", async () => {
  const form = new FormData()
  form.set("prompt", "with a hat")
  form.set("image", new Blob([PNG], { type: "image/png" }), "a.png")
  const wire = new Response(form)
  const call = {
    body: Buffer.from(await wire.arrayBuffer()),
    headers: { "content-type": wire.headers.get("content-type") ?? "" },
  }
  const edited = await replay(await whenCaptured(await send("/v1/images/edits", call)), "TRANSLATION")
  expect(edited.capture?.attempts[0]?.body.text).toContain(PNG.toString("base64"))

  const body = JSON.stringify(chatBody("Hello. [[sim:text=pong]]")).padEnd(MAX_CAPTURED_TEXT_BYTES, " ")
  const long = await replay(await whenCaptured(await send("/v1/chat/completions", { body })), "TRANSLATION")
  expect(long.capture?.request.body.text).toHaveLength(MAX_CAPTURED_TEXT_BYTES)
  expect(long.capture?.attempts).toHaveLength(1)
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
