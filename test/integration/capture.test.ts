/** Bodies from a client to the database and back to who reads them: control plane, data plane and simulator over real sockets. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const QUIET = "canary-of-a-key-without-capture-2342"
const HEARD = "canary-of-a-key-with-capture-2342"

let planes: Planes
let keyId: string
beforeAll(async () => {
  planes = await startPlanes()
  await planes.addAccount("a@example.test")
  const { apiKeys } = await planes.control.data<{ apiKeys: { edges: { node: { id: string; name: string } }[] } }>(
    "{ apiKeys(first: 5) { edges { node { id name } } } }",
  )
  keyId = apiKeys.edges.find(({ node }) => node.name === "test")?.node.id ?? ""
})
afterAll(() => planes.stop())

interface Capture {
  readonly request: { readonly body: { readonly text: string } }
  readonly attempts: readonly {
    readonly account: { readonly label: string }
    readonly answer: { readonly status: number; readonly body: { readonly text: string } }
  }[]
  readonly answer: { readonly status: number; readonly body: { readonly text: string } }
}

async function captureOf(id: string): Promise<{ readonly captureState: string; readonly capture: Capture | null }> {
  const query = `query ($id: ID!) { request(id: $id) { captureState capture { request { body { text } }
    attempts { account { label } answer { status body { text } } } answer { status body { text } } } } }`
  return waitFor(async () => {
    const { request } = await planes.control.data<{
      request: { captureState: string; capture: Capture | null } | null
    }>(query, { id })
    return request !== null && (request.captureState !== "TAKEN" || request.capture !== null) ? request : undefined
  })
}

/** All that the database holds, as text. */
async function everything(): Promise<string> {
  const { prisma } = planes.control.controlPlane.services.database
  const rows = [
    await prisma.requestRecord.findMany(),
    await prisma.capture.findMany(),
    await prisma.auditEvent.findMany(),
  ]
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === "bigint" ? String(value) : value))
}

const idOf = (answer: { readonly headers: Readonly<Record<string, unknown>> }): string =>
  String(answer.headers["x-request-id"])

test("a key without capture leaves no text anywhere; with it the text is sealed, read by who may, and stops at once", async () => {
  const before = await planes.ask(`${QUIET} [[sim:text=ok]]`)
  expect(await captureOf(idOf(before))).toEqual({ captureState: "NONE", capture: null })

  const start = `mutation ($key: ID!, $until: DateTime!) { startCapture(id: $key, until: $until) { __typename } }`
  const until = new Date(Date.now() + 3_600_000)
  expect(await planes.control.data(start, { key: keyId, until })).toEqual({
    startCapture: { __typename: "StartCaptureSuccess" },
  })
  const answer = await planes.ask(`${HEARD} [[sim:text=pong]]`)
  const { capture } = await captureOf(idOf(answer))
  expect(capture?.request.body.text).toContain(HEARD)
  expect(capture?.answer).toEqual({ status: 200, body: { text: answer.text } })
  expect(capture?.attempts).toMatchObject([{ account: { label: "a@example.test" }, answer: { status: 200 } }])
  expect(capture?.attempts[0]?.answer.body.text).toContain("pong")

  await planes.control.data(`mutation ($key: ID!) { endCapture(id: $key) { __typename } }`, { key: keyId })
  const after = await planes.ask(`${QUIET} [[sim:text=ok]]`)
  expect((await captureOf(idOf(after))).captureState).toBe("NONE")
  const all = await everything()
  for (const text of [QUIET, HEARD, planes.key]) {
    expect(all).not.toContain(text)
    expect(planes.control.log()).not.toContain(text)
  }
})

test("what begins after an erasure is kept again", async () => {
  const start = `mutation ($key: ID!, $until: DateTime!) { startCapture(id: $key, until: $until) { __typename } }`
  await planes.control.data(start, { key: keyId, until: new Date(Date.now() + 3_600_000) })
  await captureOf(idOf(await planes.ask(`${HEARD} [[sim:text=ok]]`)))
  const erase = `mutation ($key: ID!) { removeCaptures(id: $key) { ... on RemoveCapturesSuccess { erased } } }`
  await planes.control.data(erase, { key: keyId })
  const { captureState } = await captureOf(idOf(await planes.ask(`${HEARD} once more [[sim:text=ok]]`)))
  expect(captureState).toBe("TAKEN")
})
