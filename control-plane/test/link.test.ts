import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { createConnection } from "node:net"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { FREE_GUESSES } from "#shared/guess-limit.ts"
import { accountId, apiKeyId, exchangeId } from "#shared/ids.ts"
import type { ExchangeRecord, ReportItem } from "#shared/link-protocol.ts"
import { readExposition, valueOf } from "#shared/testing/exposition.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, LINK_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { connectLink, heartbeat, type LinkClient } from "./support/link-client.ts"
import { createManualClock } from "./support/manual-clock.ts"

let simulator: Simulator
let control: TestControlPlane
let link: LinkClient
let account: { id: string }
let apiKey: { id: string }

const ADD = `mutation ($token: String!, $email: String!) {
  addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const CREATE_KEY = `mutation ($name: String!) { createApiKey(input: { name: $name }) {
  ... on CreateApiKeySuccess { apiKey { id } secret } ... on Failure { message } } }`
const NODES = `{ nodes { id name connected ready reasons snapshotVersion lag refusal inFlight version rssBytes } }`

interface NodeData {
  readonly nodes: {
    id: string
    name: string
    connected: boolean
    ready: boolean
    snapshotVersion: string
    lag: string
    refusal: string | null
    inFlight: number
    version: string
    rssBytes: string
  }[]
}

async function addAccount(email: string): Promise<{ id: string }> {
  simulator.addAccount({ email })
  const variables = { token: `sim-refresh-${email}`, email }
  const added = (await control.data<{ addAccount: { account: { id: string } } }>(ADD, variables)).addAccount.account
  await link.snapshot((snapshot) => snapshot.accounts.some((one) => one.id === added.id && one.usable))
  return added
}

const item = <Type extends object>(body: Type): Type & { id: string; at: number } => ({
  id: randomUUID(),
  at: Date.now(),
  ...body,
})

function exchange(overrides: Partial<ExchangeRecord> = {}): ReportItem {
  return item({
    type: "exchange" as const,
    exchangeId: exchangeId(`req_${randomUUID()}`),
    startedAt: Date.now() - 1e3,
    apiKeyId: apiKeyId(apiKey.id),
    dialect: "openai-chat",
    stream: true,
    requestedModel: "gpt-5",
    model: "gemini-3-flash",
    outcome: "completed" as const,
    status: 200,
    usage: {
      inputTokens: 10,
      outputTokens: 5,
    },
    durationMs: 900,
    firstContentMs: 120,
    receivedMs: 0.25,
    fetchedMs: 3,
    overheadUs: 412,
    dropped: ["seed"],
    schemaReport: { total: 40, listed: [{ tool: "look", path: "properties.at", change: "added: string" }] },
    attempts: [
      {
        accountId: accountId(account.id),
        reason: "next in turn",
        startedMs: 1,
        firstByteMs: 90,
        firstPartMs: 95,
        askedMs: 0.5,
        waitedMs: 1,
        renewalMs: 2,
        connectMs: 40,
        endedMs: 899,
        census: { known: 3, unusable: 1, notOffered: 0, resting: 1, modelOff: 0, candidates: 1, busy: 1 },
      },
    ],
    ...overrides,
  })
}

beforeAll(async () => {
  simulator = await startSimulator()
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
  link = await connectLink(control.url)
  account = await addAccount("first@example.test")
  apiKey = (await control.data<{ createApiKey: { apiKey: { id: string } } }>(CREATE_KEY, { name: "tests" }))
    .createApiKey.apiKey
})

afterAll(async () => {
  link.close()
  await control.stop()
  await simulator.close()
})

describe("snapshots", () => {
  test("the stream begins with hello and the newest snapshot, and brings each change", async () => {
    expect(link.frames[0]).toMatchObject({ type: "hello", controlPlaneVersion: expect.any(String) })
    const snapshot = await link.snapshot(({ accounts }) =>
      accounts.some(({ id, usable }) => id === account.id && usable),
    )
    const sent = snapshot.accounts.find(({ id }) => id === account.id)
    expect(sent).toMatchObject({
      kind: "antigravity",
      state: "READY",
      projectId: expect.stringMatching(/^sim-project-/),
    })
    expect(sent?.credential?.accessToken).toMatch(/^sim-access\./)
    expect(snapshot.catalogues[sent?.catalogue ?? ""]?.models.map(({ id }) => id)).toContain("gemini-3-flash")
    expect(snapshot.settings.antigravityBaseUrls).toEqual([simulator.url])
    const versions = link.snapshots.map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((left, right) => left - right))
    expect(new Set(versions).size).toBe(versions.length)
  })

  test("a new key is in the next snapshot as its digest only", async () => {
    const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string }; secret: string } }>(
      CREATE_KEY,
      { name: "x" },
    )
    const snapshot = await link.snapshot(({ apiKeys }) => apiKeys.some(({ id }) => id === createApiKey.apiKey.id))
    expect(JSON.stringify(snapshot)).not.toContain(createApiKey.secret)
  })

  describe("of a world in which nothing changes", () => {
    let still: TestControlPlane
    beforeAll(async () => {
      still = await startTestControlPlane()
      await still.data(CREATE_KEY, { name: "one" })
      await still.controlPlane.services.publisher.flush()
    })
    afterAll(() => still.stop())
    const newest = () => {
      const { epoch = 0, version = 0, hash = "" } = still.controlPlane.services.publisher.current ?? {}
      return { epoch, version, hash }
    }

    test("the newest is not sent again to a node that has it; to one with an older it is", async () => {
      const { epoch, version } = newest()
      const same = await connectLink(still.url, { boot: "same", epoch, version })
      const older = await connectLink(still.url, { boot: "older", epoch, version: version - 1 })
      await waitFor(() => older.snapshots.length === 1)
      await waitFor(() => same.frames.length >= 1)
      expect(same.snapshots).toEqual([])
      same.close()
      older.close()
    })

    test("the newest is sent to a node that has another content under its stamp", async () => {
      const other = await connectLink(still.url, { ...newest(), boot: "other", hash: "0".repeat(64) })
      await waitFor(() => other.snapshots.length === 1)
      const same = await connectLink(still.url, { ...newest(), boot: "same" })
      await waitFor(() => same.frames.length >= 1)
      expect(same.snapshots).toEqual([])
      same.close()
      other.close()
    })
  })

  test("a database made later outranks the one before, and keeps its epoch", async () => {
    const clock = createManualClock()
    const first = await startTestControlPlane({ clock })
    const before = first.controlPlane.services.publisher.current?.epoch ?? 0
    await first.stop({ keep: true })
    clock.advance(1_000)
    const again = await startTestControlPlane({ clock, dataDirectory: first.dataDirectory })
    expect(again.controlPlane.services.publisher.current?.epoch).toBe(before)
    await again.stop()
    const second = await startTestControlPlane({ clock })
    expect(second.controlPlane.services.publisher.current?.epoch).toBe(before + 1)
    expect(second.controlPlane.services.publisher.current?.version).toBe(1)
    await second.stop()
  })

  test("versions go on over a restart, and an unchanged world keeps its bytes", async () => {
    const first = await startTestControlPlane()
    await first.data(CREATE_KEY, { name: "one" })
    await first.controlPlane.services.publisher.flush()
    const before = first.controlPlane.services.publisher.current
    await first.stop({ keep: true })
    const second = await startTestControlPlane({ dataDirectory: first.dataDirectory })
    try {
      expect(second.controlPlane.services.publisher.current).toEqual(before)
      await second.data(CREATE_KEY, { name: "two" })
      await second.controlPlane.services.publisher.flush()
      expect(second.controlPlane.services.publisher.current?.version).toBe((before?.version ?? 0) + 1)
    } finally {
      await second.stop()
    }
  })
})

describe("acknowledgements", () => {
  const readNode = async (): Promise<NodeData["nodes"][number]> => {
    const node = (await control.data<NodeData>(NODES)).nodes.find(({ name }) => name === "local")
    if (node === undefined) throw new Error("no node")
    return node
  }

  test("ack, refusal and load of a node are seen", async () => {
    await control.controlPlane.services.publisher.flush()
    const newest = link.snapshots.at(-1)
    const { epoch = 0, version = 0, hash = "" } = newest ?? {}
    await link.report(item({ type: "snapshot-ack", epoch, version, hash }))
    expect(await readNode()).toMatchObject({
      connected: true,
      snapshotVersion: String(version),
      lag: "0",
      refusal: null,
    })
    await link.report(item({ type: "snapshot-refuse", epoch, version: version + 1, reason: "unknown setting" }))
    expect(await readNode()).toMatchObject({ refusal: "unknown setting" })
    await link.report(item({ type: "snapshot-ack", epoch, version: version + 1, hash }))
    expect(await readNode()).toMatchObject({ refusal: null })
    await link.report(item({ type: "snapshot-ack", epoch, version, hash }))
    const beat = heartbeat({
      startedAt: Date.now() - 5e3,
      snapshotEpoch: epoch,
      snapshotVersion: version,
      inFlight: 3,
      rssBytes: 8e7,
      eventLoopDelayMs: 1.5,
      exchanges: 9,
      inFlightByAccount: { [account.id]: 2 },
    })
    expect(await control.data("{ gatewayUrl }")).toEqual({ gatewayUrl: "http://127.0.0.1:8088" })
    for (const [url, gatewayUrl] of [
      ["http://127.0.0.2:4711", "http://127.0.0.1:4711"],
      ["https://0.0.0.0:4711", "https://127.0.0.1:4711"],
      ["http://[::]:4711", "http://127.0.0.1:4711"],
      ["https://192.0.2.7:4711", "https://192.0.2.7:4711"],
    ] as const) {
      await link.report(item({ ...beat, url }))
      expect(await control.data("{ gatewayUrl }")).toEqual({ gatewayUrl })
    }
    const CACHE = "query { nodes { promptCache { windowSeconds inputTokens cachedInputTokens hitRate } } }"
    const promptCache = { windowMs: 600_000, inputTokens: 800, cachedInputTokens: 600 }
    await link.report(item({ ...beat, promptCache }))
    expect(await control.data(CACHE)).toEqual({
      nodes: [{ promptCache: { windowSeconds: 600, inputTokens: "800", cachedInputTokens: "600", hitRate: 0.75 } }],
    })
    await link.report(item({ ...beat, promptCache: { windowMs: 600_000, inputTokens: 0, cachedInputTokens: 0 } }))
    expect(await control.data(CACHE)).toMatchObject({ nodes: [{ promptCache: { inputTokens: "0", hitRate: null } }] })
    await link.report(item(beat))
    expect(await control.data(CACHE)).toEqual({ nodes: [{ promptCache: null }] })
    const readSharing = async (load: object): Promise<unknown> => {
      await link.report(item({ ...beat, ...load }))
      return (await control.data<{ nodes: unknown[] }>("{ nodes { sharing { state since reason } } }")).nodes
    }
    const since = Date.parse("2026-01-02T03:04:05.678Z")
    for (const [load, sharing] of [
      // A data plane of an earlier version, and of one that shared and did not tell how that goes.
      [{}, null],
      [{ sharesConversations: true }, null],
      [{ sharesConversations: false }, { state: "OFF", since: null, reason: null }],
      [
        { sharesConversations: true, sharing: { isUp: false, since } },
        { state: "CONNECTING", since: "2026-01-02T03:04:05.678Z", reason: null },
      ],
      [
        { sharesConversations: true, sharing: { isUp: true, since } },
        { state: "UP", since: "2026-01-02T03:04:05.678Z", reason: null },
      ],
      [
        { sharesConversations: true, sharing: { isUp: false, since, reason: "it does not answer" } },
        { state: "DOWN", since: "2026-01-02T03:04:05.678Z", reason: "it does not answer" },
      ],
    ] as const) {
      expect(await readSharing(load)).toEqual([{ sharing }])
    }
    await link.report(item(beat))
    expect(await readNode()).toMatchObject({ ready: true, inFlight: 3, rssBytes: "80000000", version: "0.1.0" })
    expect(await control.data("query ($id: ID!) { account(id: $id) { inFlight } }", { id: account.id })).toEqual({
      account: { inFlight: 2 },
    })
  })
})

test("conversations are counted over data planes; where one tells of too many accounts the others are unknown", async () => {
  const { prisma } = control.controlPlane.services.database
  const at = new Date()
  await prisma.account.create({
    data: { id: "acc_quiet", kind: "ANTIGRAVITY", label: "quiet", stateSince: at, createdAt: at, tags: [] },
  })
  const beat = heartbeat({ startedAt: at.getTime() })
  const tell = async (load: object): Promise<(number | null)[]> => {
    await link.report(item({ ...beat, ...load }))
    const document = "query ($id: ID!) { account(id: $id) { conversations } }"
    const counts = []
    for (const id of [account.id, "acc_quiet"]) {
      counts.push((await control.data<{ account: { conversations: number | null } }>(document, { id })).account)
    }
    return counts.map(({ conversations }) => conversations)
  }
  expect(await tell({ conversations: 3, conversationsByAccount: { [account.id]: 3 } })).toEqual([3, 0])
  expect(await tell({ conversations: 5, conversationsByAccount: { [account.id]: 3 } })).toEqual([3, null])
  // Two that share theirs through a store tell of the same ones, and this one of its own.
  const one = { conversations: 3, conversationsByAccount: { [account.id]: 3 } }
  const boots = ["shares", "shares-too"]
  const others = await Promise.all(boots.map((boot) => connectLink(control.url, { boot })))
  for (const [index, other] of others.entries()) {
    const count = 4 - index
    const shared = { conversations: count, conversationsByAccount: { [account.id]: count }, sharesConversations: true }
    await other.report(item({ ...beat, ...shared }))
    expect(await tell(one)).toEqual([7, 0])
  }
  // A data plane of an earlier version says nothing.
  expect(await tell({})).toEqual([4, 0])
  for (const other of others) other.close()
  await Promise.all(others.map(({ closed }) => closed))
  await prisma.account.delete({ where: { id: "acc_quiet" } })
})

describe("exchanges", () => {
  const REQUEST = `query ($id: ID!) { request(id: $id) { id dialect requestedModel model outcome status inputTokens outputTokens
    reasoningTokens durationMs receivedMs fetchedMs overheadUs refusal { waitedMs renewalMs census { known busy modelLimit } } dropped schemaReport { total listed { tool path change } } apiKey { id name } attempts { account { id email } reason startedMs endedMs failureClass askedMs waitedMs renewalMs connectMs firstByteMs firstPartMs census { known resting candidates busy tried keyLimit } } } }`

  test("are kept once however often they are reported, with counters and events", async () => {
    const finished = await subscribe<{ requestFinished: { id: string } }>(
      control.url,
      "subscription { requestFinished { id } }",
      { token: ADMIN_TOKEN },
    )
    const counts = async () =>
      control.data<{ account: { requestCount: number } }>("query ($id: ID!) { account(id: $id) { requestCount } }", {
        id: account.id,
      })
    const before = (await counts()).account.requestCount
    const items = [exchange(), exchange()]
    const receipts = await Promise.all([
      link.report(...items),
      link.report(...items),
      link.report(...items.toReversed()),
    ])
    for (const receipt of receipts) {
      expect((await receipt.json()).accepted.toSorted()).toEqual(items.map(({ id }) => id).toSorted())
    }
    expect((await counts()).account.requestCount).toBe(before + 2)
    const [first] = items
    const id = first?.type === "exchange" ? first.exchangeId : ""
    const told = [(await finished.next()).requestFinished.id, (await finished.next()).requestFinished.id]
    expect(told).toContain(id)
    finished.close()
    expect(await control.data(REQUEST, { id })).toEqual({
      request: {
        id,
        dialect: "OPENAI_CHAT",
        requestedModel: "gpt-5",
        model: "gemini-3-flash",
        outcome: "COMPLETED",
        status: 200,
        inputTokens: "10",
        outputTokens: "5",
        reasoningTokens: null,
        durationMs: 900,
        receivedMs: 0.25,
        fetchedMs: 3,
        overheadUs: 412,
        refusal: null,
        dropped: ["seed"],
        schemaReport: { total: 40, listed: [{ tool: "look", path: "properties.at", change: "added: string" }] },
        apiKey: {
          id: apiKey.id,
          name: "tests",
        },
        attempts: [
          {
            account: {
              id: account.id,
              email: "first@example.test",
            },
            reason: "next in turn",
            startedMs: 1,
            endedMs: 899,
            failureClass: null,
            askedMs: 0.5,
            waitedMs: 1,
            renewalMs: 2,
            connectMs: 40,
            firstByteMs: 90,
            firstPartMs: 95,
            census: { known: 3, resting: 1, candidates: 1, busy: 1, tried: 0, keyLimit: null },
          },
        ],
      },
    })
  })

  test("say what the pool refused them for; of an older data plane what it counted", async () => {
    const census = { known: 4, unusable: 1, notOffered: 0, resting: 0, modelOff: 0, candidates: 3 }
    const refused = { outcome: "failed" as const, status: 429, errorCode: "pool_busy", attempts: [] }
    const items = [
      exchange({ ...refused, refusal: { waitedMs: 60_000, census: { ...census, busy: 3, modelLimit: 2 } } }),
      exchange({ ...refused, refusal: { renewalMs: 5_000, census }, overheadUs: 2 ** 40 }),
    ]
    await link.report(...items)
    const read = items.map(async (one) => {
      const id = one.type === "exchange" ? one.exchangeId : ""
      return (await control.data<{ request: object }>(REQUEST, { id })).request
    })
    expect(await Promise.all(read)).toMatchObject([
      { refusal: { waitedMs: 60_000, renewalMs: null, census: { known: 4, busy: 3, modelLimit: 2 } } },
      {
        refusal: { waitedMs: null, renewalMs: 5_000, census: { known: 4, busy: null, modelLimit: null } },
        overheadUs: 2_147_483_647,
      },
    ])
  })

  test("of a kind that only a newer data plane knows are accepted, so that they are not sent for ever", async () => {
    const unknown = { id: "item-of-tomorrow", at: Date.now(), type: "weather", sky: "clear" }
    const response = await fetch(`${control.url}/link/reports`, {
      method: "POST",
      headers: { authorization: `Bearer ${LINK_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ node: "local", boot: "boot-1", items: [unknown] }),
    })
    expect(await response.json()).toEqual({ accepted: ["item-of-tomorrow"] })
  })

  test("of a key that is gone are kept without it", async () => {
    const report = exchange({ apiKeyId: apiKeyId("key_gone") })
    await link.report(report)
    const id = report.type === "exchange" ? report.exchangeId : ""
    expect(await control.data("query ($id: ID!) { request(id: $id) { apiKey { id } } }", { id })).toEqual({
      request: { apiKey: null },
    })
  })

  test("are paged newest first without gaps", async () => {
    const page = `query ($after: String) { requests(first: 2, after: $after) { edges { node { id startedAt } } pageInfo { endCursor hasNextPage } } }`
    interface Page {
      readonly requests: {
        edges: { node: { id: string; startedAt: string } }[]
        pageInfo: { endCursor: string; hasNextPage: boolean }
      }
    }
    await link.report(
      ...Array.from({ length: 5 }, (_, index) => exchange({ startedAt: 1_700_000_000_000 + (index % 2) })),
    )
    const seen: string[] = []
    let after: string | undefined
    let isMore = true
    while (isMore) {
      const { requests }: Page = await control.data<Page>(page, { after })
      seen.push(...requests.edges.map(({ node }) => `${node.startedAt} ${node.id}`))
      after = requests.pageInfo.endCursor
      isMore = requests.pageInfo.hasNextPage
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(8)
    expect(seen).toEqual(seen.toSorted().toReversed())
  })

  test("feed the traffic sample", async () => {
    const samples = await subscribe<{ trafficSample: object }>(
      control.url,
      "subscription { trafficSample { requests failures inputTokens cachedInputTokens outputTokens } }",
      { token: ADMIN_TOKEN },
    )
    await samples.next()
    const usage = { inputTokens: 40, cachedInputTokens: 30, outputTokens: 7 }
    await link.report(exchange({ outcome: "failed", status: 502, errorCode: "upstream_failed", usage }))
    const told = { inputTokens: "40", cachedInputTokens: "30", outputTokens: "7" }
    await waitFor(async () => {
      const { trafficSample } = await samples.next()
      return isDeepStrictEqual(trafficSample, { requests: 1, failures: 1, ...told })
    })
    samples.close()
    // Who begins to listen now sees it too.
    const { recentTraffic } = await control.data<{
      recentTraffic: { at: string; requests: number; failures: number }[]
    }>("{ recentTraffic { at requests failures } }")
    expect(recentTraffic.map(({ requests, failures }) => ({ requests, failures }))).toContainEqual({
      requests: 1,
      failures: 1,
    })
    const times = recentTraffic.map(({ at }) => at)
    expect(times).toEqual(times.toSorted())
  })
})

