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
