/** What operators do with keys, through GraphQL, and what data planes are told of it. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { Secret } from "#shared/secret.ts"
import type { Snapshot, SnapshotApiKey } from "#shared/snapshot.ts"
import { createRetention } from "../src/jobs/retention.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"
import { waitFor } from "../../test/support/wait-for.ts"

const FIELDS = `id name prefix enabled models dialects addresses maxConcurrent requestsPerMinute tokensPerMinute tokensPerDay
  tokensPerMonth mayExplain tags note expiresAt requestsToday tokensToday requestsThisMonth tokensThisMonth
  replaced { prefix worksUntil }`
const FAILURE = "... on Failure { __typename code path }"
const CREATE = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) {
  ... on CreateApiKeySuccess { secret apiKey { ${FIELDS} } } ${FAILURE} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateApiKeyInput!) { result: updateApiKey(id: $id, input: $input) {
  ... on UpdateApiKeySuccess { apiKey { ${FIELDS} } } ${FAILURE} } }`
const ROTATE = `mutation ($id: ID!, $minutes: Int!) { result: rotateApiKey(id: $id, overlapMinutes: $minutes) {
  ... on RotateApiKeySuccess { secret apiKey { ${FIELDS} } } ${FAILURE} } }`
const LIST = `{ apiKeys { edges { node { ${FIELDS} origin } } } }`

interface Key extends Record<string, unknown> {
  readonly id: string
  readonly prefix: string
  readonly replaced: readonly { readonly prefix: string; readonly worksUntil: string }[]
}
interface Result {
  readonly result: { readonly apiKey: Key; readonly secret: string }
}

const clock = createManualClock()
let control: TestControlPlane
beforeAll(async () => {
  control = await startTestControlPlane({ clock })
})
afterAll(() => control.stop())

const ask = async (document: string, variables: object) => (await control.data<Result>(document, variables)).result
const create = (input: object) => ask(CREATE, { input: { name: "one", ...input } })
const update = (id: string, input: object) => ask(UPDATE, { id, input })
const rotate = (id: string, minutes: number) => ask(ROTATE, { id, minutes })

/** As data planes have it now. */
function told(id: string): SnapshotApiKey | undefined {
  const { line = "" } = control.controlPlane.services.publisher.current ?? {}
  const { body } = JSON.parse(line) as { body: string } // a frame of our own
  return (JSON.parse(body) as Snapshot).apiKeys.find((key) => key.id === id) // a snapshot, by its check
}

async function read(id: string): Promise<Key | undefined> {
  const { apiKeys } = await control.data<{ apiKeys: { edges: { node: Key }[] } }>(LIST)
  return apiKeys.edges.map(({ node }) => node).find((key) => key.id === id)
}

const LIMITS = {
  models: ["claude-*", "my-model"],
  dialects: ["GEMINI", "OPENAI_CHAT"],
  addresses: ["10.0.0.0/8", "2001:db8::1"],
  maxConcurrent: 1,
  requestsPerMinute: 2,
  tokensPerMinute: "3",
  tokensPerDay: "4",
  tokensPerMonth: "5",
}
const TOLD = {
  ...LIMITS,
  dialects: ["gemini", "openai-chat"],
  tokensPerMinute: 3,
  tokensPerDay: 4,
  tokensPerMonth: 5,
}
const NONE = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, null]))

