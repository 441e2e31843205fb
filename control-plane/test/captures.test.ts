/** Bodies that data planes captured: who switches that on, what is kept, who reads it, and how it ends by itself. On a clock that a test moves. */
import { apiKeyId, exchangeId } from "#shared/ids.ts"
import { randomBytes } from "node:crypto"
import { afterEach, beforeEach, expect, test } from "vitest"
import { openRaw } from "../src/database/raw.ts"
import { createRecords } from "../src/requests/records.ts"
import { readSealedColumns, readSealedValues } from "../src/data-keys/sealed-columns.ts"
import { captureBytes, postCapture } from "./support/captures.ts"
import {
  LINK_TOKEN,
  PASSWORD,
  startTestControlPlane,
  type Identity,
  type TestControlPlane,
} from "./support/control-plane.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const HOUR_MS = 3_600_000
const CANARY = "canary-of-a-captured-text-0815"

let control: TestControlPlane
let clock: ManualClock
let key: string
beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock })
  key = await makeKey("captured")
})
afterEach(() => control.stop())

async function makeKey(name: string): Promise<string> {
  const document = `mutation ($name: String!) { createApiKey(input: { name: $name }) { ... on CreateApiKeySuccess { apiKey { id } } } }`
  const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string } } }>(document, { name })
  return createApiKey.apiKey.id
}

interface Answer {
  readonly apiKey?: { readonly id: string; readonly captureUntil: string | null }
  readonly erased?: number
  readonly code?: string
  readonly path?: readonly string[]
}

async function start(ms = HOUR_MS, identity?: Identity): Promise<Answer> {
  const document = `mutation ($key: ID!, $until: DateTime!) { startCapture(id: $key, until: $until) {
    ... on StartCaptureSuccess { apiKey { id captureUntil } } ... on Failure { code path } } }`
  const variables = { key, until: new Date(clock.now() + ms) }
  return (await control.ask<{ startCapture: Answer }>(document, variables, identity)).data.startCapture
}

async function stop(): Promise<Answer> {
  const document = `mutation ($key: ID!) { endCapture(id: $key) {
    ... on EndCaptureSuccess { apiKey { id captureUntil } } ... on Failure { code path } } }`
  return (await control.data<{ endCapture: Answer }>(document, { key })).endCapture
}

async function erase(of?: string): Promise<Answer> {
  const document = `mutation ($key: ID) { removeCaptures(id: $key) {
    ... on RemoveCapturesSuccess { erased } ... on Failure { code path } } }`
  return (await control.data<{ removeCaptures: Answer }>(document, { key: of })).removeCaptures
}

interface Given {
  readonly id?: string
  readonly text?: string
  readonly startedAt?: number
  readonly of?: string
  /** As the snapshot had it that the exchange began with. */
  readonly capturesErasedAt?: number | undefined
}

const captureOf = ({ id = "req_1", text = CANARY, startedAt = clock.now(), of = key, ...mark }: Given): Buffer =>
  captureBytes({ id, text, startedAt, apiKeyId: of, ...mark })

/** The mark in the newest snapshot. */
async function markOf(id: string): Promise<number | undefined> {
  return (await tables().apiKey.findUnique({ where: { id } }))?.capturesErasedAt?.getTime()
}

/** What a data plane sends: the record, and the bodies. */
async function arrive(given: Given = {}): Promise<Response> {
  const { id = "req_1", startedAt = clock.now(), of = key } = given
  const link = await connectLink(control.url)
  await link.report({
    type: "exchange",
    id: `item ${id}`,
    at: clock.now(),
    exchangeId: exchangeId(id),
    apiKeyId: apiKeyId(of),
    startedAt,
    dialect: "openai-chat",
    stream: false,
    outcome: "completed",
    status: 200,
    usage: {},
    durationMs: 1,
    attempts: [],
    dropped: [],
    capture: "taken",
  })
  link.close()
  return post(captureOf({ capturesErasedAt: await markOf(of), ...given }))
}

const post = (body: Buffer, token?: string): Promise<Response> => postCapture(control.url, body, token)

