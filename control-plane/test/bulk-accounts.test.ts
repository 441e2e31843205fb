/** Many accounts at once: what a filter means, and that nothing is changed that the operator did not see. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

const UPDATE = `mutation ($filter: AccountFilter!, $input: UpdateAccountsInput!, $expectedCount: Int, $dryRun: Boolean) {
  updateAccounts(filter: $filter, input: $input, expectedCount: $expectedCount, dryRun: $dryRun) { __typename
    ... on UpdateAccountsSuccess { matched changed changedIds } ... on Failure { code message path } } }`
const REMOVE = `mutation ($filter: AccountFilter!, $expectedCount: Int, $dryRun: Boolean, $revoke: Boolean) {
  removeAccounts(filter: $filter, expectedCount: $expectedCount, dryRun: $dryRun, revoke: $revoke) { __typename
    ... on RemoveAccountsSuccess { removed removedIds revoked } ... on Failure { code message path } } }`
const LIST = `query ($filter: AccountFilter, $order: AccountOrder, $first: Int, $after: String) {
  accounts(filter: $filter, order: $order, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
    edges { node { id label weight priority reserve maxConcurrent enabled tags disabledModels } } } }`

let control: TestControlPlane
beforeAll(async () => {
  control = await startTestControlPlane()
})
afterAll(() => control.stop())

const AT = Date.UTC(2026, 0, 1)
/** `n0` … `n5`, each with what tells it from the others. */
const ROWS = [
  { state: "READY", tier: "Pro", tags: ["work", "eu"], priority: 1, requestCount: 5 },
  { state: "READY", tier: "Pro", tags: ["work"], priority: 3, requestCount: 1 },
  { state: "READY", tier: "Free", tags: [], enabled: false, priority: 2, requestCount: 9 },
  { state: "NEEDS_LOGIN", tier: "Free", tags: ["work's", "50%_"], requestCount: 3 },
  { state: "NEEDS_LOGIN", tier: null, tags: ["workshop"], enabled: false, requestCount: 4 },
  { state: "ONBOARDING", tier: null, tags: ["eu"], requestCount: 0 },
] as const

beforeEach(async () => {
  const { account } = control.controlPlane.services.database.prisma
  await account.deleteMany()
  await account.createMany({
    data: ROWS.map((row, index) => ({
      ...row,
      tags: [...row.tags],
      id: `acc_n${index}`,
      kind: "ANTIGRAVITY" as const,
      label: `n${index}`,
      email: `n${index}@example.test`,
      stateSince: new Date(AT + index * 1_000),
      createdAt: new Date(AT + index * 1_000),
      onboardingPending: false,
    })),
  })
})

interface Page {
  readonly totalCount: number
  readonly pageInfo: { endCursor: string | null; hasNextPage: boolean }
  readonly edges: { node: { id: string; label: string } & Record<string, unknown> }[]
}

async function page(variables: object): Promise<Page> {
  return (await control.data<{ accounts: Page }>(LIST, variables)).accounts
}
const labels = async (filter: object): Promise<string[]> => (await page({ filter })).edges.map(({ node }) => node.label)

interface Result {
  readonly __typename: string
  readonly matched: number
  readonly changed: number
  readonly changedIds: string[]
  readonly code: string
  readonly message: string
}
async function update(filter: object, input: object, more: object = {}): Promise<Result> {
  return (await control.data<{ updateAccounts: Result }>(UPDATE, { filter, input, ...more })).updateAccounts
}
async function remove(filter: object, more: object): Promise<Record<string, unknown>> {
  return (await control.data<{ removeAccounts: Record<string, unknown> }>(REMOVE, { filter, ...more })).removeAccounts
}

