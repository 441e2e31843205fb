import { expect, test } from "vitest"
import type { AccountState } from "#generated/sqlite/enums.ts"
import { checkSnapshot } from "#shared/snapshot-check.ts"
import { buildSnapshot, type AccountRows, type SnapshotRows } from "./build.ts"

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
    refusedAt: null,
    requestCount: 0,
    lastUsedAt: null,
    createdAt: at,
    credential: {
      accountId: id,
      sealedRefreshToken: "s1.sealed",
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
  ["COOLING", true],
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
