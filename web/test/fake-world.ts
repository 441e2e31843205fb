/** The data behind the fake control plane, its topics, and the root fields over them. */
import { bulkFields } from "./fake-bulk.ts"
import { accountFields, type AccountWorld, emptyAccountWorld, type Row } from "./fake-account-fields.ts"
import { emptyRoutingWorld, routingFields, type RoutingWorld } from "./fake-routing.ts"

export type { Row }

export interface World extends AccountWorld, RoutingWorld {
  accounts: Row[]
  keys: Row[]
  nodes: Row[]
  requests: Row[]
  /** What replayRequest answers. */
  replay: unknown
  usage: unknown[]
  errors: unknown[]
  /** The same step by step. */
  usageSteps: unknown[]
  errorSteps: unknown[]
  /** What usage answers when it is told apart by anything but errors. */
  usageBy: unknown[]
  quotaForecast: unknown[]
  recentTraffic: unknown[]
  alerts: Row[]
  termsNotice: string
  gatewayUrl: string
  oauthClient: { isSet: boolean; origin: string; fingerprint: string | null }
  pool: { pausedSince: string | null; pauseReason: string | null }
  /** What was pasted last. */
  pasted: Record<string, unknown> | undefined
  /** What the next addAccount answers instead of success. */
  refuseAdd: { code: string; message: string; path: string[] } | undefined
  /** What createApiKey answers instead of success. */
  refuseKey: { code: string; message: string; path: string[] } | undefined
  /** Tells what has happened; whoever reads afterwards sees it too. */
  publish: (topic: string, value: unknown) => void
  root: Record<string, unknown>
}

interface FakeAccountFilter {
  needsAttention?: boolean
  models?: readonly string[]
}

/** Values given by `publish` until the reader leaves. */
function createTopics() {
  const readers = new Map<string, Set<(value: unknown) => void>>()
  const publish = (topic: string, value: unknown) => {
    for (const reader of readers.get(topic) ?? []) reader(value)
  }
  async function* read(topic: string): AsyncGenerator<Record<string, unknown>, void, void> {
    const queue: unknown[] = []
    let wake = () => {}
    const reader = (value: unknown) => {
      queue.push(value)
      wake()
    }
    const own = readers.get(topic) ?? new Set()
    readers.set(topic, own.add(reader))
    try {
      for (;;) {
        while (queue.length > 0) yield { [topic]: queue.shift() }
        // eslint-disable-next-line no-await-in-loop -- waits for the next value
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      own.delete(reader)
    }
  }
  return { publish, read }
}

/** An account as the schema wants it; `given` says what is special about it. */
export function fakeAccount(given: Partial<Row> & { id: string }): Row {
  return {
    kind: "ANTIGRAVITY",
    label: given.id,
    email: `${given.id}@example.test`,
    state: "READY",
    stateReason: null,
    stateSince: "2026-01-01T00:00:00Z",
    stateUntil: null,
    wayOut: null,
    wayOutLink: null,
    onboardingStep: null,
    enabled: true,
    tier: "Standard",
    projectId: null,
    weight: 1,
    priority: 0,
    maxConcurrent: null,
    reserve: null,
    disabledModels: [],
    tags: [],
    conversations: 0,
    cooldowns: [],
    quota: [],
    quotaForecast: [],
    quotaHistory: [],
    oauthClient: null,
    models: ["gemini-3-flash", "claude-sonnet-4-5"],
    tokenExpiresAt: null,
    inFlight: 0,
    requestCount: 0,
    lastUsedAt: null,
    createdAt: "2026-01-01T00:00:00Z",
    ...given,
  }
}

/** A key as the schema wants it; `given` says what is special about it. */
export function fakeKey(given: Partial<Row> & { id: string }): Row {
  return {
    name: given.id,
    prefix: `lag_${given.id}…0000`,
    origin: "CREATED",
    enabled: true,
    models: null,
    dialects: null,
    addresses: null,
    maxConcurrent: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    tokensPerDay: null,
    tokensPerMonth: null,
    mayExplain: true,
    tags: [],
    note: null,
    replaced: [],
    captureUntil: null,
    expiresAt: null,
    lastUsedAt: null,
    requestCount: 0,
    requestsToday: 0,
    tokensToday: "0",
    requestsThisMonth: 0,
    tokensThisMonth: "0",
    createdAt: "2026-01-01T00:00:00Z",
    ...given,
  }
}

const connection = (rows: readonly Row[]) => ({
  edges: rows.map((node) => ({ cursor: node.id, node })),
  pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: rows.at(-1)?.id ?? null, startCursor: null },
  totalCount: rows.length,
})

