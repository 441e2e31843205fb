/** What an operator changes of an account or gives a key: checked, kept, told to the data planes, and in force when the answer comes. */
import type { SnapshotFrame } from "#shared/link-protocol.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

vi.setConfig({ testTimeout: 60_000 })

const FIELDS = "id state enabled label weight priority maxConcurrent reserve tags disabledModels projectId"
const UPDATE = `mutation ($id: ID!, $input: UpdateAccountInput!) { updateAccount(id: $id, input: $input) { __typename
  ... on UpdateAccountSuccess { account { ${FIELDS} } } ... on Failure { code message path } } }`

interface AccountData {
  readonly id: string
  readonly state: string
  readonly projectId: string | null
  readonly disabledModels: readonly string[]
}

interface Updated {
  readonly __typename: string
  readonly account?: AccountData
  readonly code?: string
  readonly path?: readonly string[]
}

let simulator: Simulator
let control: TestControlPlane
let id: string

beforeAll(async () => {
  simulator = await startSimulator()
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
  simulator.addAccount({ email: "one@example.test" })
  const input = { kind: "ANTIGRAVITY", acknowledgedTerms: true, refreshToken: "sim-refresh-one@example.test" }
  const add = `mutation ($input: AddAccountInput!) { addAccount(input: $input) { ... on AddAccountSuccess { account { id } } } }`
  id = (await control.data<{ addAccount: { account: { id: string } } }>(add, { input })).addAccount.account.id
  await reach("READY")
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

async function read(): Promise<AccountData> {
  const document = `query ($id: ID!) { account(id: $id) { ${FIELDS} } }`
  return (await control.data<{ account: AccountData }>(document, { id })).account
}

const reach = (state: string): Promise<AccountData> =>
  waitFor(async () => {
    const account = await read()
    return account.state === state ? account : undefined
  }, 40_000)

async function update(input: object, of = id): Promise<Updated> {
  return (await control.data<{ updateAccount: Updated }>(UPDATE, { id: of, input })).updateAccount
}

/** What data planes are told at this moment. */
function told(): Snapshot {
  const frame = JSON.parse(control.controlPlane.services.publisher.current?.line ?? "") as SnapshotFrame // what the publisher wrote
  const checked = decodeSnapshotFrame(frame)
  if (!checked.ok) throw new Error(checked.reason)
  return checked.snapshot
}

describe("an account", () => {
  test("is changed in what is given, and the data planes know it when the answer comes", async () => {
    const limits = { weight: 7, priority: -2, maxConcurrent: 4, reserve: 0.1, disabledModels: ["gemini-3-flash"] }
    const { account } = await update({ label: "mine", tags: ["a", "a", "b"], ...limits })
    expect(account).toMatchObject({ label: "mine", tags: ["a", "b"], state: "READY", ...limits })
    expect(told().accounts[0]).toMatchObject({ label: "mine", usable: true, ...limits })
    expect((await update({ weight: 8 })).account).toMatchObject({ ...limits, label: "mine", weight: 8 })
    const none = { maxConcurrent: null, reserve: null, disabledModels: null }
    expect((await update(none)).account).toMatchObject({ maxConcurrent: null, reserve: null, disabledModels: [] })
    for (const name of Object.keys(none)) expect(told().accounts[0]).not.toHaveProperty(name)
    expect(await read()).toMatchObject({ label: "mine", weight: 8, ...none, disabledModels: [] })
  })

  test("models that are switched at the same time are all switched, and nobody's other change is lost", async () => {
    const models = Array.from({ length: 6 }, (_, index) => `model-${index}`)
    const at = (name: string, others: object) =>
      Promise.all(models.map((model) => update({ [name]: [model], ...others })))
    await update({ disabledModels: ["gemini-3-flash"] })
    await Promise.all([at("disableModels", {}), update({ weight: 11 }), update({ priority: 3 })])
    const { disabledModels, ...rest } = (await update({})).account ?? {}
    expect(disabledModels?.toSorted()).toEqual(["gemini-3-flash", ...models])
    expect(rest).toMatchObject({ weight: 11, priority: 3 })
    expect(told().accounts[0]?.disabledModels?.toSorted()).toEqual(["gemini-3-flash", ...models])
    await Promise.all([at("enableModels", {}), update({ disableModels: ["another"] })])
    expect((await update({})).account?.disabledModels.toSorted()).toEqual(["another", "gemini-3-flash"])
    await update({ disabledModels: [] })
  })

  test("that is disabled serves nothing until it is enabled again", async () => {
    expect((await update({ enabled: false })).account).toMatchObject({ enabled: false, state: "DISABLED" })
    expect(told().accounts[0]).toMatchObject({ usable: false, state: "DISABLED" })
    const count = async (state: string): Promise<number> => {
      const document = `query ($states: [AccountState!]) { accounts(filter: { states: $states }) { totalCount } }`
      const { accounts } = await control.data<{ accounts: { totalCount: number } }>(document, { states: [state] })
      return accounts.totalCount
    }
    expect([await count("DISABLED"), await count("READY")]).toEqual([1, 0])
    expect((await update({ enabled: true })).account).toMatchObject({ enabled: true, state: "READY" })
    expect(told().accounts[0]).toMatchObject({ usable: true, state: "READY" })
  })

  test("with another project is onboarded anew", async () => {
    const { projectId } = await read()
    expect((await update({ projectId: projectId ?? "" })).account).toMatchObject({ state: "ONBOARDING", projectId })
    expect(await reach("READY")).toMatchObject({ projectId })
    // Its last step, which is not left until the quota has its turn by itself.
    const step = "query ($id: ID!) { account(id: $id) { onboardingStep } }"
    await waitFor(async () => {
      const { account } = await control.data<{ account: { onboardingStep: string | null } }>(step, { id })
      return account.onboardingStep === null
    })
  })

  test.each([
    [{ weight: 0 }, "out_of_range", "weight"],
    [{ priority: 1_001 }, "out_of_range", "priority"],
    [{ maxConcurrent: -1 }, "out_of_range", "maxConcurrent"],
    [{ reserve: 1 }, "out_of_range", "reserve"],
    [{ reserve: -0.1 }, "out_of_range", "reserve"],
    [{ label: " " }, "empty", "label"],
    [{ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, "too_many", "tags"],
    [{ projectId: "not a project" }, "malformed", "projectId"],
    [{ disabledModels: [""] }, "empty", "disabledModels"],
    [{ enableModels: [" "] }, "empty", "enableModels"],
    [{ disabledModels: [], disableModels: ["a"] }, "not_used", "disabledModels"],
    [{ enableModels: ["a"], disableModels: ["a"] }, "not_used", "enableModels"],
    [{ disableModels: Array.from({ length: 201 }, (_, index) => `m${index}`) }, "too_many", "disableModels"],
  ])("%j is refused, and nothing of it is kept", async (input, code, name) => {
    const before = await read()
    expect(await update({ ...input, ...(name === "weight" ? {} : { weight: 99 }) })).toMatchObject({
      __typename: "InvalidInput",
      code,
      path: ["input", name],
    })
    expect(await read()).toEqual(before)
  })

  test("that does not exist is not found", async () => {
    expect(await update({ weight: 2 }, "acc_none")).toMatchObject({ code: "not_found", path: ["id"] })
  })
})
