import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { createClient } from "@libsql/client"
import pg from "pg"
import { startPostgres, type Postgres } from "../../test/support/postgres.ts"
import { findRoot } from "../src/config.ts"
import { migrate } from "../src/database/migrate.ts"
import { openDatabase, type DatabaseKind } from "../src/database/open.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const migrations = join(findRoot(), "prisma", "migrations")
const script = fileURLToPath(new URL("support/migrate-process.ts", import.meta.url))
const run = promisify(execFile)

let postgres: Postgres
let folder: string

beforeAll(async () => {
  postgres = await startPostgres()
})

afterAll(() => postgres.stop())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-migrate-"))
  cpSync(migrations, join(folder, "migrations"), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An empty database of a kind. */
async function emptyDatabase(kind: DatabaseKind): Promise<string> {
  if (kind === "sqlite") return `file:${join(folder, "database", "test.db")}`
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
  await client.end()
  return postgres.url
}

function addMigration(kind: DatabaseKind, name: string, sql: string): string {
  const path = join(folder, "migrations", kind, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, "migration.sql"), sql)
  return path
}

/** A rebuild of the parent table, as the generator writes one for SQLite: dropping it would take the children along. */
const REBUILD = `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_AdminUser" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "scope" TEXT NOT NULL DEFAULT 'ADMIN', "passwordHash" TEXT NOT NULL, "createdAt" DATETIME NOT NULL, "note" TEXT);
INSERT INTO "new_AdminUser" ("id", "name", "scope", "passwordHash", "createdAt") SELECT "id", "name", "scope", "passwordHash", "createdAt" FROM "AdminUser";
DROP TABLE "AdminUser";
ALTER TABLE "new_AdminUser" RENAME TO "AdminUser";
CREATE UNIQUE INDEX "AdminUser_name_key" ON "AdminUser"("name");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`

async function writeUserWithSession(url: string): Promise<void> {
  const database = await openDatabase(url)
  const at = new Date()
  await database.prisma.adminUser.create({
    data: {
      id: "usr_1",
      name: "admin",
      passwordHash: "x",
      createdAt: at,
      sessions: {
        create: {
          id: "ses_1",
          tokenHash: "x",
          createdAt: at,
          lastSeenAt: at,
          expiresAt: at,
        },
      },
    },
  })
  await database.close()
}

async function countSessions(url: string): Promise<number> {
  const database = await openDatabase(url)
  const count = await database.prisma.session.count()
  await database.close()
  return count
}

/** Whoever wants to write now can, at the first try. */
async function expectUnlocked(url: string): Promise<void> {
  const client = createClient({ url, timeout: 1 })
  await client.execute("BEGIN IMMEDIATE")
  await client.execute("ROLLBACK")
  client.close()
}

describe.each(["sqlite", "postgresql"] as const)("on %s", (kind) => {
  const names = readdirSync(join(migrations, kind)).toSorted()

  test("an empty database gets all, a second run finds nothing to do", async () => {
    const url = await emptyDatabase(kind)
    expect(await migrate(url, migrations)).toEqual(names)
    expect(await migrate(url, migrations)).toEqual([])
  })

  test("three processes at once: one applies, none fails", async () => {
    const url = await emptyDatabase(kind)
    if (kind === "sqlite") mkdirSync(join(folder, "database"))
    const starters = Array.from({ length: 3 }, () =>
      run(process.execPath, ["--import", "tsx", script, url, migrations]),
    )
    const applied = (await Promise.all(starters)).map(({ stdout }) => JSON.parse(stdout) as string[]) // what the script prints
    expect(applied.flat().toSorted()).toEqual(names)
    expect(applied.filter((list) => list.length > 0)).toHaveLength(1)
  })

  test("three connections at once in one process", async () => {
    const url = await emptyDatabase(kind)
    const applied = await Promise.all(Array.from({ length: 3 }, () => migrate(url, migrations)))
    expect(applied.flat().toSorted()).toEqual(names)
  })

  test("a file that changed after it was applied is refused with one sentence", async () => {
    const url = await emptyDatabase(kind)
    const directory = join(folder, "migrations")
    await migrate(url, directory)
    writeFileSync(join(directory, kind, names[0] ?? "", "migration.sql"), "-- another\n")
    await expect(migrate(url, directory)).rejects.toThrow(`The migration ${names[0]} was changed after it was applied`)
  })

  test("a database of a newer version is refused with one sentence", async () => {
    const url = await emptyDatabase(kind)
    addMigration(kind, "99990101000000_newer", "CREATE TABLE newer (id INTEGER);\n")
    await migrate(url, join(folder, "migrations"))
    await expect(migrate(url, migrations)).rejects.toThrow("99990101000000_newer, which this version does not know")
  })

  test("a migration that fails leaves nothing of itself", async () => {
    const url = await emptyDatabase(kind)
    await migrate(url, migrations)
    const path = addMigration(
      kind,
      "99990101000000_half",
      "CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n",
    )
    await expect(migrate(url, join(folder, "migrations"))).rejects.toThrow("Cannot bring the database up to date")
    if (kind === "sqlite") await expectUnlocked(url)
    writeFileSync(join(path, "migration.sql"), "CREATE TABLE half (id INTEGER);\n")
    expect(await migrate(url, join(folder, "migrations"))).toEqual(["99990101000000_half"])
  })
})

describe("on sqlite", () => {
  test("a table rebuild keeps the rows that belong to it", async () => {
    const url = await emptyDatabase("sqlite")
    await migrate(url, migrations)
    await writeUserWithSession(url)
    addMigration("sqlite", "99990101000000_rebuild", REBUILD)
    expect(await migrate(url, join(folder, "migrations"))).toEqual(["99990101000000_rebuild"])
    expect(await countSessions(url)).toBe(1)
  })

  test("a migration that would orphan rows is refused and undone", async () => {
    const url = await emptyDatabase("sqlite")
    await migrate(url, migrations)
    await writeUserWithSession(url)
    addMigration("sqlite", "99990101000000_orphan", `DELETE FROM "AdminUser";\n`)
    await expect(migrate(url, join(folder, "migrations"))).rejects.toThrow("without the row they belong to")
    expect(await countSessions(url)).toBe(1)
  })
})

test("a database that cannot be opened is told with one sentence and no password", async () => {
  await expect(openDatabase("mysql://somewhere")).rejects.toThrow(
    "DATABASE_URL must begin with file: or postgresql://.",
  )
  const unreachable = openDatabase("postgresql://user:very-secret@127.0.0.1:9/none")
  await expect(unreachable).rejects.toThrow("Cannot open the database PostgreSQL at 127.0.0.1:9")
  await unreachable.catch((error: Error) => expect(error.message).not.toContain("very-secret"))
})
