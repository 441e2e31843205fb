/** What the writers of kill-rounds.ts change: one lane for each kind of thing, with the row in which a change is found again. */
import { createHash } from "node:crypto"
import { REPORTS_PATH } from "#shared/link-protocol.ts"

export interface Reach {
  readonly url: string
  readonly adminToken: string
  readonly linkToken: string
}

/** By the name that the ledger knows a thing by. */
export type Rows = Map<string, { readonly value: string; readonly id: string }>

export interface Change {
  readonly key: string
  /** What is found under the key afterwards; undefined: nothing. */
  readonly value: string | undefined
  /** Resolves when it is acknowledged, with the id of what was made. */
  make(reach: Reach): Promise<string | undefined>
}

export interface Lane {
  readonly name: string
  /** Gives key, value and id of each thing. */
  readonly sql: string
  /** `fresh` is a name that nothing has yet. */
  next(rows: Rows, random: () => number, fresh: string): Change
}

/** Things beyond this many are removed again, so that a long run does not only grow. */
const MOST_THINGS = 60

async function post(url: string, token: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`)
  return JSON.parse(text)
}

async function mutate(reach: Reach, mutation: string, variables: object): Promise<Record<string, unknown>> {
  const answer = await post(`${reach.url}/graphql`, reach.adminToken, { query: mutation, variables })
  const { data, errors } = answer as { data?: { result: Record<string, unknown> }; errors?: unknown } // GraphQL's own shape
  if (errors !== undefined || data === undefined || "message" in data.result) {
    throw new Error(`refused: ${JSON.stringify(answer)}`)
  }
  return data.result
}

function any<Key>(keys: Iterable<Key>, random: () => number): Key | undefined {
  const list = [...keys]
  return list[Math.floor(random() * list.length)]
}

/** A lane of things that are made and removed by their id. */
function thingLane(name: string, sql: string, create: string, remove: string): Lane {
  return {
    name,
    sql,
    next: (rows, random, fresh) => {
      const old = random() < 0.2 || rows.size > MOST_THINGS ? any(rows, random) : undefined
      if (old === undefined) {
        const make = async (reach: Reach): Promise<string> => {
          const { thing } = await mutate(reach, create, { name: fresh })
          return (thing as { id: string }).id // asked for by every document here
        }
        return { key: fresh, value: fresh, make }
      }
      const [key, { id }] = old
      const make = async (reach: Reach): Promise<undefined> => void (await mutate(reach, remove, { id }))
      return { key, value: undefined, make }
    },
  }
}

const keys = thingLane(
  "key",
  `SELECT "name", COALESCE("note", "name"), "id" FROM "ApiKey"`,
  `mutation ($name: String!) { result: createApiKey(input: { name: $name }) {
     ... on CreateApiKeySuccess { thing: apiKey { id } } ... on Failure { message } } }`,
  `mutation ($id: ID!) { result: removeApiKey(id: $id) { __typename ... on Failure { message } } }`,
)

/** Keys are changed as well. */
const keyLane: Lane = {
  ...keys,
  next: (rows, random, fresh) => {
    const old = random() < 0.4 ? any(rows, random) : undefined
    if (old === undefined) return keys.next(rows, random, fresh)
    const [key, { id }] = old
    const mutation = `mutation ($id: ID!, $note: String!) { result: updateApiKey(id: $id, input: { note: $note }) {
      __typename ... on Failure { message } } }`
    return {
      key,
      value: fresh,
      make: async (reach) => void (await mutate(reach, mutation, { id, note: fresh })),
    }
  },
}

const nodeLane = thingLane(
  "node",
  `SELECT "name", "name", "id" FROM "Node" WHERE "origin" = 'CREATED'`,
  `mutation ($name: String!) { result: createNode(input: { name: $name }) {
     ... on CreateNodeSuccess { thing: node { id } } ... on Failure { message } } }`,
  `mutation ($id: ID!) { result: removeNode(id: $id) { __typename ... on Failure { message } } }`,
)

const tokenLane = thingLane(
  "token",
  `SELECT "name", "name", "id" FROM "AdminToken"`,
  `mutation ($name: String!) { result: createAdminToken(input: { name: $name, scope: READ }) {
     ... on CreateAdminTokenSuccess { thing: adminToken { id } } ... on Failure { message } } }`,
  `mutation ($id: ID!) { result: removeAdminToken(id: $id) { __typename ... on Failure { message } } }`,
)

const settingLane: Lane = {
  name: "setting",
  sql: `SELECT "key", trim("value", '"'), "key" FROM "Setting"`,
  next: (_rows, random) => {
    const value = String(1_000 + Math.floor(random() * 80_000_000))
    const mutation = `mutation ($value: String!) {
      result: updateSettings(input: { set: [{ name: POOL_WAIT_MS, value: $value }] }) {
        __typename ... on Failure { message } } }`
    return { key: "POOL_WAIT_MS", value, make: async (reach) => void (await mutate(reach, mutation, { value })) }
  },
}

/** Sealed values. */
const oauthClientLane: Lane = {
  name: "oauth-client",
  // One row for each that was ever set and is kept; the newest is in force.
  sql: `SELECT 'client', "fingerprint", 'client' FROM "OAuthClient" WHERE "setAt" IS NOT NULL
        ORDER BY "setAt" DESC LIMIT 1`,
  next: (_rows, _random, fresh) => {
    const mutation = `mutation ($client: OAuthClientInput!) { result: updateOAuthClient(input: { set: $client }) {
      __typename ... on Failure { message } } }`
    const client = { clientId: `${fresh}.apps.example.test`, clientSecret: `secret-of-${fresh}-for-tests` }
    return {
      key: "client",
      value: createHash("sha256").update(client.clientId).digest("hex").slice(0, 16),
      make: async (reach) => void (await mutate(reach, mutation, { client })),
    }
  },
}

/** What data planes report: acknowledged by its receipt. */
const reportLane: Lane = {
  name: "record",
  sql: `SELECT "id", "id", "id" FROM "RequestRecord"`,
  next: (_rows, _random, fresh) => {
    const at = Date.now()
    const item = {
      type: "exchange",
      id: fresh,
      at,
      exchangeId: fresh,
      startedAt: at,
      dialect: "gemini",
      stream: false,
      outcome: "completed",
      status: 200,
      usage: { inputTokens: 1 },
      durationMs: 1,
      attempts: [],
      dropped: [],
    }
    return {
      key: fresh,
      value: fresh,
      make: async (reach) => {
        const batch = { node: "local", boot: "kill-rounds", items: [item] }
        const receipt = (await post(`${reach.url}${REPORTS_PATH}`, reach.linkToken, batch)) as { accepted?: string[] } // the link's own shape
        if (receipt.accepted?.includes(fresh) !== true) throw new Error(`not taken: ${JSON.stringify(receipt)}`)
        return undefined
      },
    }
  },
}

export const LANES: readonly Lane[] = [keyLane, nodeLane, tokenLane, settingLane, oauthClientLane, reportLane]