describe("credentials and facts", () => {
  const generationOf = async (id: string): Promise<number> => {
    const row = await control.controlPlane.services.database.prisma.credential.findUnique({ where: { accountId: id } })
    return row?.generation ?? 0
  }
  const tokenCalls = (): number => simulator.seen().filter(({ path }) => path === "/token").length

  test("a refused token is renewed once and the new one pushed; a refusal of an older generation does nothing", async () => {
    const { id } = await addAccount("refused@example.test")
    const generation = await generationOf(id)
    const calls = tokenCalls()
    const report = { type: "credential-refused" as const, accountId: accountId(id), generation, again: false }
    await Promise.all([link.report(item(report)), link.report(item(report)), link.report(item(report))])
    const snapshot = await link.snapshot(({ accounts }) =>
      accounts.some((one) => one.id === id && one.credential?.generation === generation + 1),
    )
    expect(snapshot.accounts.find((one) => one.id === id)?.usable).toBe(true)
    await link.report(item(report))
    await control.controlPlane.ingest.settled()
    expect(tokenCalls()).toBe(calls + 1)
    expect(await generationOf(id)).toBe(generation + 1)
  })

  test("a refusal of a renewed token asks for a new login", async () => {
    const { id } = await addAccount("again@example.test")
    await link.report(
      item({ type: "credential-refused", accountId: accountId(id), generation: await generationOf(id), again: true }),
    )
    const snapshot = await link.snapshot(({ accounts }) =>
      accounts.some((one) => one.id === id && one.state === "NEEDS_LOGIN"),
    )
    const sent = snapshot.accounts.find((one) => one.id === id)
    expect(sent).toMatchObject({ usable: false })
    expect(sent?.credential).toBeUndefined()
  })

  test("a verification wall takes the account out, with the link; an old report does not", async () => {
    const { id } = await addAccount("wall@example.test")
    const fact = {
      type: "account-fact" as const,
      accountId: accountId(id),
      failureClass: "validation",
      message: "Verify your account to continue.",
      link: "https://accounts.google.com/signin/continue?example",
    }
    const read = `query ($id: ID!) { account(id: $id) { state stateReason wayOutLink } }`
    await link.report({ ...item(fact), at: Date.now() - 3_600_000 })
    await control.controlPlane.ingest.settled()
    expect(await control.data(read, { id })).toMatchObject({ account: { state: "READY" } })
    await link.report(item(fact))
    await link.snapshot(({ accounts }) => accounts.some((one) => one.id === id && one.state === "NEEDS_VERIFICATION"))
    expect(await control.data(read, { id })).toMatchObject({
      account: { state: "NEEDS_VERIFICATION", wayOutLink: fact.link },
    })
  })
})