interface Shown {
  readonly captureState: string
  readonly capture: {
    readonly request: { readonly path: string; readonly body: { readonly text: string } }
    readonly attempts: readonly { readonly url: string; readonly body: { readonly text: string } }[]
    readonly answer: { readonly status: number; readonly body: { readonly text: string } }
    readonly translation: {
      readonly client: { readonly text: string }
      readonly upstream: { readonly text: string } | null
      readonly changes: readonly { readonly kind: string; readonly client: string | null }[]
    }
  } | null
}

const READ = `query ($id: ID!) { request(id: $id) { captureState capture { request { path query headers { name value }
  body { text bytes isBase64 isTruncated } } attempts { account { id } url body { text } answer { status body { text } } failure }
  answer { status body { text } } translation { client { text } upstream { text }
    changes { code kind reason client upstream rule times } } } } }`

async function show(id = "req_1"): Promise<Shown | null> {
  return (await control.data<{ request: Shown | null }>(READ, { id })).request
}

async function set(name: string, value: string): Promise<void> {
  const document = `mutation ($name: SettingName!, $value: String!) {
    updateSettings(input: { set: [{ name: $name, value: $value }] }) { __typename } }`
  await control.data(document, { name, value })
}

const tables = () => control.controlPlane.services.database.prisma
const captures = () => control.controlPlane.services.captures

test("a key is captured until a time that is at most a day away, and shows it; then by nobody's hand no more", async () => {
  expect(await start()).toMatchObject({ apiKey: { captureUntil: new Date(clock.now() + HOUR_MS).toISOString() } })
  const link = await connectLink(control.url)
  const until = clock.now() + HOUR_MS
  await link.snapshot(({ apiKeys }) => apiKeys.some((one) => one.id === key && one.captureUntil === until))
  link.close()
  const query = "{ capturedApiKeys { id captureUntil } }"
  expect(await control.data(query)).toMatchObject({ capturedApiKeys: [{ id: key }] })
  clock.advance(HOUR_MS)
  expect(await control.data(query)).toEqual({ capturedApiKeys: [] })
  expect(await start(24 * HOUR_MS + 1)).toMatchObject({ code: "out_of_range", path: ["until"] })
  expect(await start(0)).toMatchObject({ code: "in_the_past", path: ["until"] })
  await start()
  expect(await stop()).toMatchObject({ apiKey: { captureUntil: null } })
  key = "key_00000000000000000000000000"
  expect(await start()).toMatchObject({ code: "not_found", path: ["id"] })
})

test("a session has to give its password again, and who may not administrate reads no text", async () => {
  const cookie = await control.signIn()
  clock.advance(HOUR_MS)
  expect(await start(HOUR_MS, { cookie })).toMatchObject({ code: "reauthentication_required" })
  const again = `mutation { reauthenticate(password: "${PASSWORD}") { __typename } }`
  const { cookie: fresh } = await control.ask(again, {}, { cookie })
  expect(await start(HOUR_MS, { cookie: fresh })).toMatchObject({ apiKey: { id: key } })
  await arrive()
  const document = `mutation { createAdminToken(input: { name: "operator", scope: OPERATE }) {
    ... on CreateAdminTokenSuccess { secret } } }`
  const { createAdminToken } = await control.data<{ createAdminToken: { secret: string } }>(document)
  const token = createAdminToken.secret
  const { data, errors } = await control.ask<{ request: Shown }>(READ, { id: "req_1" }, { token })
  expect([data.request, errors.map(({ extensions }) => extensions?.["code"])]).toEqual([
    { captureState: "TAKEN", capture: null },
    ["FORBIDDEN"],
  ])
})

