/** A backup goes from either kind of database to the other, and PostgreSQL keeps what was there. */
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startPostgres, type Postgres } from "../../test/support/postgres.ts"
import { openRaw, quote, readTables } from "../src/database/raw.ts"
import { keepCapture, keptText } from "./support/captures.ts"
import { runCommand } from "./support/command.ts"
import { masterKey, startTestControlPlane } from "./support/control-plane.ts"

let postgres: Postgres
let folder: string
beforeAll(async () => {
  postgres = await startPostgres()
  folder = mkdtempSync(join(tmpdir(), "lagrange-backup-pg-"))
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** All rows in the one form that both kinds share. */
async function dump(url: string): Promise<Record<string, unknown>> {
  const database = await openRaw(url)
  const found: Record<string, unknown> = {}
  for (const { name, columns } of await readTables(database)) {
    // These the restore itself changes, or the start after it.
    if (["Meta", "Session", "AuditEvent", "AuditChain", "Node", "Setting"].includes(name)) continue
    const rows = await database.query(`SELECT * FROM ${quote(name)}`)
    const texts = rows.map((row) =>
      columns
        .map(({ name: column, type }) => {
          const value = database.decode(row[column] ?? null, type)
          return `${column}=${type === "json" && value !== null ? JSON.stringify(JSON.parse(String(value))) : JSON.stringify(value)}`
        })
        .toSorted()
        .join(" "),
    )
    if (rows.length > 0) found[name] = texts.toSorted()
  }
  await database.close()
  return found
}

test("SQLite to PostgreSQL and back, row by row", async () => {
  const env = (more: object) => ({ DATA_DIR: folder, MASTER_KEY: masterKey, ...more })
  const sqlite = `file:${join(folder, "lagrange.db")}`
  const create = `mutation ($name: String!) { createApiKey(input: { name: $name, tokensPerDay: "12345678901", tags: ["a", "b"] }) {
    __typename ... on Failure { message } } }`
  const first = await startTestControlPlane({ dataDirectory: folder })
  await first.data(create, { name: "moved" })
  const captured = randomBytes(262_144).toString("base64")
  await keepCapture(first, "req_captured", captured)
  await first.stop({ keep: true })
  const file = join(folder, "sqlite.backup")
  await runCommand("backup", { env: env({}), values: { to: file } })
  const before = await dump(sqlite)

  const there = env({ DATABASE_URL: postgres.url })
  expect((await runCommand("restore", { env: there, arguments: [file] })).data).toMatchObject({ into: "postgresql" })
  expect(await dump(postgres.url)).toEqual(before)

  // It serves, and is kept aside by the next restore, whole.
  const second = await startTestControlPlane({ dataDirectory: folder, env: { DATABASE_URL: postgres.url } })
  expect(await keptText(second, "req_captured")).toBe(captured)
  await second.data(create, { name: "later" })
  await expect(runCommand("restore", { env: there, arguments: [file] })).rejects.toThrow("The database is in use")
  const back = join(folder, "postgresql.backup")
  await runCommand("backup", { env: there, values: { to: back } })
  await second.stop({ keep: true })
  const later = await dump(postgres.url)
  const { keptAs } = (await runCommand("restore", { env: there, arguments: [file] })).data as { keptAs: string } // of the command
  expect(await dump(postgres.url)).toEqual(before)
  const database = await openRaw(postgres.url)
  const kept = await database.query(
    `SELECT "name" FROM ${quote(keptAs)}."ApiKey" WHERE "origin" = 'CREATED' ORDER BY "name"`,
  )
  expect(kept.map(({ name }) => name)).toEqual(["captured", "later", "moved"])
  await database.close()

  rmSync(join(folder, "lagrange.db"))
  await runCommand("restore", { env: env({}), arguments: [back] })
  expect(await dump(sqlite)).toEqual(later)
  const third = await startTestControlPlane({ dataDirectory: folder })
  expect(await keptText(third, "req_captured")).toBe(captured)
  await third.stop()
})
