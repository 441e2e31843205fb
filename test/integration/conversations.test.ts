/** Where conversations live is seen, and can be ended: control plane, two data planes and simulator over real sockets. */
import { afterAll, beforeAll, expect, test } from "vitest"
import type { DataPlane } from "#data-plane/data-plane.ts"
import { accountId } from "#shared/ids.ts"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

let planes: Planes
let other: DataPlane
const ids = new Map<string, string>()
beforeAll(async () => {
  planes = await startPlanes({ env: { MAX_CONCURRENT_PER_ACCOUNT: "0" } })
  other = await planes.addPlane("other")
  for (const name of ["a", "b", "c"]) ids.set(`${name}@example.test`, await planes.addAccount(`${name}@example.test`))
})
afterAll(() => planes.stop())

interface Released {
  readonly conversations?: number
  readonly nodes?: number
  readonly unanswered?: readonly { readonly name: string }[]
  readonly refusals?: readonly { readonly reason: string }[]
  readonly code?: string
  readonly path?: readonly string[]
}

async function release(input: object): Promise<Released> {
  const document = `mutation ($input: ReleaseConversationsInput!) { releaseConversations(input: $input) {
    ... on ReleaseConversationsSuccess { conversations nodes unanswered { name } refusals { reason node { name } } }
    ... on Failure { code path } } }`
  const { releaseConversations } = await planes.control.data<{ releaseConversations: Released }>(document, { input })
  return releaseConversations
}

async function turn(conversation: string, plane = planes.plane): Promise<string> {
  const answer = await planes.ask("[[sim:text=ok]]", { conversation, plane })
  expect(answer.status).toBe(200)
  return accountOf(answer)
}

interface Shown {
  readonly id: string
  readonly conversation: { readonly id: string; readonly home: { readonly id: string }; readonly isStandIn: boolean }
  readonly attempts: readonly { readonly standsInFor: { readonly id: string } | null }[]
}

/** What the record of a request says of its conversation. */
async function recordOf(requestId: string): Promise<Shown> {
  const document = `query ($id: ID!) { request(id: $id) { id conversation { id home { id } isStandIn }
    attempts { standsInFor { id } } } }`
  return waitFor(
    async () => (await planes.control.data<{ request: Shown | null }>(document, { id: requestId })).request,
    30_000,
  )
}

async function homes(): Promise<Record<string, number>> {
  const document = "{ accounts { edges { node { id conversations } } } nodes { name conversations } }"
  const { accounts, nodes } = await planes.control.data<{
    accounts: { edges: { node: { id: string; conversations: number } }[] }
    nodes: { name: string; conversations: number }[]
  }>(document)
  return Object.fromEntries([
    ...accounts.edges.map(({ node }) => [node.id, node.conversations]),
    ...nodes.map(({ name, conversations }) => [name, conversations]),
  ])
}

const DONE = { nodes: 2, unanswered: [], refusals: [] }

test("an account tells how many conversations live on it, and lets go of them at every data plane", async () => {
  const home = await turn("one")
  for (let more = 0; more < 5; more++) await turn(`more ${more}`)
  const id = ids.get(home) ?? ""
  // The other data plane has homes of its own.
  const there = await turn("one", other)
  const onBoth = there === home ? 3 : 2
  await waitFor(async () => {
    const shown = await homes()
    return shown[id] === onBoth && shown["local"] === 6 && shown["other"] === 1
  }, 30_000)
  expect(await release({ accountId: id })).toEqual({ ...DONE, conversations: onBoth })
  expect(await release({ accountId: id })).toEqual({ ...DONE, conversations: 0 })
  expect(planes.plane.pool.facts().conversations).toBe(4)
  await waitFor(async () => (await homes())[id] === 0, 30_000)
})

test("one conversation is let go by the id that its record shows, all of a key by the key", async () => {
  const first = await planes.ask("[[sim:text=ok]]", { conversation: "two" })
  const { conversation } = await recordOf(String(first.headers["x-request-id"]))
  expect(conversation).toMatchObject({ home: { id: ids.get(accountOf(first)) }, isStandIn: false })
  expect(conversation.id).toMatch(/^-?\d+$/)
  expect(await release({ conversationId: conversation.id })).toEqual({ ...DONE, conversations: 1 })
  expect(await release({ conversationId: conversation.id })).toEqual({ ...DONE, conversations: 0 })
  await turn("two")
  const { apiKeys } = await planes.control.data<{ apiKeys: { edges: { node: { id: string } }[] } }>(
    "{ apiKeys { edges { node { id name } } } }",
  )
  const before = planes.plane.pool.facts().conversations + other.pool.facts().conversations
  const counts = []
  for (const { node } of apiKeys.edges) counts.push((await release({ apiKeyId: node.id })).conversations)
  expect(counts.reduce((sum = 0, count = 0) => sum + count, 0)).toBe(before)
  expect(planes.plane.pool.facts().conversations).toBe(0)
})

test("a record says where the conversation lives when another account stood in", async () => {
  const home = await turn("three")
  const scope = { type: "account", accountId: accountId(ids.get(home) ?? "") } as const
  const now = Date.now()
  planes.plane.pool.cool({ scope, cause: "server", evidence: "", since: now, until: now + 600_000 })
  const answer = await planes.ask("[[sim:text=ok]]", { conversation: "three" })
  expect(accountOf(answer)).not.toBe(home)
  const { conversation, attempts } = await recordOf(String(answer.headers["x-request-id"]))
  expect(conversation).toMatchObject({ home: { id: ids.get(home) }, isStandIn: true })
  expect(attempts).toEqual([{ standsInFor: { id: ids.get(home) } }])
  planes.plane.pool.release(scope)
  expect(await turn("three")).toBe(home)
})

test.each([
  [{}, "not_allowed", ["input"]],
  [{ accountId: "acc_1", conversationId: "1" }, "not_allowed", ["input"]],
  [{ accountId: "acc_1" }, "not_found", ["input", "accountId"]],
  [{ apiKeyId: "key_1" }, "not_found", ["input", "apiKeyId"]],
  [{ conversationId: "hello" }, "not_allowed", ["input", "conversationId"]],
])("%j is no wish", async (input, code, path) => {
  expect(await release(input)).toEqual({ code, path })
})
