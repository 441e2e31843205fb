/** A database that replaces another under the same data directory is the one that is served. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startSystem, type System } from "../support/start-system.ts"
import { databaseUrlOf, removeDatabaseOf } from "../support/test-database.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
beforeAll(async () => {
  system = await startSystem({ accounts: 0 })
})
afterAll(() => system?.stop())

const CREATE = `mutation { createApiKey(input: { name: "new" }) { ... on CreateApiKeySuccess { secret } } }`

async function statusWith(gatewayUrl: string, key: string): Promise<number> {
  const response = await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  await response.arrayBuffer()
  return response.status
}

test("after the database was deleted a new key works, the old one does not, and the panel names the gateway", async () => {
  expect(await statusWith(system.gatewayUrl, system.apiKey)).toBe(200)
  const { gatewayUrl, graphql } = await system.restart(async () => {
    await removeDatabaseOf(system.dataDirectory)
    await databaseUrlOf(system.dataDirectory)
  })
  const { createApiKey } = await graphql<{ createApiKey: { secret: string } }>(CREATE)
  await waitFor(async () => (await statusWith(gatewayUrl, createApiKey.secret)) === 200)
  expect(await statusWith(gatewayUrl, system.apiKey)).toBe(401)
  await waitFor(async () => (await graphql<{ gatewayUrl: string }>("{ gatewayUrl }")).gatewayUrl === gatewayUrl)
})
