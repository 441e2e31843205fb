/** A mutation on keys is in force at the data plane when it returns. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"

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

test("a key works the moment it is shown, and is refused the moment its removal returns", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { createApiKey } = await system.graphql<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
      CREATE,
      {
        name: `round ${round}`,
      },
    )
    expect(await statusWith(createApiKey.secret)).toBe(200)
    await system.graphql(REMOVE, { id: createApiKey.apiKey.id })
    expect(await statusWith(createApiKey.secret)).toBe(401)
  }
})

test("it is refused the moment it is disabled, serves the moment it is enabled, and changes hands the moment it is rotated", async () => {
  const { createApiKey } = await system.graphql<{ createApiKey: { secret: string; apiKey: { id: string } } }>(CREATE, {
    name: "switched",
  })
  const { id } = createApiKey.apiKey
  let { secret } = createApiKey
  for (let round = 0; round < 5; round += 1) {
    await system.graphql(SWITCH, { id, enabled: false })
    expect(await statusWith(secret)).toBe(401)
    await system.graphql(SWITCH, { id, enabled: true })
    expect(await statusWith(secret)).toBe(200)
    const { rotateApiKey } = await system.graphql<{ rotateApiKey: { secret: string } }>(ROTATE, { id })
    expect([await statusWith(secret), await statusWith(rotateApiKey.secret)]).toEqual([401, 200])
    secret = rotateApiKey.secret
  }
})
