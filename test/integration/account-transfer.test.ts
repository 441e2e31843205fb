/** Accounts move from one gateway to another with all that they are: through both control planes, and served by the second's data plane. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const EXPORT = `mutation { exportAccounts(input: { passphrase: "four words for the move" }) {
  ... on ExportAccountsSuccess { document count } ... on Failure { message } } }`
const IMPORT = `mutation ($document: String!) {
  importAccounts(input: { document: $document, passphrase: "four words for the move", acknowledgedTerms: true }) {
    ... on ImportAccountsSuccess { rows { outcome notCarried } } ... on Failure { message } } }`
const UPDATE = `mutation ($filter: AccountFilter!, $input: UpdateAccountsInput!) {
  updateAccounts(filter: $filter, input: $input, expectedCount: 1) {
    ... on UpdateAccountsSuccess { changed } ... on Failure { message } } }`
const ALL = `{ accounts { edges { node { email label enabled weight priority reserve maxConcurrent tags disabledModels } } } }`

let from: Planes
let to: Planes
beforeEach(async () => {
  from = await startPlanes()
  to = await startPlanes()
})
afterEach(async () => {
  await from.stop()
  await to.stop()
})

test("the same accounts serve, and one that was switched off does not", async () => {
  const first = await from.addAccount("first@example.test")
  const second = await from.addAccount("second@example.test")
  const input = {
    weight: 5,
    priority: 2,
    reserve: 0.1,
    maxConcurrent: 3,
    disabledModels: ["gpt-oss-120b-medium"],
    addTags: ["moved"],
  }
  await from.control.data(UPDATE, { filter: { ids: [first] }, input })
  await from.control.data(UPDATE, { filter: { ids: [second] }, input: { enabled: false } })
  const { exportAccounts } = await from.control.data<{ exportAccounts: { document: string; count: number } }>(EXPORT)
  expect(exportAccounts.count).toBe(2)

  for (const email of ["first@example.test", "second@example.test"]) to.simulator.addAccount({ email })
  const { document } = exportAccounts
  const moved = await to.control.data(IMPORT, { document })
  const row = { outcome: "ADDED", notCarried: [] }
  expect(moved).toEqual({ importAccounts: { rows: [row, row] } })
  expect(await to.control.data(ALL)).toEqual(await from.control.data(ALL))

  const { prisma } = to.control.controlPlane.services.database
  await waitFor(async () => (await prisma.account.count({ where: { state: "READY" } })) === 2, 40_000)
  await to.settled()
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = await to.ask(`Hello ${turn}`)
    expect([answer.status, accountOf(answer)]).toEqual([200, "first@example.test"])
  }
  const refused = await to.ask("Hello", { model: "gpt-oss-120b-medium" })
  expect(refused.status).not.toBe(200)
})
