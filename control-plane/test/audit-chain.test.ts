/** The chain of audit events on a database: whoever changes it past the gateway is found, and what is forgotten leaves it whole. */
import { createHmac } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { createLogger } from "#shared/log.ts"
import { databaseUrlOf } from "../../test/support/test-database.ts"
import { openAudit, type Audit } from "../src/audit/audit.ts"
import { createAuditForgetter } from "../src/audit/forget.ts"
import { verifyAuditChain } from "../src/audit/verify.ts"
import { readConfig } from "../src/config.ts"
import { migrate } from "../src/database/migrate.ts"
import { openDatabase, type Database } from "../src/database/open.ts"
import { openRaw, readTables } from "../src/database/raw.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

const DAY_MS = 86_400_000

let folder: string
let clock: ManualClock
let database: Database
let audit: Audit

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex")
}

function open(key = "the key of the gateway"): Promise<Audit> {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const vault = {
    auditMac: (text: string) => hmac(key, text),
    fingerprint: (_for: string, text: string) => hmac(key, text),
  }
  return openAudit({ database, clock, log, vault })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-audit-"))
  const url = await databaseUrlOf(folder)
  await migrate(url, readConfig({ DATA_DIR: folder }).migrationsDirectory)
  database = await openDatabase(url)
})

beforeEach(async () => {
  clock = createManualClock()
  await database.prisma.auditEvent.deleteMany()
  await database.prisma.auditChain.deleteMany()
  audit = await open()
})

afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function tell(count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    await audit.note({ action: "tell", object: { kind: "OTHER", id: `${at}` }, before: { at }, after: { at: at + 1 } })
    clock.advance(1_000)
  }
}

const verify = (options: { after?: bigint; limit?: number } = {}) =>
  verifyAuditChain({ database, chain: audit.chain, ...options })
const faults = async () => (await verify()).faults
const told = async () => {
  const rows = await database.prisma.auditEvent.findMany({ orderBy: { sequence: "asc" } })
  return rows.map(({ action, outcome, code }) => [action, outcome, code])
}
const run = (sql: string) => database.prisma.$executeRawUnsafe(sql)

test("a chain that nobody touched is whole, also without an event", async () => {
  expect(await verify()).toMatchObject({ checked: 0, faults: [], goOnAfter: undefined })
  await tell(5)
  expect(await verify()).toMatchObject({ checked: 5, faults: [], goOnAfter: undefined, newest: { sequence: 5n } })
})

test("it is proved in parts as well", async () => {
  await tell(7)
  await run(`UPDATE "AuditEvent" SET "action" = 'other' WHERE "sequence" = 6`)
  const parts = []
  let after: bigint | undefined
  do {
    const part = await verify({ limit: 3, ...(after === undefined ? {} : { after }) })
    parts.push([part.checked, part.faults])
    after = part.goOnAfter
  } while (after !== undefined)
  expect(parts).toEqual([
    [3, []],
    [3, [{ kind: "CHANGED", from: 6n, to: 6n }]],
    [1, []],
  ])
})

