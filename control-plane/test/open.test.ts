import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createClient } from "@libsql/client"
import { findRoot } from "../src/config.ts"
import { migrate } from "../src/database/migrate.ts"
import { insertMany } from "../src/database/insert-many.ts"
import { openDatabase, type Database } from "../src/database/open.ts"

let folder: string
let path: string
let database: Database

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-open-"))
  path = join(folder, "test.db")
  await migrate(`file:${path}`, join(findRoot(), "prisma", "migrations"))
  database = await openDatabase(`file:${path}`)
})

afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const write = (key: string) => database.prisma.setting.create({ data: { key, value: 1, updatedAt: new Date() } })
const pragma = async (name: string): Promise<unknown> =>
  Object.values((await database.prisma.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`))[0] ?? {})[0]

describe("the SQLite connection", () => {
  test("is a WAL of the owner's only, and keeps its pragmas over transactions", async () => {
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect([file, statSync(file).mode & 0o077]).toEqual([file, 0])
    for (let round = 0; round < 3; round++) {
      expect([await pragma("journal_mode"), await pragma("synchronous"), await pragma("foreign_keys")]).toEqual([
        "wal",
        2,
        1,
      ])
      await database.prisma.$transaction(async (transaction) => transaction.setting.count())
    }
  })

  test("a transaction that throws leaves nothing, and others go on", async () => {
    const failing = database.prisma.$transaction(async (transaction) => {
      await transaction.setting.create({ data: { key: "undone", value: 1, updatedAt: new Date() } })
      throw new Error("on purpose")
    })
    const beside = write("beside")
    await expect(failing).rejects.toThrow("on purpose")
    await beside
    expect((await database.prisma.setting.findMany()).map(({ key }) => key)).toEqual(["beside"])
  })

  test("a transaction waits for its turn longer than one may be expected to take", async () => {
    // Real time: it is the library's own clock that would give up after two seconds, and end one that is held for five.
    const held = database.prisma.$transaction(async (transaction) => {
      await new Promise((resolve) => setTimeout(resolve, 5_500))
      return transaction.setting.count()
    })
    const waiting = database.prisma.$transaction(async (transaction) => transaction.setting.count())
    expect(await Promise.all([held, waiting])).toEqual([1, 1])
  }, 60_000)

  test("rows of one statement are written in their transaction, all or none, however often", async () => {
    const columns = [
      ["key", "text"],
      ["value", "jsonb"],
      ["updatedAt", "timestamp"],
    ] as const
    const rows = Array.from({ length: 600 }, (_, index) => [
      `row ${index}`,
      { index, is: true },
      "2026-01-05T00:00:00Z",
    ])
    const add = (some: readonly unknown[][]): Promise<unknown> =>
      database.prisma.$transaction(async (transaction) => {
        await transaction.setting.create({ data: { key: "row of Prisma", value: 1, updatedAt: new Date() } })
        await insertMany(transaction, "sqlite", "Setting", columns, some)
      })
    const where = { key: { startsWith: "row " } }
    await expect(add([...rows, rows[0] ?? []])).rejects.toThrow(/UNIQUE/)
    expect(await database.prisma.setting.count({ where })).toBe(0)
    await add(rows)
    expect(await database.prisma.setting.count({ where })).toBe(601)
    expect((await database.prisma.setting.findUniqueOrThrow({ where: { key: "row 599" } })).value).toEqual({
      index: 599,
      is: true,
    })
    await database.prisma.setting.deleteMany({ where })
  })

  test("meets another process's lock with an error, and works as before when the lock is gone", async () => {
    const other = createClient({ url: `file:${path}` })
    await other.execute("BEGIN IMMEDIATE")
    await expect(write("locked out")).rejects.toThrow()
    await expect(database.prisma.$transaction(async (transaction) => transaction.setting.count())).rejects.toThrow()
    await other.execute("ROLLBACK")
    other.close()
    await database.prisma.$transaction(async (transaction) => {
      await transaction.setting.create({ data: { key: "after", value: 1, updatedAt: new Date() } })
    })
    expect([await pragma("synchronous"), await pragma("foreign_keys")]).toEqual([2, 1])
    expect(await database.prisma.setting.count({ where: { key: "after" } })).toBe(1)
  }, 60_000)
})
