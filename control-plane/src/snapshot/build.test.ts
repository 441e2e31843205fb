import { expect, test } from "vitest"
import type { AccountState } from "#generated/sqlite/enums.ts"
import { checkSnapshot } from "#shared/snapshot-check.ts"
import { buildSnapshot, type AccountRows, type ApiKeyRows, type SnapshotRows } from "./build.ts"

const at = new Date(1_700_000_000_000)

function accountRow(id: string, overrides: Partial<AccountRows> = {}): AccountRows {
  return {
    id,
    kind: "ANTIGRAVITY",
    label: `label of ${id}`,
    email: null,
    state: "READY",
    stateReason: null,
    stateSince: at,
    wayOut: null,
    wayOutLink: null,
    enabled: true,
    tier: null,
    projectId: "project-1",
    projectIsGiven: false,
    weight: 1,
    priority: 0,
    maxConcurrent: null,
    reserve: null,
    disabledModels: null,
    tags: [],
    termsAcknowledgedAt: at,
    onboardingPending: false,
    onboardingFailures: 0,
    onboardingDueAt: null,
    catalogueId: "catalogue-1",
    catalogueReadAt: at,
    catalogueAskedAt: at,
    onboardingStep: null,
    quotaAskedAt: null,
    quotaDueAt: null,
    refusedAt: null,
    requestCount: 0,
    lastUsedAt: null,
    createdAt: at,
    credential: {
      accountId: id,
      sealedRefreshToken: "s1.sealed",
      givenFingerprint: null,
      oauthClient: null,
      sealedAccessToken: "s1.sealed",
      accessTokenIssuedAt: at,
      accessTokenExpiresAt: new Date(at.getTime() + 3_600_000),
      generation: 4,
      refreshGeneration: 0,
      renewalDueAt: null,
      renewalFailures: 0,
      invalidGrantAt: null,
    },
    cooldowns: [],
    cooldownReleases: [],
    quota: [],
    ...overrides,
  }
}

function rows(accounts: readonly AccountRows[]): SnapshotRows {
  return {
    accounts,
    apiKeys: [],
    catalogues: ["catalogue-1", "catalogue-unused"].map((id) => ({
      id,
      body: { models: [{ id: "gemini-3-flash" }], deprecatedModelIds: {} },
      createdAt: at,
    })),
    settings: {
      maxConcurrentPerModel: 2,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["https://upstream.test"],
      antigravityUserAgent: "lagrange/0.1.0",
      firstByteTimeoutMs: 1_000,
      streamIdleTimeoutMs: 1_000,
    },
    pool: { pausedAt: undefined, reason: undefined, resumedAt: undefined },
    apiKeyPepper: Buffer.alloc(32, 7),
    openAccessToken: ({ accountId }) => `token-of-${accountId}`,
  }
}

function keyRow(overrides: Partial<ApiKeyRows> = {}): ApiKeyRows {
  return {
    id: "key_1",
    name: "one",
    prefix: "lag_abcd…wxyz",
    origin: "CREATED",
    digest: Buffer.alloc(32, 1).toString("base64"),
    lineage: "lin_1",
    disabledAt: null,
    models: null,
    dialects: null,
    addresses: null,
    maxConcurrent: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    tokensPerDay: null,
    tokensPerMonth: null,
    usedDay: null,
    usedTokens: null,
    dayRequests: null,
    usedMonth: null,
    monthTokens: null,
    monthRequests: null,
    mayExplain: false,
    tags: null,
    note: null,
    expiresAt: null,
    lastUsedAt: null,
    requestCount: 0,
    createdAt: at,
    captureUntil: null,
    capturesErasedAt: null,
    replaced: [],
    ...overrides,
  }
}

const stamp = { epoch: 1, version: 9, issuedAt: at.getTime() }

test("what an operator limits of an account is told, and nothing where nothing is limited", () => {
  const limited = accountRow("a", { weight: 3, priority: 2, maxConcurrent: 0, reserve: 0.25, disabledModels: ["m"] })
  const { accounts } = buildSnapshot(rows([limited, accountRow("b")]), stamp)
  expect(accounts[0]).toMatchObject({ weight: 3, priority: 2, maxConcurrent: 0, reserve: 0.25, disabledModels: ["m"] })
  for (const name of ["maxConcurrent", "reserve", "disabledModels"]) expect(accounts[1]).not.toHaveProperty(name)
})

test("is consistent, and the same whatever order the rows come in", () => {
  const accounts = [accountRow("b"), accountRow("a"), accountRow("c", { state: "NEEDS_LOGIN" })]
  const built = buildSnapshot(rows(accounts), stamp)
  expect(checkSnapshot(built)).toMatchObject({ ok: true })
  expect(JSON.stringify(buildSnapshot(rows(accounts.toReversed()), stamp))).toBe(JSON.stringify(built))
  expect(Object.keys(built.catalogues)).toEqual(["catalogue-1"])
})

test.each<[AccountState, boolean]>([
  ["READY", true],
  ["COOLING", false],
  ["ONBOARDING", false],
  ["NEEDS_LOGIN", false],
  ["NEEDS_VERIFICATION", false],
  ["NEEDS_PROJECT", false],
  ["DISABLED_BY_PROVIDER", false],
  ["DISABLED", false],
  ["PAUSED", false],
])("%s may serve: %s, and only then its token is sent", (state, usable) => {
  const [account] = buildSnapshot(rows([accountRow("a", { state })]), stamp).accounts
  expect(account).toMatchObject({ usable, state })
  expect(account?.credential?.accessToken).toBe(usable ? "token-of-a" : undefined)
})

