/** Bodies from a client to the database and back to who reads them: control plane, data plane and simulator over real sockets. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ADMIN_TOKEN, LINK_TOKEN, masterKey, PASSWORD } from "../../control-plane/test/support/control-plane.ts"
import { readRows } from "../../control-plane/test/support/rows.ts"
import { findSecrets } from "../support/canaries.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const QUIET = "canary-of-a-key-without-capture-2342"
const HEARD = "canary-of-a-key-with-capture-2342"

let planes: Planes
let keyId: string
beforeAll(async () => {
  planes = await startPlanes({ isWatched: true, env: { CONTROL_METRICS_PORT: "0" } })
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

/** All files below a folder, as one text. */
function filesBelow(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), "latin1")}`)
    .join("\n")
}

test("what a client sends, and what its key and accounts are, is in no log, metric, error or file of either plane", async () => {
  const { controlPlane } = planes.control
  const { credential } = controlPlane.services.database.prisma
  const wrong = "canary-of-a-key-that-nobody-gave-1357"
  const secrets: Record<string, string> = {
    "a text that was not captured": QUIET,
    "a captured text": HEARD,
    "the client's key": planes.key,
    "a wrong key": wrong,
    "the refresh token": "sim-refresh-a@example.test",
    ADMIN_TOKEN,
    LINK_TOKEN,
    PASSWORD,
    "the master key": masterKey,
    "the OAuth client's secret": "simulator-secret",
  }
  const row = await credential.findFirstOrThrow()
  const place = { table: "Credential", row: row.accountId, field: "sealedAccessToken" }
  secrets["the access token"] = controlPlane.vault.open(place, row.sealedAccessToken ?? "")

  // Every kind of failure: of the key, of the body, of the model, of the upstream before and in its answer.
  const { url, metricsUrl } = planes.plane
  const messages = [{ role: "user", content: QUIET }]
  const asked: readonly (readonly [key: string, body: string, fault?: "internal" | "cut"])[] = [
    [wrong, JSON.stringify({ model: "gemini-3-flash", messages })],
    [planes.key, `{"model":"gemini-3-flash","messages":[{"role":"user","content":"${QUIET}"`],
    [planes.key, JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content: [QUIET] }] })],
    [planes.key, JSON.stringify({ model: "no-such-model", messages })],
    [planes.key, JSON.stringify({ model: "gemini-3-flash", messages }), "internal"],
    [planes.key, JSON.stringify({ model: "gemini-3-flash", messages }), "cut"],
  ]
  let answers = ""
  for (const [key, body, fault] of asked) {
    if (fault !== undefined) planes.simulator.script({ fault: { kind: fault } })
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "x-lagrange-explain": "1" }
    const init = { method: "POST", headers, body }
    const answer = await fetch(`${url}/v1/chat/completions?key=${key}`, init)
    answers += `${answer.status} ${JSON.stringify([...answer.headers])}\n${await answer.text()}\n`
  }
  expect(answers.match(/^\d{3} /gm)?.map(Number)).toEqual([401, 400, 400, 404, 502, 502])
  expect(findSecrets(secrets, answers)).toEqual([])

  const places: Record<string, string> = {
    "the data plane's log": planes.log(),
    "the control plane's log": planes.control.log(),
    "the data plane's metrics": await (await fetch(metricsUrl ?? "")).text(),
    "the control plane's metrics": await (await fetch(controlPlane.metricsUrl ?? "")).text(),
    "the control plane's files and rows": `${filesBelow(planes.control.dataDirectory)} ${JSON.stringify(await readRows(planes.control))}`,
  }
  // What it keeps for its next start is written at the latest when it ends.
  await planes.plane.drain(0)
  places["the data plane's files"] = planes.directories.map(filesBelow).join("\n")
  for (const [name, text] of Object.entries(places)) {
    expect({ name, isThere: text.length > 100 }).toEqual({ name, isThere: true })
    expect({ name, found: findSecrets(secrets, text) }).toEqual({ name, found: [] })
  }
})
