/** Rests that outlive a restart: reported, kept, told to all data planes, and ended by an operator's word. */
import { randomUUID } from "node:crypto"
import { accountId } from "#shared/ids.ts"
import type { CooldownFact } from "#shared/link-protocol.ts"
import type { Snapshot, SnapshotAccount } from "#shared/snapshot.ts"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, type LinkClient } from "./support/link-client.ts"

const ADD = `mutation ($token: String!, $email: String!) {
  addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token, email: $email }) {
    ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const COOLDOWNS = "query ($id: ID!) { account(id: $id) { cooldowns { bucket cause evidence state since until } } }"
const RELEASE = `mutation ($id: ID!, $model: String) { releaseCooldown(accountId: $id, model: $model) {
  ... on ReleaseCooldownSuccess { account { cooldowns { bucket } } } ... on Failure { code path } } }`
const HOUR = 3_600_000

let simulator: Simulator
let control: TestControlPlane
let link: LinkClient
let id: string
beforeEach(async () => {
  simulator = await startSimulator()
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
  link = await connectLink(control.url)
  simulator.addAccount({ email: "a@example.test" })
  const variables = { token: "sim-refresh-a@example.test", email: "a@example.test" }
  id = (await control.data<{ addAccount: { account: { id: string } } }>(ADD, variables)).addAccount.account.id
  await link.snapshot((snapshot) => snapshot.accounts.some((one) => one.id === id && one.usable))
})
afterEach(async () => {
  link.close()
  await control.stop()
  await simulator.close()
})

async function report(more: Partial<CooldownFact> = {}): Promise<void> {
  const since = Date.now()
  const fact = {
    type: "cooldown",
    accountId: accountId(id),
    bucket: "gemini",
    cause: "quota",
    evidence: "used up",
  } as const
  const answer = await link.report({ ...fact, since, until: since + HOUR, ...more, id: randomUUID(), at: since })
  expect(answer.status).toBe(200)
}

interface Shown {
  readonly bucket: string
  readonly until: string
}

async function shown(): Promise<(readonly [bucket: string, until: number])[]> {
  const { account } = await control.data<{ account: { cooldowns: Shown[] } }>(COOLDOWNS, { id })
  return account.cooldowns.map(({ bucket, until }) => [bucket, Date.parse(until)] as const)
}

function told(): SnapshotAccount | undefined {
  const { accounts } = JSON.parse(link.snapshots.at(-1)?.body ?? "") as Snapshot // the control plane's own, checked by it
  return accounts.find((one) => one.id === id)
}

test("a rest is kept with its evidence and told to all, also after a restart", async () => {
  const since = Date.now()
  await report({ since, until: since + HOUR, evidence: "HTTP 429: used up" })
  expect(await shown()).toEqual([["GEMINI", since + HOUR]])
  const expected = [{ bucket: "gemini", cause: "quota", evidence: "HTTP 429: used up", since, until: since + HOUR }]
  await link.snapshot((snapshot) => snapshot.accounts.some(({ cooldowns }) => cooldowns !== undefined))
  expect(told()?.cooldowns).toEqual(expected)
  link.close()
  const { dataDirectory } = control
  await control.stop({ keep: true })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, dataDirectory })
  link = await connectLink(control.url)
  await link.snapshot((snapshot) => snapshot.accounts.some((one) => one.id === id))
  expect(told()?.cooldowns).toEqual(expected)
})

test("later evidence wins, whatever comes first", async () => {
  const now = Date.now()
  await report({ since: now - 1_000, until: now + 3 * HOUR })
  await report({ since: now - 500, until: now + HOUR })
  await report({ since: now - 2_000, until: now + 2 * HOUR })
  await report({ bucket: "third_party", since: now, until: now + 100 * 24 * HOUR })
  const [gemini, thirdParty] = await shown()
  expect(gemini).toEqual(["GEMINI", now + HOUR])
  // No window is longer than eight days.
  expect(thirdParty?.[1]).toBeLessThanOrEqual(Date.now() + 8 * 24 * HOUR)
})

test("what is over, of a class nobody knows or of an account that is gone is not kept", async () => {
  await report({ since: Date.now() - HOUR, until: Date.now() - 1 })
  await report({ cause: "a_class_of_tomorrow" })
  await report({ accountId: accountId("gone") })
  expect(await shown()).toEqual([])
})

test("an operator's release ends it, reaches the data planes, and outranks what was learnt before", async () => {
  const before = Date.now()
  await report({ since: before })
  await report({ since: before, bucket: "third_party" })
  const released = await control.data(RELEASE, { id, model: "gemini-3-flash" })
  expect(released).toEqual({ releaseCooldown: { account: { cooldowns: [{ bucket: "THIRD_PARTY" }] } } })
  const { accounts } = await link.snapshot((snapshot) =>
    snapshot.accounts.some(({ releases }) => releases !== undefined),
  )
  const [account] = accounts
  expect(account?.releases).toEqual([{ model: "gemini-3-flash", at: expect.any(Number) }])
  expect(account?.cooldowns?.map(({ bucket }) => bucket)).toEqual(["third_party"])
  await report({ since: before })
  expect((await shown()).map(([bucket]) => bucket)).toEqual(["THIRD_PARTY"])
  await report({ since: Date.now() + 1 })
  expect((await shown()).map(([bucket]) => bucket)).toEqual(["GEMINI", "THIRD_PARTY"])
  await control.data(RELEASE, { id })
  expect(await shown()).toEqual([])
})

interface Many {
  readonly releaseCooldowns: { readonly matched?: number; readonly ended?: number; readonly code?: string }
}

test("many are released at once: all that fit, of one model or of all, after as many as were seen", async () => {
  const release = async (more: object) =>
    (
      await control.data<Many>(
        `mutation ($filter: AccountFilter!, $model: String, $expectedCount: Int, $dryRun: Boolean) {
          releaseCooldowns(filter: $filter, model: $model, expectedCount: $expectedCount, dryRun: $dryRun) {
            ... on ReleaseCooldownsSuccess { matched ended } ... on Failure { code } } }`,
        { filter: { search: "a@example" }, ...more },
      )
    ).releaseCooldowns
  const since = Date.now()
  await report({ since })
  await report({ since, bucket: "third_party" })
  expect(await release({})).toEqual({ code: "required" })
  expect(await release({ expectedCount: 2 })).toEqual({ code: "count_differs" })
  expect(await release({ expectedCount: 1, model: " " })).toEqual({ code: "not_allowed" })
  expect(await release({ expectedCount: 0, filter: { search: "nobody" } })).toEqual({ matched: 0, ended: 0 })
  expect(await release({ dryRun: true })).toEqual({ matched: 1, ended: 2 })
  expect((await shown()).map(([bucket]) => bucket)).toEqual(["GEMINI", "THIRD_PARTY"])
  expect(await release({ expectedCount: 1, model: "gemini-3-flash" })).toEqual({ matched: 1, ended: 1 })
  expect((await shown()).map(([bucket]) => bucket)).toEqual(["THIRD_PARTY"])
  expect(await release({ expectedCount: 1 })).toEqual({ matched: 1, ended: 1 })
  expect(await shown()).toEqual([])
  await link.snapshot((snapshot) => snapshot.accounts.some(({ releases = [] }) => releases.length === 2))
  expect(
    told()
      ?.releases?.map(({ model = "all" }) => model)
      .toSorted(),
  ).toEqual(["all", "gemini-3-flash"])
  // Again, as an operator may: the newest counts.
  expect(await release({ expectedCount: 1 })).toEqual({ matched: 1, ended: 0 })
})

test("an account that is not there is refused", async () => {
  const refused = await control.data(RELEASE, { id: "nobody" })
  expect(refused).toEqual({ releaseCooldown: { code: "not_found", path: ["accountId"] } })
})