describe("who may link", () => {
  test.each([undefined, "wrong-token", ADMIN_TOKEN])("the token %s is refused", async (token) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    for (const [method, path] of [
      ["GET", "/link/snapshots"],
      ["POST", "/link/reports"],
    ] as const) {
      const response = await fetch(`${control.url}${path}`, { method, headers })
      expect(response.status).toBe(401)
      expect((await response.json()).error).toContain("LINK_TOKEN")
    }
  })

  test("wrong tokens are told in the audit and slowed down; one that was made here never is", async () => {
    const clock = createManualClock()
    const other = await startTestControlPlane({ clock, env: { CONTROL_METRICS_PORT: "0" } })
    try {
      const { services, metricsUrl = "" } = other.controlPlane
      const knock = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` }
        return (await fetch(`${other.url}/link/reports`, { method: "POST", headers })).status
      }
      for (let guess = 0; guess < FREE_GUESSES; guess++) expect(await knock(`a-guess-${guess}`)).toBe(401)
      expect([await knock("one-more"), await knock(LINK_TOKEN)]).toEqual([429, 429])
      const { createNode } = await other.data<{ createNode: { linkToken: string } }>(
        `mutation { createNode(input: { name: "made here" }) { ... on CreateNodeSuccess { linkToken } } }`,
      )
      expect(await knock(createNode.linkToken)).toBe(400)
      clock.advance(1_000)
      expect(await knock(LINK_TOKEN)).toBe(400)
      const families = await readExposition(metricsUrl)
      const refusals = (code: string): number => valueOf(families, "lagrange_link_refusals_total", { code })
      expect([refusals("unknown_token"), refusals("too_many_attempts")]).toEqual([FREE_GUESSES, 2])
      await services.audit.settled()
      const where = { action: "link", outcome: "REFUSED", actorKind: "NOBODY" } as const
      const told = await services.database.prisma.auditEvent.findMany({ where, orderBy: { sequence: "asc" } })
      expect(told.map(({ code, address }) => [code, address])).toEqual([
        ["unknown_token", "127.0.0.1"],
        ["too_many_attempts", "127.0.0.1"],
      ])
    } finally {
      await other.stop()
    }
  })

  test.each([
    [{}, 403],
    [{ BEHIND_TLS: "on" }, 400],
    [{ CLEAR_TEXT: "on" }, 400],
  ])("a link from another host, with %j", async (env, status) => {
    const other = await startTestControlPlane({ env: { TRUSTED_PROXIES: "127.0.0.1", ...env } })
    try {
      const headers = { authorization: `Bearer ${LINK_TOKEN}`, "x-forwarded-for": "192.0.2.7" }
      const response = await fetch(`${other.url}/link/reports`, { method: "POST", headers })
      // A report without a body comes no further than that.
      expect(response.status).toBe(status)
      expect((await response.text()).includes("set BEHIND_TLS, or CLEAR_TEXT")).toBe(status === 403)
    } finally {
      await other.stop()
    }
  })

  test("a created node links with its own token until it is removed", async () => {
    const created = await control.data<{ createNode: { node: { id: string }; linkToken: string } }>(
      `mutation { createNode(input: { name: "second" }) { ... on CreateNodeSuccess { node { id } linkToken } ... on Failure { message } } }`,
    )
    const { node, linkToken } = created.createNode
    const second = await connectLink(control.url, { token: linkToken })
    expect((await control.data<NodeData>(NODES)).nodes.find(({ id }) => id === node.id)).toMatchObject({
      name: "second",
      connected: true,
    })
    await control.data(`mutation ($id: ID!) { removeNode(id: $id) { __typename } }`, { id: node.id })
    await second.closed
    await expect(connectLink(control.url, { token: linkToken })).rejects.toThrow("HTTP 401")
  })

  test.each([
    ["not json", "{"],
    ["not a batch", "{}"],
    ["unknown item", `{"node":"a","boot":"b","items":[{"id":"1","at":1,"type":"exchange"}]}`],
  ])("a report that is %s is refused whole", async (_name, body) => {
    const headers = { authorization: `Bearer ${LINK_TOKEN}`, "content-type": "application/json" }
    const response = await fetch(`${control.url}/link/reports`, { method: "POST", headers, body })
    expect(response.status).toBe(400)
    expect((await response.json()).error).toBeTruthy()
  })
})

describe("a node that does not read", () => {
  test("is never queued for: it holds one snapshot at most, and the newest arrives when it reads on", async () => {
    const slow = createConnection({ host: "127.0.0.1", port: control.controlPlane.port })
    slow.write(
      `GET /link/snapshots?node=slow&boot=slow&version=1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${LINK_TOKEN}\r\n\r\n`,
    )
    let text = ""
    slow.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
    })
    await waitFor(() => text.includes('"type":"snapshot"'))
    slow.pause()
    const { publisher } = control.controlPlane.services
    // More than the sockets' buffers hold: 60 snapshots of some 200 kB.
    const name = "n".repeat(90)
    for (let round = 0; round < 60; round++) {
      await control.controlPlane.services.database.prisma.apiKey.createMany({
        data: Array.from({ length: 20 }, (_, index) => ({
          id: `key_slow_${round}_${index}`,
          name,
          origin: "CREATED" as const,
          digest: Buffer.alloc(32, `${round} ${index} `).toString("base64"),
          lineage: `lin_${round}_${index}`,
          createdAt: new Date(),
        })),
      })
      await publisher.flush()
    }
    const { epoch = 0, version: newest = 0 } = publisher.current ?? {}
    const total = newest - Number(/"version":(\d+)/.exec(text)?.[1] ?? 0)
    slow.resume()
    await waitFor(() => text.includes(`"type":"snapshot","epoch":${epoch},"version":${newest},`), 60_000)
    const arrived = text.match(/"type":"snapshot"/g)?.length ?? 0
    expect(arrived).toBeLessThan(total)
    slow.destroy()
  })
})