test("what arrives is read as it was, lies sealed in the database, and who read it stands in the audit", async () => {
  await start()
  expect((await arrive()).status).toBe(200)
  expect((await arrive()).status).toBe(200)
  expect(await show()).toMatchObject({
    captureState: "TAKEN",
    capture: {
      request: { path: "v1/chat/completions", headers: [{ name: "accept", value: "*/*" }], body: { text: CANARY } },
      attempts: [
        {
          account: null,
          url: "https://upstream.test/v1internal:streamGenerateContent?alt=sse",
          body: { text: `upstream ${CANARY}` },
        },
      ],
      answer: { status: 200, body: { text: "answer" } },
      translation: {
        client: { text: CANARY },
        upstream: { text: `upstream ${CANARY}` },
        changes: [
          { code: "lost", kind: "DROPPED", reason: "because", client: "/x", upstream: null, rule: null, times: 1 },
        ],
      },
    },
  })
  const events = await tables().auditEvent.findMany({ where: { action: "readCapture" } })
  expect(events).toMatchObject([{ actorKind: "ADMIN_TOKEN", objectKind: "REQUEST", objectId: "req_1" }])
  const [row] = await tables().capture.findMany()
  expect(row?.storedBytes).toBe(row?.sealedExchange.length)
  for (const text of [row?.sealedExchange, control.log()]) expect(text).not.toContain(CANARY)
})

test("what nobody asked for, or not any more, is taken off the data plane's hands and not kept", async () => {
  await arrive({ id: "req_never" })
  await start()
  await arrive({ id: "req_in" })
  clock.advance(HOUR_MS / 2)
  await erase(key)
  await arrive({ id: "req_before_erasing", capturesErasedAt: undefined })
  clock.advance(1)
  await arrive({ id: "req_after_erasing" })
  clock.advance(HOUR_MS)
  await arrive({ id: "req_late" })
  await arrive({ id: "req_of_nobody", of: "key_gone" })
  expect((await tables().capture.findMany()).map(({ requestId }) => requestId)).toEqual(["req_after_erasing"])
})

test("what is on its way into the database while somebody erases is not kept either", async () => {
  await start()
  // Packing it takes longer than erasing nothing.
  const text = randomBytes(3_000_000).toString("base64")
  for (const of of [key, undefined]) {
    const taken = captures().take(captureOf({ text }))
    await erase(of)
    await taken
    expect(await tables().capture.count()).toBe(0)
  }
})

test("bodies are erased with their time, with their key, with their requests, by hand, and for want of room", async () => {
  await set("CAPTURE_RETENTION_HOURS", "2")
  await start(20 * HOUR_MS)
  await arrive({ id: "req_1" })
  clock.advance(HOUR_MS)
  await arrive({ id: "req_2" })
  clock.advance(HOUR_MS)
  await captures().prune()
  expect([await show("req_1"), (await show("req_2"))?.captureState]).toEqual([
    { captureState: "ERASED", capture: null },
    "TAKEN",
  ])
  expect(await erase(key)).toEqual({ erased: 1 })
  expect(await show("req_2")).toEqual({ captureState: "ERASED", capture: null })

  clock.advance(1)
  await start()
  await arrive({ id: "req_3" })
  const kept = key
  key = await makeKey("another")
  await start()
  await arrive({ id: "req_4" })
  await control.data(`mutation ($id: ID!) { removeApiKey(id: $id) { __typename } }`, { id: key })
  expect((await show("req_4"))?.captureState).toBe("ERASED")
  await tables().requestRecord.deleteMany({ where: { id: "req_4" } })

  key = kept
  await set("CAPTURE_MAX_MIB", "1")
  // Nothing packs what is drawn by chance.
  const large = randomBytes(200_000).toString("base64")
  await arrive({ id: "req_5", text: large, startedAt: clock.now() + 1 })
  expect((await tables().capture.findMany()).map(({ requestId }) => requestId).toSorted()).toEqual(["req_3", "req_5"])
  await arrive({ id: "req_6", text: large, startedAt: clock.now() + 2 })
  expect((await tables().capture.findMany()).map(({ requestId }) => requestId)).toEqual(["req_6"])
  expect((await show("req_5"))?.captureState).toBe("ERASED")

  await set("REQUEST_RETENTION_COUNT", "1000")
  await set("REQUEST_RETENTION_DAYS", "1")
  await set("CAPTURE_RETENTION_HOURS", "720")
  clock.advance(24 * HOUR_MS + 10)
  for (const { prune } of createRecords(control.controlPlane.services).forgetters) {
    await prune(new AbortController().signal)
  }
  expect(await tables().capture.count()).toBe(0)

  await start()
  await arrive({ id: "req_7" })
  key = await makeKey("a third")
  await start()
  await arrive({ id: "req_8" })
  expect(await erase(kept)).toEqual({ erased: 1 })
  expect((await show("req_8"))?.captureState).toBe("TAKEN")
  expect(await erase()).toEqual({ erased: 1 })
})