describe("a filter", () => {
  test.each<[object, string[]]>([
    [{}, ["n0", "n1", "n2", "n3", "n4", "n5"]],
    [{ tags: ["work"] }, ["n0", "n1"]],
    [{ tags: ["work", "eu"] }, ["n0"]],
    [{ tags: ["work's"] }, ["n3"]],
    [{ tags: ["50%_"] }, ["n3"]],
    [{ tags: ["%"] }, []],
    [{ enabled: false }, ["n2", "n4"]],
    [{ needsAttention: true }, ["n3"]],
    [{ needsAttention: false }, ["n0", "n1", "n2", "n4", "n5"]],
    [{ states: ["DISABLED", "ONBOARDING"] }, ["n2", "n4", "n5"]],
    [{ tiers: ["Pro"] }, ["n0", "n1"]],
    [{ kinds: ["GEMINI_API"] }, []],
    [{ kinds: ["ANTIGRAVITY"], search: "N3@" }, ["n3"]],
    [{ ids: ["acc_n1", "acc_n5", "acc_nobody"] }, ["n1", "n5"]],
    [{ ids: [] }, []],
    [{ tags: ["eu"], enabled: true, states: ["READY"] }, ["n0"]],
  ])("%j", async (filter, expected) => {
    expect(await labels(filter)).toEqual(expected)
  })

  test("of models means whose list has one of them", async () => {
    const { account, catalogue } = control.controlPlane.services.database.prisma
    const list = (...ids: string[]) => ({ models: ids.map((id) => ({ id })), deprecatedModelIds: {} })
    await catalogue.createMany({
      data: [
        { id: "both", body: list("fast", "slow"), createdAt: new Date(AT) },
        { id: "one", body: list("slow"), createdAt: new Date(AT) },
      ],
    })
    await account.updateMany({ where: { id: { in: ["acc_n0", "acc_n3"] } }, data: { catalogueId: "both" } })
    await account.updateMany({ where: { id: "acc_n2" }, data: { catalogueId: "one" } })
    expect(await labels({ models: ["fast"] })).toEqual(["n0", "n3"])
    expect(await labels({ models: ["slow", "nobody's"], enabled: false })).toEqual(["n2"])
    expect(await labels({ models: ["nobody's"] })).toEqual([])
    expect(await labels({ models: [] })).toEqual([])
    await catalogue.deleteMany()
  })

  test.each<[string, string[]]>([
    ["OLDEST", ["n0", "n1", "n2", "n3", "n4", "n5"]],
    ["NEWEST", ["n5", "n4", "n3", "n2", "n1", "n0"]],
    ["LABEL", ["n0", "n1", "n2", "n3", "n4", "n5"]],
    ["MOST_USED", ["n2", "n0", "n4", "n3", "n1", "n5"]],
    ["STATE_CHANGED", ["n5", "n4", "n3", "n2", "n1", "n0"]],
    ["PRIORITY", ["n1", "n2", "n0", "n5", "n4", "n3"]],
  ])("pages in the order %s, each where the last one ended", async (order, expected) => {
    const found: string[] = []
    let after: string | null = null
    do {
      const { edges, pageInfo }: Page = await page({ order, first: 2, after })
      found.push(...edges.map(({ node }) => node.label))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(found).toEqual(expected)
  })

  test("a cursor of another order is refused", async () => {
    const { pageInfo } = await page({ order: "LABEL", first: 1 })
    const { errors } = await control.ask(LIST, { order: "PRIORITY", after: pageInfo.endCursor })
    expect(errors[0]?.extensions?.code).toBe("MALFORMED")
  })
})

describe("changing many", () => {
  test("all that fit, and no other; what is so already is told apart", async () => {
    const result = await update(
      { tags: ["work"] },
      { priority: 3, reserve: 0.2, maxConcurrent: 2, disabledModels: ["x"] },
      { expectedCount: 2 },
    )
    expect(result).toMatchObject({ matched: 2, changed: 2 })
    const { edges } = await page({})
    expect(edges.filter(({ node }) => node.reserve === 0.2).map(({ node }) => node.label)).toEqual(["n0", "n1"])
    const again = await update({ tags: ["work"] }, { priority: 3, reserve: 0.2 }, { expectedCount: 2 })
    expect(again).toMatchObject({ matched: 2, changed: 0, changedIds: [] })
    const back = await update(
      { tags: ["work"] },
      { reserve: null, maxConcurrent: null, disabledModels: null },
      { expectedCount: 2 },
    )
    expect(back.changed).toBe(2)
  })

  test("tags are added and taken away beside those that each has", async () => {
    await update({ states: ["READY", "DISABLED"] }, { addTags: ["new"], removeTags: ["work"] }, { expectedCount: 4 })
    const { edges } = await page({})
    expect(edges.map(({ node }) => node.tags)).toEqual([
      ["eu", "new"],
      ["new"],
      ["new"],
      ["work's", "50%_"],
      ["workshop", "new"],
      ["eu"],
    ])
  })

  test("another number than the operator saw changes nothing", async () => {
    const result = await update({}, { weight: 9 }, { expectedCount: 5 })
    expect(result).toMatchObject({ __typename: "Refused", code: "count_differs" })
    expect(result.message).toContain("fits 6 accounts now, not 5")
    expect(await update({}, { weight: 9 })).toMatchObject({ __typename: "InvalidInput", code: "required" })
    expect((await page({})).edges.every(({ node }) => node.weight === 1)).toBe(true)
  })

  test("a dry run says it, and changes nothing", async () => {
    expect(await update({ enabled: true }, { enabled: false }, { dryRun: true })).toMatchObject({
      matched: 4,
      changed: 4,
    })
    expect(await labels({ enabled: true })).toHaveLength(4)
  })

  test("models are switched of each, beside what it has", async () => {
    const ids = ["acc_n0", "acc_n1"]
    const disabled = async () => (await page({ filter: { ids } })).edges.map(({ node }) => node["disabledModels"])
    await update({ ids: ["acc_n0"] }, { disabledModels: ["own"] }, { expectedCount: 1 })
    expect(await update({ ids }, { disableModels: ["a", "b"] }, { expectedCount: 2 })).toMatchObject({ changed: 2 })
    expect(await disabled()).toEqual([
      ["own", "a", "b"],
      ["a", "b"],
    ])
    expect(await update({ ids }, { enableModels: ["own"] }, { expectedCount: 2 })).toMatchObject({ changed: 1 })
    const together = [{ addTags: ["x"] }, { addTags: ["y"] }, { disableModels: ["c"] }, { enableModels: ["a"] }]
    await Promise.all(together.map((input) => update({ ids }, input, { expectedCount: 2 })))
    expect((await disabled()).map((models) => [...(models as string[])].toSorted())).toEqual([
      // strings, as asked for
      ["b", "c"],
      ["b", "c"],
    ])
    expect((await labels({ tags: ["x", "y"] })).toSorted()).toEqual(["n0", "n1"])
  })

  test("one account that cannot take it keeps all others from it", async () => {
    const { account } = control.controlPlane.services.database.prisma
    const tags = Array.from({ length: 20 }, (_, index) => `t${index}`)
    await account.update({ where: { id: "acc_n5" }, data: { tags } })
    expect(await update({}, { addTags: ["one-more"] }, { expectedCount: 6 })).toMatchObject({ code: "too_many" })
    expect(await labels({ tags: ["one-more"] })).toEqual([])
  })

  test.each([
    [{ weight: 0 }, "out_of_range"],
    [{ tags: ["a"], addTags: ["b"] }, "not_used"],
    [{ addTags: [""] }, "empty"],
  ])("refuses %j", async (input, code) => {
    expect(await update({}, input, { expectedCount: 6 })).toMatchObject({ __typename: "InvalidInput", code })
  })
})

describe("removing many", () => {
  test("all that fit, after as many as were seen", async () => {
    expect(await remove({ enabled: false }, { dryRun: true })).toMatchObject({ removed: 2 })
    expect(await remove({ enabled: false }, { expectedCount: 3 })).toMatchObject({ code: "count_differs" })
    expect(await labels({})).toHaveLength(6)
    expect(await remove({ enabled: false }, { expectedCount: 2 })).toEqual({
      __typename: "RemoveAccountsSuccess",
      removed: 2,
      removedIds: ["acc_n2", "acc_n4"],
      revoked: null,
    })
    expect(await labels({})).toEqual(["n0", "n1", "n3", "n5"])
  })
})

test("each account that is changed or removed has its event", async () => {
  const { auditEvent } = control.controlPlane.services.database.prisma
  const before = await auditEvent.count()
  await update({ tags: ["work"] }, { weight: 5 }, { expectedCount: 2 })
  await remove({ ids: ["acc_n5"] }, { expectedCount: 1 })
  const events = await auditEvent.findMany({ orderBy: { sequence: "asc" }, skip: before })
  expect(events.map(({ action, objectId, before: was, after }) => [action, objectId, was, after])).toEqual([
    ["updateAccounts", "acc_n0", '{"weight":1}', '{"weight":5}'],
    ["updateAccounts", "acc_n1", '{"weight":1}', '{"weight":5}'],
    ["removeAccounts", "acc_n5", expect.stringContaining('"label":"n5"'), null],
  ])
})

test("a thousand take one change", async () => {
  const { account } = control.controlPlane.services.database.prisma
  const many = Array.from({ length: 1_000 }, (_, index) => ({
    id: `acc_many${index}`,
    kind: "ANTIGRAVITY" as const,
    label: `many ${index}`,
    tags: index % 2 === 0 ? ["even"] : [],
    stateSince: new Date(AT),
    createdAt: new Date(AT),
    onboardingPending: false,
  }))
  await account.createMany({ data: many })
  const filter = { search: "many" }
  expect(await update(filter, { addTags: ["all"], weight: 2 }, { expectedCount: 1_000 })).toMatchObject({
    changed: 1_000,
  })
  expect((await page({ filter: { tags: ["even", "all"] } })).totalCount).toBe(500)
  expect(await remove(filter, { expectedCount: 1_000 })).toMatchObject({ removed: 1_000 })
})
