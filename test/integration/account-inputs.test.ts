/**
 * What is said of accounts through GraphQL decides which of them serves, however it is said: when one is added, changed alone, or
 * changed with others. Control plane, data plane and simulator over real sockets.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { generationsSeen } from "../support/seen.ts"
import { waitFor } from "../support/wait-for.ts"

const MODEL = "gemini-3-flash"
const OTHER_MODEL = "claude-sonnet-4-6"
const FAILURE = "... on Failure { code message path }"
const ADD = `mutation ($input: AddAccountInput!) { result: addAccount(input: $input) {
  ... on AddAccountSuccess { account { id } } ${FAILURE} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateAccountInput!) { result: updateAccount(id: $id, input: $input) {
  ... on UpdateAccountSuccess { account { id } } ${FAILURE} } }`
const UPDATE_MANY = `mutation ($id: ID!, $input: UpdateAccountsInput!) {
  result: updateAccounts(filter: { ids: [$id] }, input: $input, expectedCount: 1) {
    ... on UpdateAccountsSuccess { changed } ${FAILURE} } }`
const REMOVE = "mutation ($id: ID!) { result: removeAccount(id: $id) { __typename } }"
const ROUTE = `mutation ($rules: [RoutingRuleInput!]) { result: updateRouting(input: { rules: $rules }) {
  ... on UpdateRoutingSuccess { routing { revision } } ${FAILURE} } }`
const TAGGED = [{ name: "tagged", action: { accountTags: ["chosen"] } }]

let planes: Planes
let one: string
beforeAll(async () => {
  planes = await startPlanes({
    env: { MAX_CONCURRENT_PER_ACCOUNT: "0", POOL_WAIT_MS: "1", POOL_STRATEGY: "weighted" },
  })
  one = await planes.addAccount("one@example.test")
  await planes.addAccount("two@example.test")
})
afterAll(() => planes.stop())

async function mutate<T = object>(document: string, variables: object): Promise<T> {
  const { result } = await planes.control.data<{ result: T & { code?: string } }>(document, variables)
  expect(result.code).toBeUndefined()
  await planes.settled()
  return result
}

/** Waits until an account serves; all data planes know it. */
async function untilReady(id: string): Promise<void> {
  const query = "query ($id: ID!) { account(id: $id) { state } }"
  await waitFor(async () => {
    const { account } = await planes.control.data<{ account: { state: string } }>(query, { id })
    return account.state === "READY"
  })
  await planes.settled()
}

/** Of so many requests those that this account served. */
async function servedBy(label: string, count = 8, model = MODEL): Promise<number> {
  let served = 0
  for (let turn = 0; turn < count; turn++) {
    const answer = await planes.ask(`${Math.random()} [[sim:text=ok]]`, { model })
    expect(answer.status, answer.text).toBe(200)
    if (accountOf(answer) === label) served += 1
  }
  return served
}
const servedByOne = (count?: number, model?: string): Promise<number> => servedBy("one@example.test", count, model)