test("an account the operator switched off is DISABLED, whatever its state", () => {
  const [account] = buildSnapshot(rows([accountRow("a", { enabled: false })]), stamp).accounts
  expect(account).toMatchObject({ usable: false, state: "DISABLED" })
  expect(account?.credential).toBeUndefined()
})

test("a key that nothing limits is told without limits, and one that all limits with all of them", () => {
  const bare = { id: "key_1", name: "one", lineage: "lin_1", digest: keyRow().digest, mayExplain: false }
  const none = { models: [], dialects: [], addresses: [] }
  expect(buildSnapshot({ ...rows([]), apiKeys: [keyRow(none)] }, stamp).apiKeys).toEqual([bare])
  const lists = { models: ["claude-*"], dialects: ["gemini"], addresses: ["10.0.0.0/8"] }
  const rates = { maxConcurrent: 1, requestsPerMinute: 2 }
  const tokens = { tokensPerMinute: 3n, tokensPerDay: 4n, tokensPerMonth: 5n }
  const used = { usedDay: "2026-05-04", usedTokens: 4n, usedMonth: "2026-05", monthTokens: 5n }
  const replaced = ["b", "a"].map((letter, index) => ({
    digest: Buffer.alloc(32, letter).toString("base64"),
    apiKeyId: "key_1",
    prefix: "lag_",
    worksUntil: new Date(index),
  }))
  const full = keyRow({ ...lists, ...rates, ...tokens, ...used, replaced, disabledAt: at, expiresAt: at })
  const built = buildSnapshot({ ...rows([]), apiKeys: [full] }, stamp)
  expect(built.apiKeys).toEqual([
    {
      ...bare,
      ...lists,
      ...rates,
      tokensPerMinute: 3,
      tokensPerDay: 4,
      tokensPerMonth: 5,
      exhaustedUntil: Date.parse("2026-05-05T00:00:00Z"),
      monthExhaustedUntil: Date.parse("2026-06-01T00:00:00Z"),
      isDisabled: true,
      expiresAt: at.getTime(),
      replaced: [replaced[1], replaced[0]].map((one, index) => ({ digest: one?.digest, worksUntil: 1 - index })),
    },
  ])
  expect(checkSnapshot(built)).toMatchObject({ ok: true })
})

test("a key whose dialects this program does not know may be used in none", () => {
  const [key] = buildSnapshot({ ...rows([]), apiKeys: [keyRow({ dialects: ["of-tomorrow"] })] }, stamp).apiKeys
  expect(key?.dialects).toEqual([])
})

test("kinds that no data plane serves are left out", () => {
  expect(buildSnapshot(rows([accountRow("a", { kind: "GEMINI_API" })]), stamp).accounts).toEqual([])
})

test("a pause of the pool is told with its reason, and that one was ended", () => {
  const pool = { pausedAt: at, reason: "two walls", resumedAt: new Date(5) }
  const check = checkSnapshot(
    buildSnapshot({ ...rows([accountRow("a")]), pool }, { epoch: 1, version: 1, issuedAt: 1 }),
  )
  expect(check.ok && check.snapshot.pool).toEqual({ pause: { since: at.getTime(), reason: "two walls" }, resumedAt: 5 })
})

function readingRow(bucket: string, window: string, told: number, resetsAt: number | null, readAt = 0) {
  const source = window === "nearest" ? "catalogue" : "summary"
  return {
    accountId: "a",
    bucket,
    window,
    source,
    remainingFraction: 0.01,
    resetsAt: null,
    readAt: at,
    emptyAt: null,
    toldFraction: told,
    toldResetsAt: resetsAt === null ? null : new Date(resetsAt),
    toldReadAt: new Date(readAt),
    usedTokens: null,
  }
}

test("of each window what is to be told is told, and the list of models only where the summary has nothing that lasts", () => {
  const quota = [
    readingRow("third_party", "weekly", 0.5, 100, 1),
    readingRow("third_party", "nearest", 0.9, 300, 200),
    readingRow("image", "nearest", 0.3, null, 2),
    { ...readingRow("gemini", "weekly", 0.4, 900, 1), emptyAt: new Date(7) },
    readingRow("gemini", "5h", 0.6, 800, 1),
    readingRow("gemini", "nearest", 0.7, 800, 700),
    readingRow("tomorrow", "5h", 0.7, 800, 1),
  ]
  const built = buildSnapshot(rows([accountRow("a", { quota }), accountRow("b")]), stamp)
  expect(checkSnapshot(built)).toMatchObject({ ok: true })
  expect(built.accounts[0]?.quota).toEqual([
    { bucket: "gemini", window: "5h", remainingFraction: 0.6, resetsAt: 800, source: "summary", readAt: 1 },
    {
      bucket: "gemini",
      window: "weekly",
      remainingFraction: 0.4,
      resetsAt: 900,
      source: "summary",
      readAt: 1,
      emptyAt: 7,
    },
    {
      bucket: "third_party",
      window: "nearest",
      remainingFraction: 0.9,
      resetsAt: 300,
      source: "catalogue",
      readAt: 200,
    },
    { bucket: "image", window: "nearest", remainingFraction: 0.3, source: "catalogue", readAt: 2 },
  ])
  expect(built.accounts[1]).not.toHaveProperty("quota")
})
