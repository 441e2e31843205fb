/** Accounts in a document: who may have it, what is in it, and that nothing of it is anywhere else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { PASSWORD, startTestControlPlane, type Identity, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const EXPORT = `mutation ($input: ExportAccountsInput!) { exportAccounts(input: $input) { __typename
  ... on ExportAccountsSuccess { document count leftOut } ... on Failure { code message path } } }`
const IMPORT = `mutation ($input: ImportAccountsInput!) { importAccounts(input: $input) { __typename
  ... on ImportAccountsSuccess { formats rows { outcome notCarried } } ... on Failure { code message path } } }`

const PASSPHRASE = "canary passphrase of the test"
const TOKEN = "canary-refresh-token-of-the-export"
const CLIENT = { clientId: "canary-client-id", clientSecret: "canary-client-secret" }

interface Exported {
  readonly __typename: string
  readonly document: string
  readonly count: number
  readonly leftOut: string[]
  readonly code: string
  readonly message: string
}

let clock: ManualClock
let simulator: Simulator
let control: TestControlPlane

beforeAll(async () => {
  clock = createManualClock()
  simulator = await startSimulator({ accounts: 0, otherClients: { [CLIENT.clientId]: CLIENT.clientSecret } })
  simulator.addAccount({ email: "canary@example.test", refreshToken: TOKEN })
  control = await startTestControlPlane({ simulatorUrl: simulator.url, clock })
  const document = JSON.stringify({
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    refresh_token: TOKEN,
    email: "canary@example.test",
  })
  await control.data(IMPORT, { input: { document, acknowledgedTerms: true } })
  const { prisma } = control.controlPlane.services.database
  await waitFor(
    async () => (await prisma.account.count({ where: { state: "READY", onboardingStep: null } })) === 1,
    40_000,
  )
  const update = `mutation ($id: ID!) { updateAccount(id: $id, input: {
    label: "exported", weight: 7, priority: -3, maxConcurrent: 4, reserve: 0.25, disabledModels: ["gemini-3-flash"], tags: ["eu", "work"] }) { __typename } }`
  const { id } = await prisma.account.findFirstOrThrow()
  await control.data(update, { id })
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

async function exporting(input: object, identity?: Identity): Promise<Exported> {
  const { data, errors } = await control.ask<{ exportAccounts: Exported }>(EXPORT, { input }, identity)
  expect(errors).toEqual([])
  return data.exportAccounts
}
const importing = (input: object) =>
  control.data<{ importAccounts: object }>(IMPORT, { input: { acknowledgedTerms: true, ...input } })

const SECRETS = [TOKEN, PASSPHRASE, CLIENT.clientId, CLIENT.clientSecret]
const secretsIn = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret))

describe("under a passphrase", () => {
  test("it shows nothing, and opens with the passphrase only", async () => {
    const { document, count, leftOut } = await exporting({ passphrase: PASSPHRASE })
    expect([count, leftOut]).toEqual([1, []])
    expect(secretsIn(document)).toEqual([])
    expect(document).not.toContain("canary")
    expect(JSON.parse(document)).toMatchObject({
      format: "lagrange-accounts",
      version: 1,
      sealed: { keyFrom: "scrypt", log2N: 17, cipher: "aes-256-gcm" },
    })
    expect(await importing({ document })).toMatchObject({
      importAccounts: { code: "required", path: ["input", "passphrase"] },
    })
    expect(await importing({ document, passphrase: "another long phrase" })).toMatchObject({
      importAccounts: { code: "wrong_passphrase" },
    })
    expect(await importing({ document: document.slice(0, -40), passphrase: PASSPHRASE })).toMatchObject({
      importAccounts: { code: "malformed" },
    })
    // All that an account has is in it, so that where it came from nothing changes.
    expect(await importing({ document, passphrase: PASSPHRASE })).toEqual({
      importAccounts: {
        __typename: "ImportAccountsSuccess",
        formats: ["LAGRANGE"],
        rows: [{ outcome: "UNCHANGED", notCarried: [] }],
      },
    })
  })

  test.each([
    [{}, "required"],
    [{ passphrase: "short" }, "too_weak"],
    [{ passphrase: PASSPHRASE, plain: true }, "not_used"],
    [{ passphrase: PASSPHRASE, filter: { tags: ["nobody"] } }, "no_accounts"],
  ])("%j is refused", async (input, code) => {
    expect(await exporting(input)).toMatchObject({ __typename: "InvalidInput", code })
  })
})

describe("in the clear", () => {
  test("it is all that an account has, for who gave their password lately", async () => {
    const cookie = await control.signIn()
    const { document } = await exporting({ plain: true }, { cookie })
    expect(JSON.parse(document)).toMatchObject({
      accounts: [
        {
          kind: "ANTIGRAVITY",
          email: "canary@example.test",
          label: "exported",
          refreshToken: TOKEN,
          enabled: true,
          weight: 7,
          priority: -3,
          maxConcurrent: 4,
          reserve: 0.25,
          disabledModels: ["gemini-3-flash"],
          tags: ["eu", "work"],
        },
      ],
      oauthClients: [CLIENT],
    })
    clock.advance(11 * 60_000)
    // A thief of the session would choose the passphrase.
    for (const input of [{ plain: true }, { passphrase: "correct horse battery 5" }]) {
      expect(await exporting(input, { cookie })).toMatchObject({
        __typename: "Refused",
        code: "reauthentication_required",
      })
    }
    const reauthenticate = `mutation ($password: String!) { reauthenticate(password: $password) { __typename } }`
    const again = await control.ask(reauthenticate, { password: PASSWORD }, { cookie })
    expect(await exporting({ plain: true }, { cookie: again.cookie })).toMatchObject({ count: 1 })
  })
})

test("what was given out is told by the audit, and no secret by audit, log or failure", async () => {
  const { auditEvent } = control.controlPlane.services.database.prisma
  await control.controlPlane.services.audit.settled()
  const events = await auditEvent.findMany({ orderBy: { sequence: "asc" } })
  const exports = events.filter(({ action }) => action === "exportAccounts")
  expect(exports.filter(({ outcome }) => outcome === "DONE").map(({ after }) => after)).toEqual([
    '{"accounts":1,"form":"under a passphrase"}',
    '{"accounts":1,"form":"plain"}',
    '{"accounts":1,"form":"plain"}',
  ])
  expect(exports.map(({ code }) => code)).toContain("reauthentication_required")
  expect(events.map(({ action }) => action)).toContain("importAccounts")
  const text = JSON.stringify(events, (_name, value: unknown) => (typeof value === "bigint" ? String(value) : value))
  expect(secretsIn(text)).toEqual([])
  expect(secretsIn(control.log())).toEqual([])
})