describe.each([
  ["updateAccount", UPDATE],
  ["updateAccounts", UPDATE_MANY],
])("%s", (_name, document) => {
  const say = (input: object): Promise<object> => mutate(document, { id: one, input })

  afterEach(async () => {
    const none = { weight: 1, priority: 0, maxConcurrent: null, reserve: null, tags: [], disabledModels: [] }
    await say({ ...none, enabled: true })
  })

  test("enabled: it serves, or does not", async () => {
    await say({ enabled: false })
    expect(await servedByOne()).toBe(0)
    await say({ enabled: true })
    expect(await servedByOne()).toBeGreaterThan(0)
  })

  test("disabledModels: it serves the others", async () => {
    await say({ disabledModels: [MODEL] })
    expect(await servedByOne()).toBe(0)
    expect(await servedByOne(8, OTHER_MODEL)).toBeGreaterThan(0)
  })

  test("priority: it serves first, or last", async () => {
    await say({ priority: 1 })
    expect(await servedByOne(4)).toBe(4)
    await say({ priority: -1 })
    expect(await servedByOne(4)).toBe(0)
  })

  test("weight: its share", async () => {
    await say({ weight: 1_000 })
    expect(await servedByOne()).toBeGreaterThanOrEqual(7)
    await say({ weight: 1 })
    expect(await servedByOne()).toBeLessThanOrEqual(5)
  })

  test("maxConcurrent: while one runs on it, others go elsewhere", async () => {
    await say({ maxConcurrent: 1, priority: 1 })
    planes.simulator.script({ fault: { kind: "hang-before-headers" }, times: 1 })
    const before = generationsSeen(planes.simulator).length
    const running = planes.open("runs")
    await waitFor(() => generationsSeen(planes.simulator).length === before + 1)
    expect(await servedByOne(3)).toBe(0)
    await say({ maxConcurrent: null })
    expect(await servedByOne(3)).toBe(3)
    running.destroy()
  })

  test("reserve: so much of its quota is left alone", async () => {
    const left = { email: "one@example.test", bucket: "gemini", window: "fiveHours", remainingFraction: 0.5 }
    const headers = { "content-type": "application/json" }
    const answer = await fetch(`${planes.simulator.url}/simulator/quota`, {
      method: "POST",
      headers,
      body: JSON.stringify(left),
    })
    expect(answer.status).toBe(200)
    await mutate("mutation ($id: ID!) { result: syncQuota(accountId: $id) { ... on Failure { code } } }", { id: one })
    await say({ reserve: 0.9 })
    expect(await servedByOne()).toBe(0)
    await say({ reserve: null })
    expect(await servedByOne()).toBeGreaterThan(0)
  })

  test("tags: a rule finds it by them", async () => {
    await mutate(ROUTE, { rules: TAGGED })
    expect((await planes.ask("nobody is tagged")).status).toBe(503)
    await say({ tags: ["chosen"] })
    expect(await servedByOne(4)).toBe(4)
    await mutate(ROUTE, { rules: [] })
  })
})

test("updateAccounts: addTags and removeTags", async () => {
  await mutate(ROUTE, { rules: TAGGED })
  await mutate(UPDATE_MANY, { id: one, input: { addTags: ["chosen"] } })
  expect(await servedByOne(4)).toBe(4)
  await mutate(UPDATE_MANY, { id: one, input: { removeTags: ["chosen"] } })
  expect((await planes.ask("nobody is tagged")).status).toBe(503)
  await mutate(ROUTE, { rules: [] })
})

test("updateAccount: the label is who an explained answer names, the project is what is sent", async () => {
  const projectId = "a-project-of-its-own"
  planes.simulator.addAccount({ email: "one@example.test", projectSource: "own", projectId })
  await mutate(UPDATE, { id: one, input: { label: "renamed", priority: 1, projectId } })
  await untilReady(one)
  expect(await servedBy("renamed", 2)).toBe(2)
  expect(generationsSeen(planes.simulator).at(-1)?.body).toMatchObject({ project: projectId })
  await mutate(UPDATE, { id: one, input: { label: "one@example.test", priority: 0 } })
})

describe("addAccount", () => {
  /** Adds one that serves; its id. */
  async function add(name: string, input: object, simulated: object = {}): Promise<string> {
    const email = `${name}@example.test`
    planes.simulator.addAccount({ email, ...simulated })
    const base = { kind: "ANTIGRAVITY", acknowledgedTerms: true, refreshToken: `sim-refresh-${email}`, label: name }
    const { account } = await mutate<{ account: { id: string } }>(ADD, { input: { ...base, ...input } })
    await untilReady(account.id)
    return account.id
  }

  test("priority", async () => {
    const id = await add("first", { priority: 1 })
    expect(await servedBy("first", 4)).toBe(4)
    await mutate(REMOVE, { id })
    expect(await servedBy("first", 4)).toBe(0)
  })

  test("weight", async () => {
    const id = await add("heavy", { weight: 1_000 })
    expect(await servedBy("heavy")).toBeGreaterThanOrEqual(6)
    await mutate(REMOVE, { id })
  })

  test("tags", async () => {
    await mutate(ROUTE, { rules: TAGGED })
    const id = await add("tagged", { tags: ["chosen"] })
    expect(await servedBy("tagged", 4)).toBe(4)
    await mutate(ROUTE, { rules: [] })
    await mutate(REMOVE, { id })
  })

  test("projectId", async () => {
    const projectId = "a-project-of-the-owner"
    const id = await add("own", { projectId, priority: 1 }, { projectSource: "own", projectId })
    expect(await servedBy("own", 1)).toBe(1)
    expect(generationsSeen(planes.simulator).at(-1)?.body).toMatchObject({ project: projectId })
    await mutate(REMOVE, { id })
  })
})
