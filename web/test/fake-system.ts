/** The part of the fake control plane behind settings, audit, administrators and alerts: what it has, what it refuses, and what was asked of it. */

type Row = Record<string, unknown>
interface Refusal {
  code: string
  message: string
  path: string[]
}

const form = { kind: "TEXT", minimum: null, maximum: null, choices: [], keys: [] }

/** A setting as the schema wants it; `given` says what is special about it. */
export function fakeSetting(given: Row): Row {
  return {
    value: null,
    origin: "DEFAULT",
    environmentValue: null,
    defaultValue: null,
    meaning: "What `it` does.",
    group: "Pool",
    changedAt: null,
    form,
    ...given,
  }
}

export function fakeEvent({ sequence = "1", ...given }: Row & { sequence?: string }): Row {
  return {
    id: `aud_${sequence}`,
    sequence,
    at: "2026-01-01T00:00:00Z",
    actor: { kind: "ADMINISTRATOR", id: "usr_1", name: "ada", scope: "ADMIN", address: "192.0.2.7" },
    action: "updateSettings",
    object: { kind: "SETTINGS", id: null, label: null },
    changes: [],
    outcome: "DONE",
    code: null,
    count: 1,
    requestId: null,
    hash: "ab12",
    previousHash: "",
    ...given,
  }
}

export function fakeAlert(given: Row): Row {
  return {
    kind: "ACCOUNT_ATTENTION",
    name: "Accounts need attention",
    summary: "Accounts need attention: one",
    wayOut: "Open each account.",
    firing: true,
    since: "2026-01-01T00:00:00Z",
    until: null,
    changedAt: "2026-01-01T00:00:00Z",
    count: 1,
    evidence: [{ subject: "acc_1", label: "one", detail: "NEEDS_VERIFICATION Verify it." }],
    rule: null,
    deliveries: [],
    ...given,
  }
}

export function fakeRule(given: Row): Row {
  return {
    kind: "ACCOUNT_ATTENTION",
    name: "Accounts need attention",
    builtIn: true,
    enabled: true,
    threshold: 1,
    forSeconds: 60,
    windowMinutes: null,
    errorCode: null,
    bucket: null,
    webhook: null,
    alert: null,
    ...given,
  }
}

export function fakeWebhook(given: Row): Row {
  return {
    name: "Pager",
    origin: "https://hooks.example.test",
    enabled: true,
    failures: 0,
    lastError: null,
    lastFailureAt: null,
    lastDeliveredAt: null,
    waiting: 0,
    createdAt: "2026-01-01T00:00:00Z",
    ...given,
  }
}

export interface FakeSystem {
  settings: Row[]
  revision: string
  events: Row[]
  verification: Row
  people: Row[]
  tokens: Row[]
  sessions: Row[]
  alerts: Row[]
  rules: Row[]
  webhooks: Row[]
  /** What the mutation of this name answers instead of success. */
  refuse: Record<string, Refusal | undefined>
  /** The arguments of each mutation that was asked for, and of `auditEvents`. */
  asked: { name: string; variables: Row }[]
  root: Record<string, unknown>
}

/** Of a row. */
const idOf = (row: Row | undefined): string => (typeof row?.["id"] === "string" ? row["id"] : "")

const page = (rows: readonly Row[], hasNextPage = false) => ({
  edges: rows.map((node) => ({ cursor: idOf(node), node })),
  pageInfo: { hasNextPage, endCursor: idOf(rows.at(-1)) },
})

interface Filter {
  action?: string | null
  sequence?: string | null
  firing?: boolean
}