describe("a key", () => {
  test("has all that it was made with, for data planes too", async () => {
    const expiresAt = new Date(clock.now() + 60_000).toISOString()
    const words = { name: "of the team", tags: ["team", "team", "ci"], note: " two\nlines ", mayExplain: false }
    const { apiKey } = await create({ ...LIMITS, ...words, expiresAt })
    const shown = { ...LIMITS, ...words, tags: ["team", "ci"], note: "two\nlines", expiresAt, enabled: true }
    expect(apiKey).toMatchObject({ ...shown, requestsToday: 0, tokensToday: "0", replaced: [] })
    expect(await read(apiKey.id)).toMatchObject(shown)
    expect(told(apiKey.id)).toMatchObject({ ...TOLD, mayExplain: false, expiresAt: Date.parse(expiresAt) })
  })

  test("is changed in what is given, and null takes a limit back", async () => {
    const { apiKey } = await create({})
    const { id } = apiKey
    expect((await update(id, LIMITS)).apiKey).toMatchObject(LIMITS)
    expect(told(id)).toMatchObject(TOLD)
    const named = { name: "two", mayExplain: false, tags: ["a"], note: "n" }
    expect((await update(id, named)).apiKey).toMatchObject({ ...LIMITS, ...named })
    expect(told(id)).toMatchObject({ ...TOLD, name: "two", mayExplain: false })
    expect((await update(id, { ...NONE, name: null, note: null, expiresAt: null })).apiKey).toMatchObject({
      ...NONE,
      name: "two",
      note: null,
    })
    for (const name of Object.keys(NONE)) expect(told(id)).not.toHaveProperty(name)
  })

  test("that is disabled is told so until it is enabled again", async () => {
    const { apiKey } = await create({})
    expect((await update(apiKey.id, { enabled: false })).apiKey.enabled).toBe(false)
    expect(told(apiKey.id)?.isDisabled).toBe(true)
    expect((await update(apiKey.id, { enabled: true })).apiKey.enabled).toBe(true)
    expect(told(apiKey.id)).not.toHaveProperty("isDisabled")
  })

  test.each([
    [{ models: [] }, "empty_list", "models"],
    [{ models: ["a*b*"] }, "malformed_pattern", "models"],
    [{ models: [" "] }, "empty", "models"],
    [{ models: Array.from({ length: 101 }, (_, index) => `m${index}`) }, "too_many", "models"],
    [{ dialects: [] }, "empty_list", "dialects"],
    [{ addresses: ["10.0.0.0/40"] }, "malformed_address", "addresses"],
    [{ addresses: ["example.test"] }, "malformed_address", "addresses"],
    [{ maxConcurrent: 0 }, "out_of_range", "maxConcurrent"],
    [{ requestsPerMinute: 0 }, "out_of_range", "requestsPerMinute"],
    [{ requestsPerMinute: 1_000_001 }, "out_of_range", "requestsPerMinute"],
    [{ tokensPerMinute: "0" }, "out_of_range", "tokensPerMinute"],
    [{ tokensPerDay: "-1" }, "out_of_range", "tokensPerDay"],
    [{ tokensPerMonth: "1000000000001" }, "out_of_range", "tokensPerMonth"],
    [{ expiresAt: "2000-01-01T00:00:00Z" }, "in_the_past", "expiresAt"],
    [{ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, "too_many", "tags"],
    [{ note: "x".repeat(1_001) }, "too_long", "note"],
    [{ note: "\u0007" }, "control_character", "note"],
    [{ name: " " }, "empty", "name"],
  ])("%j is refused, and nothing of it is kept", async (input, code, name) => {
    const refusal = { __typename: "InvalidInput", code, path: ["input", name] }
    expect(await create(input)).toEqual(refusal)
    const { apiKey } = await create({})
    expect(await update(apiKey.id, { requestsPerMinute: 9, ...input })).toEqual(refusal)
    expect(await read(apiKey.id)).toMatchObject({ ...NONE, name: "one" })
  })

  test("that does not exist is not found", async () => {
    const refusal = { code: "not_found", path: ["id"] }
    expect(await update("key_none", { name: "x" })).toMatchObject(refusal)
    expect(await rotate("key_none", 5)).toMatchObject(refusal)
  })
})

test("a key that is removed while it is changed is told to be gone", async () => {
  const { apiKey } = await create({})
  const { apiKey: table } = control.controlPlane.services.database.prisma
  const find = table.findUnique.bind(table)
  const looking = vi.spyOn(table, "findUnique")
  // Between the look and the change.
  const removing = async (args: { where: { id: string } }): Promise<unknown> => {
    const row = await find(args)
    await table.delete({ where: { id: apiKey.id } })
    return row
  }
  looking.mockImplementationOnce(removing as unknown as typeof table.findUnique) // resolves as the real one does
  expect(await update(apiKey.id, { note: "late" })).toEqual({
    __typename: "InvalidInput",
    code: "not_found",
    path: ["id"],
  })
  expect(looking).toHaveBeenCalled()
  looking.mockRestore()
})

describe("a rotation", () => {
  test("gives a new secret to the same key, and the old one works until the overlap ends", async () => {
    const { apiKey, secret } = await create({ tokensPerDay: "4" })
    const before = told(apiKey.id)
    const rotated = await rotate(apiKey.id, 5)
    expect(rotated.secret).not.toBe(secret)
    const worksUntil = clock.now() + 300_000
    expect(rotated.apiKey).toMatchObject({ id: apiKey.id, tokensPerDay: "4" })
    expect(rotated.apiKey.prefix).not.toBe(apiKey.prefix)
    expect(rotated.apiKey.replaced).toEqual([{ prefix: apiKey.prefix, worksUntil: new Date(worksUntil).toISOString() }])
    const after = told(apiKey.id)
    expect(after).toMatchObject({ lineage: before?.lineage, replaced: [{ digest: before?.digest, worksUntil }] })
    expect(after?.digest).not.toBe(before?.digest)
  })

  test("ends older ones no later than the one before, and at once without an overlap", async () => {
    const { apiKey } = await create({})
    await rotate(apiKey.id, 60)
    const ends = (key: Key) => key.replaced.map(({ worksUntil }) => Date.parse(worksUntil) - clock.now())
    expect(ends((await rotate(apiKey.id, 10)).apiKey)).toEqual([600_000, 600_000])
    expect(ends((await rotate(apiKey.id, 20)).apiKey)).toEqual([1_200_000, 600_000, 600_000])
    expect(ends((await rotate(apiKey.id, 0)).apiKey)).toEqual([0, 0, 0, 0])
  })

  test("remembers the last ten", async () => {
    const { apiKey } = await create({})
    let last: Key | undefined
    for (let turn = 1; turn <= 12; turn += 1) last = (await rotate(apiKey.id, turn)).apiKey
    expect(last?.replaced).toHaveLength(10)
    expect(told(apiKey.id)?.replaced).toHaveLength(10)
  })

  test("forgets an older one rather than the one just replaced, where all end together", async () => {
    const { apiKey } = await create({})
    let { prefix } = apiKey
    for (let turn = 1; turn <= 10; turn += 1) ({ prefix } = (await rotate(apiKey.id, 60)).apiKey)
    // Of those that end together it would be the last by its digest.
    const digest = `${"z".repeat(43)}=`
    await control.controlPlane.services.database.prisma.apiKey.update({ where: { id: apiKey.id }, data: { digest } })
    const { replaced } = (await rotate(apiKey.id, 10)).apiKey
    expect(replaced).toHaveLength(10)
    expect(replaced.map((one) => one.prefix)).toContain(prefix)
  })

  test("keeps to an overlap that means something, and is not for a key that has expired", async () => {
    const { apiKey } = await create({ expiresAt: new Date(clock.now() + 1_000).toISOString() })
    for (const minutes of [-1, 43_201]) {
      expect(await rotate(apiKey.id, minutes)).toMatchObject({ code: "out_of_range", path: ["overlapMinutes"] })
    }
    clock.advance(1_000)
    expect(await rotate(apiKey.id, 5)).toMatchObject({ __typename: "Refused", code: "expired" })
  })

  test("is forgotten thirty days after the overlap", async () => {
    const { apiKey } = await create({})
    await rotate(apiKey.id, 0)
    const { database, apiKeys, log } = control.controlPlane.services
    const job = createRetention({ clock, log, database, forgetters: [apiKeys] })
    job.start()
    await job.stop()
    expect((await read(apiKey.id))?.replaced).toHaveLength(1)
    clock.advance(30 * 86_400_000 + 1)
    const later = createRetention({ clock, log, database, forgetters: [apiKeys] })
    later.start()
    await waitFor(async () => (await read(apiKey.id))?.replaced.length === 0)
    await later.stop()
  })
})

describe("the key of the environment", () => {
  /** A start with this API_KEY; undefined: with none. */
  async function start(secret?: string): Promise<void> {
    const { apiKeys, log, publisher } = control.controlPlane.services
    const apiKey = secret === undefined ? undefined : new Secret(secret)
    await apiKeys.establishEnvironmentKey({ apiKey, adminPassword: undefined }, log)
    await publisher.flush()
  }

  test("is changed by the environment only, and is not limited", async () => {
    await start()
    const { apiKey, secret: first } = await create(LIMITS)
    const { secret } = await rotate(apiKey.id, 60)
    await start(secret)
    expect(await read(apiKey.id)).toMatchObject({ ...NONE, origin: "ENVIRONMENT", replaced: [] })
    for (const refusal of [await update(apiKey.id, { enabled: false }), await rotate(apiKey.id, 5)]) {
      expect(refusal).toMatchObject({ __typename: "Refused", code: "set_by_environment" })
    }
    await start(first)
    expect(told(apiKey.id)).not.toHaveProperty("replaced")
    await start()
    expect(await read(apiKey.id)).toBeUndefined()
  })

  test("may be what another key was before its rotation", async () => {
    const { apiKey, secret } = await create({})
    await rotate(apiKey.id, 60)
    await start(secret)
    expect(await read(apiKey.id)).toMatchObject({ origin: "CREATED", replaced: [] })
    expect(control.log()).not.toContain("snapshot.inconsistent")
  })
})
