/** Fills a fake world with accounts in every state, keys, nodes and endless traffic, for the eye only. */
import { fakeAccount, fakeKey, type Row, type World } from "./fake-world.ts"

const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const minute = 60_000
const hour = 60 * minute

const models = [
  "gemini-3-pro-preview",
  "gemini-3-flash",
  "claude-sonnet-4-5",
  "claude-opus-4-5-thinking",
  "gpt-oss-120b",
]

const special: Record<string, unknown>[] = [
  { label: "marta.klein@example.test", state: "READY", inFlight: 1, requestCount: 48_213, lastUsedAt: ago(3_000) },
  {
    label: "Build farm",
    email: "ci-bot@example.test",
    state: "READY",
    requestCount: 1_204_511,
    lastUsedAt: ago(9_000),
  },
  {
    label: "j.okafor@example.test",
    state: "COOLING",
    stateReason: "Gemini quota of the five-hour window is used up; it resets in 42 minutes.",
    wayOut: "Nothing to do: it serves again by itself.",
    requestCount: 9_120,
    lastUsedAt: ago(7 * minute),
    stateSince: ago(7 * minute),
  },
  {
    label: "lena@example.test",
    state: "NEEDS_VERIFICATION",
    stateReason: "The provider asks the person to verify this account before it serves again.",
    wayOut: "Open the provider's page in a browser that is signed in as this account, and follow it.",
    wayOutLink: "https://accounts.example.test/verify",
    stateSince: ago(3 * hour),
    lastUsedAt: ago(3 * hour),
    requestCount: 812,
  },
  {
    label: "Old laptop",
    email: "kenji@example.test",
    state: "NEEDS_LOGIN",
    stateReason: "The refresh token was refused (invalid_grant): it was revoked or has expired.",
    wayOut: "Add the account again with a new refresh token; its settings are kept.",
    stateSince: ago(26 * hour),
    lastUsedAt: ago(27 * hour),
    requestCount: 3_002,
  },
  {
    label: "new.person@example.test",
    state: "ONBOARDING",
    stateSince: ago(4_000),
    tier: null,
    models: [],
    createdAt: ago(4_000),
  },
  {
    label: "a-very-long-account-name-that-somebody-pasted-without-looking-at-it-twice@subdomain.example.test",
    state: "DISABLED_BY_PROVIDER",
    stateReason: "The provider disabled it for a violation of its terms of service.",
    wayOut: "Appeal on the provider's page; the pool does not use it until then.",
    wayOutLink: "https://support.example.test/appeal",
    stateSince: ago(49 * hour),
    tier: "Pro",
  },
  {
    label: "tomas@example.test",
    state: "PAUSED",
    stateReason: "Two accounts met a verification wall within ten minutes.",
    stateSince: ago(20 * minute),
  },
  { label: "spare@example.test", state: "DISABLED", enabled: false, stateSince: ago(90 * hour) },
  {
    label: "ana.ribeiro@example.test",
    state: "READY",
    inFlight: 2,
    requestCount: 71,
    lastUsedAt: ago(40_000),
    tier: "Ultra",
  },
]

const nodes: Row[] = [
  {
    id: "n1",
    name: "local",
    version: "0.1.0",
    connected: true,
    ready: true,
    reasons: [],
    snapshotVersion: "184",
    lag: "0",
    refusal: null,
    inFlight: 3,
    rssBytes: "118489088",
    eventLoopDelayMs: 1.4,
    startedAt: ago(5 * hour),
    lastSeenAt: ago(0),
  },
  {
    id: "n2",
    name: "rack-2.example.test",
    version: "0.1.0",
    connected: true,
    ready: false,
    reasons: ["no enabled account holds a credential"],
    snapshotVersion: "181",
    lag: "3",
    refusal: "snapshot 184 names a pool that has no accounts",
    inFlight: 0,
    rssBytes: "96468992",
    eventLoopDelayMs: 0.8,
    startedAt: ago(2 * minute),
    lastSeenAt: ago(0),
  },
]

const errors = [
  [
    "FAILED",
    429,
    "pool_exhausted",
    "All accounts for claude-opus-4-5-thinking are cooling; the earliest is back in 12 m 40 s.",
  ],
  ["FAILED", 400, "invalid_request", "tools[3].input_schema: <b>an object</b> was expected"],
  ["TRUNCATED", 200, "stream_truncated", "The upstream ended its stream without a finish reason."],
  ["CANCELLED", 499, null, null],
] as const