/** Nothing but what a first start has. */
export function createFakeSystem(): FakeSystem {
  const system: FakeSystem = {
    settings: [],
    revision: "one",
    events: [],
    verification: {
      checked: 2,
      faults: [],
      goOnAfter: null,
      newestSequence: "2",
      newestHash: "ab12",
      forgottenUntil: null,
    },
    people: [],
    tokens: [],
    sessions: [],
    alerts: [],
    rules: [],
    webhooks: [],
    refuse: {},
    asked: [],
    root: {},
  }
  const ask =
    (name: string, success: (variables: Row) => object) =>
    (variables: Row): object => {
      system.asked.push({ name, variables })
      const refusal = system.refuse[name]
      if (refusal !== undefined) return { __typename: "Refused", ...refusal }
      return { __typename: `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`, ...success(variables) }
    }
  const state = () => ({ revision: system.revision, entries: system.settings })
  const update = ({ input }: Row) => {
    const { set, unset } = input as { set: { name: string; value: string }[]; unset: string[] } // the panel's own input
    system.settings = system.settings.map((setting) => {
      const given = set.find(({ name }) => name === setting["name"])
      if (given !== undefined) return { ...setting, value: given.value, origin: "SET" }
      if (!unset.some((name) => name === setting["name"])) return setting
      return { ...setting, value: setting["defaultValue"], origin: "DEFAULT" }
    })
    return { settings: state() }
  }
  system.root = {
    settings: state,
    oauthClient: () => ({
      isSet: true,
      origin: "ENVIRONMENT",
      fingerprint: "0123456789abcdef",
      environmentFingerprint: "0123456789abcdef",
      changedAt: null,
    }),
    updateSettings: ask("updateSettings", update),
    auditEvents: (variables: { first: number; after?: string | null; filter?: Filter }) => {
      system.asked.push({ name: "auditEvents", variables: { ...variables } })
      const { first, after, filter } = variables
      const fitting = system.events.filter(
        ({ action, sequence }) => (filter?.action ?? action) === action && (filter?.sequence ?? sequence) === sequence,
      )
      const start = fitting.findIndex(({ id }) => id === after) + 1
      return page(fitting.slice(start, start + first), start + first < fitting.length)
    },
    verifyAuditChain: () => system.verification,
    administrators: () => system.people,
    adminTokens: () => system.tokens,
    sessions: () => system.sessions,
    createAdministrator: ask("createAdministrator", ({ input }) => {
      const person = {
        id: "usr_9",
        enabled: true,
        isYou: false,
        createdAt: "2026-01-01T00:00:00Z",
        ...(input as object),
      } // an input object
      const administrator = { passwordSetAt: null, lastSignInAt: null, ...person }
      system.people = [...system.people, administrator]
      return { administrator, password: "a-generated-password" }
    }),
    createAdminToken: ask("createAdminToken", ({ input }) => {
      const adminToken = {
        id: "adm_9",
        prefix: "lagadm_…9",
        administrator: null,
        createdAt: "2026-01-01T00:00:00Z",
        isExpired: false,
        lastUsedAt: null,
        ...(input as object), // an input object
      }
      system.tokens = [...system.tokens, adminToken]
      return { adminToken, secret: "lagadm_not-a-real-token-0123456789" }
    }),
    endSession: ask("endSession", ({ id }) => {
      system.sessions = system.sessions.filter((session) => session["id"] !== id)
      return { sessionId: id }
    }),
    alerts: ({ filter }: { filter?: Filter }) =>
      page(system.alerts.filter(({ firing }) => (filter?.firing ?? firing) === firing)),
    alert: ({ id }: { id: string }) => system.alerts.find((alert) => alert["id"] === id) ?? null,
    alertRules: () => system.rules,
    webhooks: () => system.webhooks,
    createAlertRule: ask("createAlertRule", ({ input }) => {
      const alertRule = fakeRule({ id: "alr_9", builtIn: false, ...(input as object) }) // an input object
      system.rules = [...system.rules, alertRule]
      return { alertRule }
    }),
    createWebhook: ask("createWebhook", () => {
      const webhook = fakeWebhook({ id: "whk_9" })
      system.webhooks = [...system.webhooks, webhook]
      return { webhook, secret: "whsec_not-a-real-secret-0123456789" }
    }),
    testWebhook: ask("testWebhook", () => ({ status: 204 })),
  }
  return system
}
