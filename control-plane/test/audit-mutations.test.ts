/**
 * No mutation is forgotten by the audit: the list of them is the schema's, each is really run, and each has to leave an event of its
 * own. Then each is run with an audit that cannot be written, and has to leave nothing at all.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { databaseUrlOf } from "../../test/support/test-database.ts"
import { openRaw, quote, readTables, type Table } from "../src/database/raw.ts"
import { createSchema } from "../src/graphql/schema.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"
import { createMutationRuns, type MutationRuns, type Run } from "./support/mutation-runs.ts"
import { refuseInserts } from "./support/refuse-inserts.ts"

vi.setConfig({ testTimeout: 60_000 })

const mutations = Object.keys(createSchema().getMutationType()?.getFields() ?? {})

let simulator: Simulator
let control: TestControlPlane
let mutationRuns: MutationRuns

beforeAll(async () => {
  simulator = await startSimulator()
  // Time stands still, so that no job does anything but what it is woken for.
  control = await startTestControlPlane({
    simulatorUrl: simulator.url,
    clock: createManualClock(),
    env: { ALERT_WEBHOOK_HOSTS: "127.0.0.1" },
  })
  mutationRuns = createMutationRuns(control, simulator)
})

afterAll(async () => {
  await control.stop()
  await simulator.close()
})

const documentOf = (name: string, { given }: Run): string =>
  `mutation { it: ${name}${given} { __typename ... on Failure { code message } } }`

interface Answer {
  readonly it: { readonly __typename: string; readonly code?: string; readonly message?: string } | null
}

const ask = (name: string, run: Run) =>
  control.ask<Answer | null>(documentOf(name, run), {}, run.identity ?? { token: ADMIN_TOKEN })

test("every mutation of the schema is run here, and no other", () => {
  expect(Object.keys(mutationRuns.runs).toSorted()).toEqual(mutations.toSorted())
})

describe("is told of by the audit, with who did it", () => {
  test.each(mutations)("%s", async (name) => {
    const run = await mutationRuns.runs[name]?.()
    if (run === undefined) throw new Error(`it is not known here how ${name} is done`)
    const { auditEvent } = control.controlPlane.services.database.prisma
    const { sequence } = await auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } })
    const { data, errors } = await ask(name, run)
    expect({ data, errors }).toMatchObject({
      data: { it: { __typename: expect.stringMatching(/Success$/) } },
      errors: [],
    })
    const events = await auditEvent.findMany({ where: { sequence: { gt: sequence }, action: name, outcome: "DONE" } })
    expect(events).not.toEqual([])
    expect(events[0]).toMatchObject({
      actorKind: run.identity === undefined ? "ADMIN_TOKEN" : "ADMINISTRATOR",
      actorName: expect.any(String),
      address: "127.0.0.1",
      requestId: expect.stringMatching(/^ask_/),
      count: 1,
    })
    expect(missing()).toEqual([])
  })
})

/** Mutations that told nothing by themselves. */
function missing(): string[] {
  return control
    .log()
    .split("\n")
    .filter((line) => line.includes("audit.missing"))
}

describe("leaves nothing when the audit cannot be written", () => {
  /** Tables in which a mutation leaves something all the same, with the reason. */
  const BESIDES: Readonly<Record<string, readonly { readonly table: string; readonly why: string }[]>> = {
    addAccount: [
      { table: "OAuthClient", why: "it is kept before a credential that came from it, and forgotten later" },
    ],
    completeOAuth: [
      { table: "OAuthClient", why: "as above" },
      { table: "OAuthFlow", why: "a code that was given to the provider is used up, so the sign-in has ended" },
    ],
    startOAuth: [{ table: "OAuthClient", why: "as above" }],
    ...Object.fromEntries(
      ["signIn", "reauthenticate", "changePassword"].map((name) => [
        name,
        [{ table: "SignInFailure", why: "an attempt counts, whatever came of it" }],
      ]),
    ),
  }
  /** Mutations that change nothing which an operator decides. */
  const READING: Readonly<Record<string, string>> = {
    syncQuota: "what was read of a quota is true, whoever asked for it",
  }

  let tables: readonly Table[] = []
  beforeAll(async () => {
    const raw = await openRaw(await databaseUrlOf(control.dataDirectory))
    tables = await readTables(raw)
    await raw.close()
  })

  async function dump(mutation: string): Promise<Record<string, unknown>> {
    const { prisma } = control.controlPlane.services.database
    const rows: Record<string, unknown> = {}
    for (const { name, primaryKey } of tables) {
      if (BESIDES[mutation]?.some(({ table }) => table === name)) continue
      // What was published is written when it is published.
      const columns = name === "Meta" ? `"poolPausedAt", "poolResumedAt", "poolWalls"` : "*"
      const order = primaryKey.map(quote).join(", ")
      rows[name] = await prisma.$queryRawUnsafe(`SELECT ${columns} FROM "${name}" ORDER BY ${order}`)
    }
    return rows
  }

  test.each(mutations)("%s", async (name) => {
    const run = await mutationRuns.runs[name]?.()
    if (run === undefined) throw new Error(`it is not known here how ${name} is done`)
    await mutationRuns.settled()
    const takeAgain = await refuseInserts(control.controlPlane.services.database, "AuditEvent", "the disk is full")
    try {
      const before = await dump(name)
      const { data, errors } = await ask(name, run)
      expect(errors.length + (data?.it?.__typename === "Refused" ? 1 : 0), JSON.stringify(data)).toBe(1)
      if (!Object.hasOwn(READING, name)) expect(await dump(name)).toEqual(before)
    } finally {
      await takeAgain()
    }
  })
})