describe("whoever has the database and not the key is found", () => {
  const VALUES: Readonly<Record<string, string>> = {
    at: "'2020-01-01T00:00:00.000+00:00'",
    actorKind: "'NOBODY'",
    outcome: "'FAILED'",
    count: "7",
  }
  const COLUMNS = [
    "id",
    "at",
    "actorKind",
    "actorId",
    "actorName",
    "actorRole",
    "address",
    "requestId",
    "action",
    "objectKind",
    "objectId",
    "objectLabel",
    "before",
    "after",
    "outcome",
    "code",
    "count",
    "previousHash",
    "hash",
  ]

  test("every column is covered", async () => {
    const raw = await openRaw(await databaseUrlOf(folder))
    const found = (await readTables(raw)).find(({ name }) => name === "AuditEvent")
    await raw.close()
    expect(found?.columns.map(({ name }) => name).toSorted()).toEqual([...COLUMNS, "sequence"].toSorted())
  })

  test.each(COLUMNS)("who changes %s of an event", async (column) => {
    await tell(3)
    await run(`UPDATE "AuditEvent" SET "${column}" = ${VALUES[column] ?? "'changed'"} WHERE "sequence" = 2`)
    expect(await faults()).toContainEqual({ kind: "CHANGED", from: 2n, to: 2n })
  })

  test("who takes events out, at the beginning, between and at the end", async () => {
    await tell(9)
    await run(`DELETE FROM "AuditEvent" WHERE "sequence" IN (1, 4, 5, 8, 9)`)
    expect(await faults()).toEqual([
      { kind: "MISSING", from: 1n, to: 1n },
      { kind: "MISSING", from: 4n, to: 5n },
      { kind: "MISSING", from: 8n, to: 9n },
    ])
  })

  test("who takes all of them out", async () => {
    await tell(3)
    await run(`DELETE FROM "AuditEvent"`)
    expect(await faults()).toEqual([{ kind: "MISSING", from: 1n, to: 3n }])
  })

  test("who changes the order of two", async () => {
    await tell(3)
    for (const [from, to] of [
      [1, 99],
      [2, 1],
      [99, 2],
    ]) {
      await run(`UPDATE "AuditEvent" SET "sequence" = ${to} WHERE "sequence" = ${from}`)
    }
    expect((await faults()).filter(({ kind }) => kind === "CHANGED")).toHaveLength(2)
  })

  test("who cuts the end off and moves what is kept of it, also after more was told", async () => {
    await tell(5)
    await run(`DELETE FROM "AuditEvent" WHERE "sequence" > 3`)
    await run(`UPDATE "AuditChain" SET "sequence" = 3, "hash" = (SELECT "hash" FROM "AuditEvent" WHERE "sequence" = 3)`)
    expect(await faults()).toEqual([{ kind: "ENDS_CHANGED", from: 3n, to: 3n }])
    await tell(2)
    expect((await told()).slice(3)).toEqual([
      ["findAuditChainChanged", "FAILED", "ends_changed"],
      ["tell", "DONE", null],
      ["tell", "DONE", null],
    ])
    expect(await faults()).toEqual([])
  })

  test("who cuts the beginning off and says that it was forgotten", async () => {
    await tell(5)
    await run(
      `UPDATE "AuditChain" SET "forgottenUntil" = 2, "forgottenHash" = (SELECT "hash" FROM "AuditEvent" WHERE "sequence" = 2)`,
    )
    await run(`DELETE FROM "AuditEvent" WHERE "sequence" <= 2`)
    expect(await faults()).toContainEqual({ kind: "ENDS_CHANGED", from: 5n, to: 5n })
  })

  test("who takes the whole audit away, so that the next start begins another", async () => {
    const at = new Date(clock.now())
    const id = "usr_somebody"
    await database.prisma.adminUser.create({
      data: { id, name: id, passwordHash: "", passwordSetAt: at, createdAt: at },
    })
    await tell(3)
    await run(`DELETE FROM "AuditEvent"`)
    await run(`DELETE FROM "AuditChain"`)
    audit = await open()
    await database.prisma.adminUser.delete({ where: { id } })
    await tell(1)
    expect(await told()).toEqual([
      ["beginAudit", "DONE", null],
      ["tell", "DONE", null],
    ])
    expect(await faults()).toEqual([])
  })

  test("who takes what is kept of the ends away, with the last events", async () => {
    await tell(3)
    await run(`DELETE FROM "AuditEvent" WHERE "sequence" > 2`)
    await run(`DELETE FROM "AuditChain"`)
    audit = await open()
    await tell(1)
    expect((await told()).slice(2)).toEqual([
      ["findAuditChainChanged", "FAILED", "ends_changed"],
      ["tell", "DONE", null],
    ])
    expect(await faults()).toEqual([])
  })

  test("who writes an event with a key of their own", async () => {
    await tell(2)
    const theirs = await open("a key of theirs")
    const entry = { action: "invented", object: { kind: "OTHER" } } as const
    await theirs.note(entry)
    // Their events are not ours, and neither are the ends that they sealed.
    expect((await faults()).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["ENDS_CHANGED", "CHANGED"]))
  })
})

describe("what is too old", () => {
  const forgetter = (keepDays: number) =>
    createAuditForgetter({ database, clock, chain: audit.chain, keepDays: () => keepDays })
  const sequences = async () =>
    (await database.prisma.auditEvent.findMany({ orderBy: { sequence: "asc" } })).map(({ sequence }) =>
      Number(sequence),
    )

  test("is forgotten from the beginning, and the rest is still proved to be whole", async () => {
    await tell(3)
    clock.advance(40 * DAY_MS)
    await tell(2)
    await forgetter(50).prune()
    expect(await sequences()).toEqual([1, 2, 3, 4, 5])
    await forgetter(30).prune()
    expect(await sequences()).toEqual([4, 5])
    expect(await verify()).toMatchObject({ checked: 2, faults: [], forgotten: { until: 3n } })
    await tell(1)
    expect(await verify()).toMatchObject({ checked: 3, faults: [] })
    await run(`DELETE FROM "AuditEvent" WHERE "sequence" = 4`)
    expect(await faults()).toEqual([{ kind: "MISSING", from: 4n, to: 4n }])
  })

  test("may be all there is", async () => {
    await tell(3)
    clock.advance(40 * DAY_MS)
    await forgetter(30).prune()
    expect(await verify()).toMatchObject({ checked: 0, faults: [], newest: { sequence: 3n } })
    await tell(1)
    expect(await sequences()).toEqual([4])
    expect(await faults()).toEqual([])
  })

  test("is not forgotten where the ends were changed: that would cover it up", async () => {
    await tell(3)
    clock.advance(40 * DAY_MS)
    await run(`UPDATE "AuditChain" SET "seal" = 'theirs'`)
    await forgetter(30).prune()
    expect(await sequences()).toEqual([1, 2, 3])
  })
})

test("many tell at the same time, and the chain does not fork", async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_, at) => audit.note({ action: "tell", object: { kind: "OTHER", id: String(at) } })),
  )
  expect(await verify()).toMatchObject({ checked: 40, faults: [], newest: { sequence: 40n } })
})

test("texts that a database could not give back are told as it can", async () => {
  for (const text of ["a\0b", "half \ud83d", "\u{1f600}", `${"x".repeat(299)}\u{1f600}`, "x".repeat(400)]) {
    await audit.note({ action: "tell", object: { kind: "OTHER", id: text, label: text }, after: { [text]: text } })
  }
  expect(await verify()).toMatchObject({ checked: 5, faults: [] })
})