const secretOf = (number: number) => `lag_fake${number}_not-a-real-secret-0123456789abcdef`

/** An empty world. */
export function createWorld(): World {
  const { publish, read } = createTopics()
  let made = 0
  const changeNode = (id: string, change: object): Row | undefined => {
    world.nodes = world.nodes.map((node) => (node.id === id ? { ...node, ...change } : node))
    const changed = world.nodes.find((node) => node.id === id)
    publish("nodeChanged", changed)
    return changed
  }
  const world: World = {
    ...emptyAccountWorld(),
    ...emptyRoutingWorld(),
    accounts: [],
    keys: [],
    nodes: [],
    requests: [],
    replay: { __typename: "Refused", code: "not_captured", message: "Nothing of it is here.", path: [] },
    usage: [],
    errors: [],
    usageSteps: [],
    errorSteps: [],
    usageBy: [],
    quotaForecast: [],
    recentTraffic: [],
    alerts: [],
    termsNotice: "The provider may treat this as a violation of its terms.",
    gatewayUrl: "http://127.0.0.1:8088",
    oauthClient: { isSet: true, origin: "ENVIRONMENT", fingerprint: "0123456789abcdef" },
    pool: { pausedSince: null, pauseReason: null },
    pasted: undefined,
    refuseAdd: undefined,
    refuseKey: undefined,
    publish: (topic, value) => {
      keep(topic, value)
      publish(topic, value)
    },
    root: {},
  }
  const removed = new Set<unknown>()
  const upserted = (rows: Row[], row: Row) =>
    rows.some(({ id }) => id === row.id)
      ? rows.map((one) => (one.id === row.id ? { ...one, ...row } : one))
      : [...rows, row]
  const keep = (topic: string, value: unknown) => {
    if (topic === "accountRemoved") {
      removed.add(value)
      world.accounts = world.accounts.filter(({ id }) => id !== value)
    }
    if (topic !== "accountChanged" && topic !== "nodeChanged") return
    const row = value as Row // as these topics carry it
    // Late word of what is gone brings nothing back.
    if (removed.has(row.id)) return
    if (topic === "nodeChanged") world.nodes = upserted(world.nodes, row)
    else world.accounts = upserted(world.accounts, row)
  }
  const without = (rows: Row[], id: string) => rows.filter((row) => row.id !== id)
  world.root = {
    ...accountFields(world, fakeAccount),
    ...bulkFields(world),
    ...routingFields(world),
    accounts: ({ first, after, filter }: { first: number; after?: string; filter?: FakeAccountFilter }) => {
      const { models } = filter ?? {}
      const accounts =
        models === undefined
          ? world.accounts
          : world.accounts.filter((one) => [one["models"]].flat().some((model) => models.includes(String(model))))
      if (filter?.needsAttention === true) {
        return connection(world.accounts.filter(({ state }) => String(state).startsWith("NEEDS_")))
      }
      const start = after === undefined || after === null ? 0 : accounts.findIndex(({ id }) => id === after) + 1
      const page = connection(accounts.slice(start, start + first))
      page.pageInfo.hasNextPage = start + first < accounts.length
      return page
    },
    apiKeys: () => connection(world.keys),
    nodes: () => world.nodes,
    requests: () => connection(world.requests),
    replayRequest: () => world.replay,
    request: ({ id }: { id: string }) => world.requests.find((one) => one.id === id) ?? null,
    usage: ({ range, groupBy }: { range: { step?: string }; groupBy?: string[] }) => {
      if (groupBy !== undefined && !groupBy.includes("ERROR_CODE")) return world.usageBy
      if (range.step !== undefined) return groupBy === undefined ? world.usageSteps : world.errorSteps
      return groupBy === undefined ? world.usage : world.errors
    },
    recentTraffic: () => world.recentTraffic,
    quotaForecast: () => world.quotaForecast,
    alerts: () => connection(world.alerts),
    gatewayUrl: () => world.gatewayUrl,
    termsNotice: () => world.termsNotice,
    addAccount: ({ input }: { input: Record<string, unknown> }) => {
      if (world.refuseAdd !== undefined) return { __typename: "InvalidInput", ...world.refuseAdd }
      const account = fakeAccount({
        id: `added-${++made}`,
        label: input["label"] ?? `added-${made}@example.test`,
        state: "ONBOARDING",
        createdAt: new Date().toISOString(),
      })
      world.accounts.push(account)
      publish("accountChanged", account)
      return { __typename: "AddAccountSuccess", account }
    },
    pool: () => world.pool,
    resumePool: () => {
      world.pool = { pausedSince: null, pauseReason: null }
      publish("poolChanged", world.pool)
      return { __typename: "ResumePoolSuccess", pool: world.pool }
    },
    oauthClient: () => world.oauthClient,
    updateOAuthClient: () => {
      world.oauthClient = { isSet: true, origin: "SET", fingerprint: "fedcba9876543210" }
      return { __typename: "UpdateOAuthClientSuccess", oauthClient: world.oauthClient }
    },
    startOAuth: () => ({
      __typename: "StartOAuthSuccess",
      authorizationUrl: "https://accounts.example.test/sign-in?state=fake-state",
      state: "fake-state",
      expiresAt: new Date(Date.now() + 600_000).toISOString(),
    }),
    completeOAuth: ({ input }: { input: Record<string, unknown> }) => {
      world.pasted = input
      return { __typename: "Refused", code: "unknown_state", message: "Not known here.", path: [] }
    },
    removeAccount: ({ id, revoke }: { id: string; revoke: boolean }) => {
      world.accounts = without(world.accounts, id)
      publish("accountRemoved", id)
      return { __typename: "RemoveAccountSuccess", accountId: id, revoked: revoke ? true : null }
    },
    createApiKey: ({ input }: { input: Record<string, unknown> }) => {
      if (world.refuseKey !== undefined) return { __typename: "InvalidInput", ...world.refuseKey }
      const number = ++made
      const prefix = `lag_fake${number}…0000`
      const key = fakeKey({ id: `key-${number}`, ...input, prefix, createdAt: new Date().toISOString() })
      world.keys.push(key)
      return { __typename: "CreateApiKeySuccess", apiKey: key, secret: secretOf(number) }
    },
    updateApiKey: ({ id, input }: { id: string; input: Record<string, unknown> }) => {
      world.keys = world.keys.map((key) => (key.id === id ? { ...key, ...input } : key))
      return { __typename: "UpdateApiKeySuccess", apiKey: world.keys.find((key) => key.id === id) }
    },
    rotateApiKey: ({ id, overlapMinutes }: { id: string; overlapMinutes: number }) => {
      const number = ++made
      const worksUntil = new Date(Date.now() + overlapMinutes * 60_000).toISOString()
      world.keys = world.keys.map((key) => {
        if (key.id !== id) return key
        return { ...key, prefix: `lag_fake${number}…0000`, replaced: [{ prefix: key["prefix"], worksUntil }] }
      })
      const apiKey = world.keys.find((key) => key.id === id)
      return { __typename: "RotateApiKeySuccess", apiKey, secret: secretOf(number) }
    },
    startCapture: ({ id, until }: { id: string; until: string }) => {
      world.keys = world.keys.map((key) => (key.id === id ? { ...key, captureUntil: until } : key))
      return { __typename: "StartCaptureSuccess", apiKey: world.keys.find((key) => key.id === id) }
    },
    endCapture: ({ id }: { id: string }) => {
      world.keys = world.keys.map((key) => (key.id === id ? { ...key, captureUntil: null } : key))
      return { __typename: "EndCaptureSuccess", apiKey: world.keys.find((key) => key.id === id) }
    },
    removeApiKey: ({ id }: { id: string }) => {
      world.keys = without(world.keys, id)
      return { __typename: "RemoveApiKeySuccess", apiKeyId: id }
    },
    createNode: ({ input }: { input: { name: string } }) => {
      const node = {
        id: `node-${++made}`,
        name: input.name,
        connected: false,
        ready: false,
        reasons: [],
        inFlight: 0,
      }
      world.nodes = [...world.nodes, node]
      return { __typename: "CreateNodeSuccess", node, linkToken: "link_fake_not-a-real-token" }
    },
    removeNode: ({ id }: { id: string }) => {
      world.nodes = without(world.nodes, id)
      return { __typename: "RemoveNodeSuccess", nodeId: id }
    },
    drainNode: ({ id }: { id: string }) => {
      const node = changeNode(id, { ready: false, reasons: ["told_to_drain"] })
      return { __typename: "DrainNodeSuccess", node, inFlight: 2 }
    },
    resumeNode: ({ id }: { id: string }) => {
      const node = changeNode(id, { ready: true, reasons: [] })
      return { __typename: "ResumeNodeSuccess", node, inFlight: 2 }
    },
    accountChanged: () => read("accountChanged"),
    oauthProgress: () => read("oauthProgress"),
    accountRemoved: () => read("accountRemoved"),
    accountTestStep: () => read("accountTestStep"),
    poolChanged: () => read("poolChanged"),
    nodeChanged: () => read("nodeChanged"),
    requestFinished: () => read("requestFinished"),
    trafficSample: () => read("trafficSample"),
  }
  return world
}