let made = 0
function fakeRequest(world: World): Row {
  const failure = Math.random() < 0.14 ? errors[Math.floor(Math.random() * errors.length)] : undefined
  const model = models[Math.floor(Math.random() * models.length)] ?? "gemini-3-flash"
  const account = world.accounts[Math.floor(Math.random() * 2)] ?? null
  const durationMs = 1_200 + Math.random() ** 3 * 40_000
  return {
    id: `r${++made}`,
    startedAt: ago(durationMs),
    dialect: ["OPENAI_CHAT", "ANTHROPIC_MESSAGES"][made % 2],
    stream: true,
    requestedModel: made % 5 === 0 ? "claude-sonnet-4-5-20250929" : model,
    model,
    outcome: failure?.[0] ?? "COMPLETED",
    status: failure?.[1] ?? 200,
    errorCode: failure?.[2] ?? null,
    errorMessage: failure?.[3] ?? null,
    inputTokens: String(Math.floor(200 + Math.random() * 60_000)),
    outputTokens: failure === undefined ? String(Math.floor(20 + Math.random() * 3_000)) : null,
    durationMs,
    firstContentMs: failure === undefined ? 180 + Math.random() * 900 : null,
    apiKey: { id: "k1", name: "laptop" },
    captureState: "NONE",
    dropped: made % 5 === 0 ? ["response_format", "+system-reminder"] : [],
    schemaReport:
      made % 5 === 0
        ? {
            total: 1,
            listed: [{ tool: "read_file", path: "properties.limit.minimum", change: "moved into the description" }],
          }
        : null,
    attempts:
      failure?.[1] === 400
        ? []
        : Array.from({ length: made % 7 === 0 ? 2 : 1 }, (_, index) => ({
            account,
            reason: "round-robin, chosen longest ago of 2",
            askedMs: index * 40,
            startedMs: index * 40,
            firstByteMs: 30 + index * 300,
            firstPartMs: 32 + index * 310,
            endedMs: 40 + index * 600,
            upstreamStatus: index === 0 && made % 7 === 0 ? 503 : 200,
            failureClass: index === 0 && made % 7 === 0 ? "capacity" : null,
          })),
  }
}

/** What a key used: the month's tokens came with eight times the requests of today. */
const use = (requests: number, today: string, month: string) => ({
  requestsToday: requests,
  tokensToday: today,
  requestsThisMonth: requests * 8,
  tokensThisMonth: month,
})

/** Fills the world once, and keeps traffic coming until the process ends. */
export function fillWorld(world: World) {
  world.accounts = special.map((one, index) =>
    fakeAccount({ id: `a${index}`, models, email: String(one["label"]), createdAt: ago((200 - index) * hour), ...one }),
  )
  world.keys = [
    fakeKey({
      id: "k0",
      name: "API_KEY",
      prefix: null,
      origin: "ENVIRONMENT",
      lastUsedAt: ago(2_000),
      requestCount: 120_392,
      ...use(4_120, "61200344", "1840221004"),
      createdAt: ago(400 * hour),
    }),
    fakeKey({
      id: "k1",
      name: "laptop",
      prefix: "lag_fakA…fake",
      lastUsedAt: ago(4 * minute),
      requestCount: 8_112,
      ...use(37, "1204500", "48100200"),
      tokensPerMonth: "100000000",
      replaced: [{ prefix: "lag_old0…fake", worksUntil: ago(-9 * hour) }],
      createdAt: ago(300 * hour),
    }),
    fakeKey({
      id: "k2",
      name: "ci",
      prefix: "lag_fakB…fake",
      models: ["claude-sonnet-*", "gemini-3-flash"],
      dialects: ["ANTHROPIC_MESSAGES", "OPENAI_CHAT"],
      addresses: ["10.0.0.0/8", "2001:db8::/32"],
      requestsPerMinute: 120,
      maxConcurrent: 4,
      tokensPerDay: "2000000",
      ...use(640, "2004117", "2004117"),
      tags: ["team-a", "robots"],
      note: "Asked for by the build team.",
      expiresAt: ago(-72 * hour),
      lastUsedAt: ago(minute),
      requestCount: 640,
      createdAt: ago(20 * hour),
    }),
    fakeKey({
      id: "k3",
      name: "workshop, March",
      prefix: "lag_fakC…fake",
      tags: ["team-b"],
      enabled: false,
      expiresAt: ago(24 * hour),
      lastUsedAt: ago(30 * hour),
      requestCount: 933,
      createdAt: ago(700 * hour),
    }),
  ]
  world.nodes = nodes
  world.termsNotice =
    "Google may treat the use of these credentials by third-party tools as a violation of its terms of service and may disable the account.\nUse an account whose loss you can bear, or an official API key."
  world.requests = Array.from({ length: 30 }, () => fakeRequest(world))
  let second = 0
  setInterval(() => {
    second++
    const requests = Math.max(0, Math.round(6 + 5 * Math.sin(second / 9) + Math.random() * 4))
    world.publish("trafficSample", {
      at: ago(0),
      requests,
      failures: Math.random() < 0.2 ? 1 : 0,
      inputTokens: String(requests * 9_000),
      outputTokens: String(requests * 420),
      inFlight: Math.round(requests * 1.6),
    })
    if (second % 3 === 0) {
      const request = fakeRequest(world)
      world.requests = [request, ...world.requests].slice(0, 100)
      world.publish("requestFinished", request)
    }
    const first = world.accounts[0]
    if (first !== undefined) {
      Object.assign(first, {
        inFlight: second % 3,
        requestCount: Number(first["requestCount"]) + 1,
        lastUsedAt: ago(0),
      })
      world.publish("accountChanged", first)
    }
  }, 1_000)
}
