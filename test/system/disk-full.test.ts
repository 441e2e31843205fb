/** The disk is really full: the data plane serves, nothing is lost, and all goes on by itself when there is room again. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { createSmallDisk, type SmallDisk } from "../support/small-disk.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

let disk: SmallDisk
let system: System
beforeAll(async () => {
  disk = createSmallDisk(32)
  const env = { DATA_DIR: disk.folder, MAX_CONCURRENT_PER_ACCOUNT: "0", MAX_CONCURRENT_PER_MODEL: "0" }
  system = await startSystem({ accounts: 2, env })
})
afterAll(async () => {
  disk?.free()
  await system?.stop()
  disk?.remove()
})

async function ask(content: string): Promise<string> {
  const response = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content: `[[sim:text=${content}]]` }] }),
  })
  expect({ content, status: response.status }).toEqual({ content, status: 200 })
  return response.text()
}

interface Requests {
  readonly requests: { readonly edges: readonly { readonly node: { readonly id: string } }[] }
}
const recorded = async (): Promise<string[]> =>
  (await system.graphql<Requests>("{ requests(first: 100) { edges { node { id } } } }")).requests.edges.map(
    ({ node }) => node.id,
  )

/** Undefined when it was done. */
async function createKey(name: string): Promise<{ code: string; message: string } | undefined> {
  const document = `mutation ($name: String!) { createApiKey(input: { name: $name }) {
    ... on Refused { code message } ... on InvalidInput { code message } } }`
  const { createApiKey } = await system.graphql<{ createApiKey: { code?: string; message?: string } }>(document, {
    name,
  })
  const { code, message } = createApiKey
  return code === undefined || message === undefined ? undefined : { code, message }
}
const keyNames = async (): Promise<string[]> =>
  (
    await system.graphql<{ apiKeys: { edges: { node: { name: string } }[] } }>(
      "{ apiKeys(first: 100) { edges { node { name } } } }",
    )
  ).apiKeys.edges.map(({ node }) => node.name)

test("requests are served and their records wait; changes are refused in plain words; then all is there", async () => {
  const served = async (count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, (_, index) => ask(`answer ${index}`)))
  }
  await served(5)
  const before = await waitFor(async () => ((await recorded()).length >= 5 ? recorded() : undefined))
  const pids = await Promise.all([system.pid("control-plane"), system.pid("data-plane")])

  disk.fill()
  // What the database's log has room for may still be written.
  const done: string[] = []
  const refused = await waitFor(async () => {
    const name = `key ${done.length}`
    const failure = await createKey(name)
    if (failure === undefined) done.push(name)
    disk.fill()
    return failure
  })
  expect(refused).toEqual({
    code: "storage_full",
    message: "The disk of the database is full, so nothing was changed: free some space; all goes on by itself then.",
  })
  await served(20)
  expect((await fetch(`${system.gatewayUrl}/ready`)).status).toBe(200)
  // Reading goes on, and what was acknowledged is there.
  expect(await keyNames()).toEqual(expect.arrayContaining(done))

  disk.free()
  const after = await waitFor(async () => {
    const ids = await recorded()
    return ids.length >= before.length + 20 ? ids : undefined
  }, 120_000)
  expect(new Set(after).size).toBe(before.length + 20)
  expect(await createKey("after")).toBeUndefined()
  expect(await keyNames()).toEqual(expect.arrayContaining([...done, "after"]))
  // Nobody was restarted for it.
  expect(await Promise.all([system.pid("control-plane"), system.pid("data-plane")])).toEqual(pids)
})
