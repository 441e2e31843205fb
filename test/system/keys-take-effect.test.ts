/** A mutation on keys is in force at the data plane when it returns. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 1 })
})
afterAll(() => system?.stop())

const CREATE = `mutation ($name: String!) {
  createApiKey(input: { name: $name }) { ... on CreateApiKeySuccess { secret apiKey { id } } }
}`
const SWITCH = `mutation ($id: ID!, $enabled: Boolean!) {
  updateApiKey(id: $id, input: { enabled: $enabled }) { ... on UpdateApiKeySuccess { apiKey { enabled } } }
}`
const ROTATE = `mutation ($id: ID!) {
  rotateApiKey(id: $id, overlapMinutes: 0) { ... on RotateApiKeySuccess { secret } }
}`
const REMOVE = "mutation ($id: ID!) { removeApiKey(id: $id) { ... on RemoveApiKeySuccess { apiKeyId } } }"

async function statusWith(key: string): Promise<number> {
  const response = await fetch(`${system.gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  await response.arrayBuffer()
  return response.status
}

/** A mutation waits for the gateway so long; where the machine is busier than that it returns before. */
const WAIT_MS = 1_000

/** Runs a mutation; `expectStatus` says what a key does when it has returned: at once, unless the gateway was not waited for. */
async function mutate<Data>(document: string, variables: Readonly<Record<string, unknown>>) {
  const begun = performance.now()
  const data = await system.graphql<Data>(document, variables)
  const isInForce = performance.now() - begun < WAIT_MS
  const expectStatus = async (key: string, status: number): Promise<void> => {
    if (!isInForce) await waitFor(async () => (await statusWith(key)) === status)
    expect(await statusWith(key)).toBe(status)
  }
  return { data, expectStatus }
}

interface Created {
  readonly createApiKey: { readonly secret: string; readonly apiKey: { readonly id: string } }
}

test("a key works the moment it is shown, and is refused the moment its removal returns", async () => {
  for (let round = 0; round < 10; round += 1) {
    const created = await mutate<Created>(CREATE, { name: `round ${round}` })
    const { secret, apiKey } = created.data.createApiKey
    await created.expectStatus(secret, 200)
    const removed = await mutate(REMOVE, { id: apiKey.id })
    await removed.expectStatus(secret, 401)
  }
})

test("it is refused the moment it is disabled, serves the moment it is enabled, and changes hands the moment it is rotated", async () => {
  const { createApiKey } = await system.graphql<Created>(CREATE, { name: "switched" })
  const { id } = createApiKey.apiKey
  let { secret } = createApiKey
  for (let round = 0; round < 5; round += 1) {
    const disabled = await mutate(SWITCH, { id, enabled: false })
    await disabled.expectStatus(secret, 401)
    const enabled = await mutate(SWITCH, { id, enabled: true })
    await enabled.expectStatus(secret, 200)
    const rotated = await mutate<{ rotateApiKey: { secret: string } }>(ROTATE, { id })
    await rotated.expectStatus(secret, 401)
    secret = rotated.data.rotateApiKey.secret
    await rotated.expectStatus(secret, 200)
  }
})