test("what is past its time is shown and sent to nobody, also where it is still there, as a restored backup has it", async () => {
  const replay = async () =>
    control.data(`mutation { replayRequest(id: "req_1", input: { target: TRANSLATION }) { ... on Failure { code } } }`)
  await start()
  await arrive()
  const past = new Date(clock.now() - 24 * HOUR_MS)
  await tables().capture.update({ where: { requestId: "req_1" }, data: { startedAt: new Date(past.getTime() + 1) } })
  expect((await show())?.capture).not.toBeNull()
  expect(await replay()).toEqual({ replayRequest: { code: "no_data_plane" } })
  await tables().capture.update({ where: { requestId: "req_1" }, data: { startedAt: past } })
  expect((await show())?.capture).toBeNull()
  expect(await replay()).toEqual({ replayRequest: { code: "not_captured" } })
  expect(await tables().capture.count()).toBe(1)
  await captures().prune()
  expect([await show(), await tables().capture.count()]).toEqual([{ captureState: "ERASED", capture: null }, 0])
})

test("what began before it was erased is not kept and what began after it is, however wrong the data plane's clock is", async () => {
  await start()
  await erase(key)
  const before = await markOf(key)
  // No time passes between the two.
  await erase(key)
  await arrive({ id: "req_1", capturesErasedAt: before, startedAt: clock.now() + 60_000 })
  await arrive({ id: "req_2", capturesErasedAt: undefined, startedAt: clock.now() + 60_000 })
  await arrive({ id: "req_3", startedAt: clock.now() - 60_000 })
  expect((await tables().capture.findMany()).map(({ requestId }) => requestId)).toEqual(["req_3"])
})

test("pages of requests are narrowed to those that were captured", async () => {
  await start()
  await arrive({ id: "req_1" })
  await arrive({ id: "req_2" })
  await tables().requestRecord.update({ where: { id: "req_2" }, data: { capture: "erased" } })
  const document =
    "query ($captured: Boolean) { requests(first: 5, filter: { captured: $captured }) { edges { node { id } } } }"
  const idsOf = async (captured: boolean): Promise<string[]> => {
    const { requests } = await control.data<{ requests: { edges: { node: { id: string } }[] } }>(document, { captured })
    return requests.edges.map(({ node }) => node.id)
  }
  expect([await idsOf(true), await idsOf(false)]).toEqual([["req_1"], ["req_2"]])
})

test("only a data plane sends captures, and only whole ones", async () => {
  await start()
  expect((await post(captureOf({}), "another-token")).status).toBe(401)
  expect((await post(captureOf({}).subarray(0, -1))).status).toBe(400)
  expect(
    (await fetch(`${control.url}/link/captures`, { headers: { authorization: `Bearer ${LINK_TOKEN}` } })).status,
  ).toBe(405)
  expect(await tables().capture.count()).toBe(0)
})

test("what looks after all sealed values finds them, a few at a time where they are long", async () => {
  await start()
  for (const id of ["req_1", "req_2", "req_3"]) await arrive({ id })
  const raw = await openRaw(control.controlPlane.services.config.databaseUrl.reveal())
  try {
    const column = (await readSealedColumns(raw)).find(({ table }) => table === "Capture")
    expect(column).toMatchObject({ key: "requestId", column: "sealedExchange" })
    if (column === undefined) return
    const opened: number[] = []
    for await (const page of readSealedValues(raw, column, 2)) {
      for (const { place, sealed } of page) opened.push(control.controlPlane.vault.open(place, sealed).length)
    }
    expect(opened).toHaveLength(3)
  } finally {
    await raw.close()
  }
})
