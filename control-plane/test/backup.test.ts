/** Backup while it runs, and everything a restore has to get right or refuse. */
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { findRoot } from "../src/config.ts"
import { migrate, readMigrations } from "../src/database/migrate.ts"
import { openRaw, readMigrationNames } from "../src/database/raw.ts"
import { keepCapture, keptText } from "./support/captures.ts"
import { runCommand } from "./support/command.ts"
import { masterKey, PASSWORD, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

const CANARY = "canary-4f1c-refresh-token-of-nobody"
let folder: string
let control: TestControlPlane | undefined
let file: string
const env = () => ({ DATA_DIR: folder, MASTER_KEY: masterKey })
const start = async () => (control = await startTestControlPlane({ dataDirectory: folder }))
const stop = async () => {
  await control?.stop({ keep: true })
  control = undefined
}
const backup = (values = {}) => runCommand("backup", { env: env(), values: { to: file, ...values } })
const restore = (values = {}, more = {}) =>
  runCommand("restore", { env: { ...env(), ...more }, values, arguments: [file] })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-backup-"))
  file = join(folder, "one.backup")
})
afterEach(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

const CREATE = `mutation ($name: String!) { createApiKey(input: { name: $name }) {
  ... on CreateApiKeySuccess { apiKey { id } } ... on Failure { message } } }`
const SET_CLIENT = `mutation ($client: OAuthClientInput!) { updateOAuthClient(input: { set: $client }) {
  __typename ... on Failure { message } } }`

const create = (name: string) => control?.data<{ createApiKey: { apiKey: { id: string } } }>(CREATE, { name })
const keyNames = async () =>
  (await control?.controlPlane.services.database.prisma.apiKey.findMany({ orderBy: { name: "asc" } }))
    ?.filter(({ origin }) => origin === "CREATED")
    .map(({ name }) => name)

test("what was there at the backup is there after the restore, newer than all that was said since", async () => {
  const running = await start()
  const { controlPlane } = running
  await create("kept")
  const captured = `${CANARY} ${randomBytes(1_048_576).toString("base64")}`
  await keepCapture(running, "req_captured", captured)
  await control?.data(SET_CLIENT, { client: { clientId: "an.id.test", clientSecret: CANARY } })
  const cookie = await control?.signIn()
  const { text } = await backup()
  expect(text).toContain("The master key is NOT in it")
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const bytes = readFileSync(file).toString("latin1")
  for (const secret of [CANARY, masterKey, "kept", PASSWORD]) expect(bytes).not.toContain(secret)

  await create("later")
  const before = controlPlane.services.publisher.current
  await expect(restore()).rejects.toThrow("The database is in use: stop the control plane first")
  const { data, text: plan } = await restore({ "dry-run": true })
  expect(plan).toContain("Nothing was changed.")
  expect(data).toMatchObject({ dryRun: true, toMigrate: [], present: { state: "readable" } })
  expect(await keyNames()).toEqual(["captured", "kept", "later"])

  await stop()
  const restored = (await restore()).data as { keptAs: string; epoch: number } // the command's own
  await start()
  expect(await keyNames()).toEqual(["captured", "kept"])
  const { current } = control!.controlPlane.services.publisher // started just now
  expect(current?.epoch).toBe(restored.epoch)
  expect(current?.epoch).toBeGreaterThan(before?.epoch ?? Infinity)
  // What is sealed opens, who was signed in is not, and the audit says what happened.
  expect((await control!.controlPlane.services.oauthClients.current())?.clientSecret.reveal()).toBe(CANARY)
  expect(await keptText(control!, "req_captured")).toBe(captured)
  expect((await control!.ask("{ viewer { name } }", {}, { cookie })).data).toMatchObject({ viewer: null })
  const { prisma } = control!.controlPlane.services.database
  expect(await prisma.auditEvent.findFirst({ where: { action: "restoreBackup" } })).toMatchObject({
    actorKind: "COMMAND_LINE",
    objectKind: "DATABASE",
  })
  expect(dirname(restored.keptAs)).toBe(folder)
  const kept = await openRaw(`file:${restored.keptAs}`)
  const names = await kept.query(`SELECT "name" FROM "ApiKey" WHERE "origin" = 'CREATED' ORDER BY "name"`)
  expect(names.map(({ name }) => name)).toEqual(["captured", "kept", "later"])
  await kept.close()
})

test("every value comes back as it was, byte for byte", async () => {
  await start()
  await create("one")
  const { prisma } = control!.controlPlane.services.database
  const row = {
    key: "odd",
    value: { text: 'a "quoted" \u2028 \u0000 line\n', list: [1.5, null, true], none: null },
    updatedAt: new Date("2026-01-02T03:04:05.678Z"),
  }
  await prisma.setting.create({ data: row })
  await prisma.meta.update({ where: { id: 1 }, data: { snapshotVersion: 9_007_199_254_740_991n } })
  const dump = async () => {
    const database = await openRaw(`file:${join(folder, "lagrange.db")}`)
    const tables = ["ApiKey", "Setting", "Node", "AdminUser", "Account"]
    const rows = await Promise.all(tables.map((name) => database.query(`SELECT * FROM "${name}" ORDER BY 1`)))
    await database.close()
    return rows
  }
  await backup()
  // What is left when somebody removes the file and not the log beside it.
  const path = join(folder, "lagrange.db")
  const log = readFileSync(`${path}-wal`)
  expect(log.length).toBeGreaterThan(0)
  await stop()
  const before = await dump()
  rmSync(path)
  expect((await restore({ "dry-run": true })).data).toMatchObject({ present: { state: "none" } })
  expect(existsSync(path)).toBe(false)
  writeFileSync(`${path}-wal`, log)
  const { data } = await restore()
  expect(data).toMatchObject({ present: { state: "none" }, keptAs: undefined })
  expect(await dump()).toEqual(before)
  const database = await openRaw(`file:${join(folder, "lagrange.db")}`)
  expect((await database.query(`SELECT "snapshotVersion" AS "version" FROM "Meta"`))[0]?.version).toBe(
    9_007_199_254_740_991n,
  )
  await database.close()
})

test("records of requests are left out when that is asked for, and named", async () => {
  await start()
  const { prisma } = control!.controlPlane.services.database
  const rows = Array.from({ length: 1_200 }, (_, index) => ({
    id: `req_${index}`,
    nodeId: "nod_1",
    startedAt: new Date(index),
    dialect: "gemini",
    stream: false,
    outcome: "COMPLETED" as const,
    status: 200,
    durationMs: 1.25,
    attempts: [],
    dropped: [],
  }))
  await prisma.requestRecord.createMany({ data: rows })
  const { data } = await backup()
  expect(data).toMatchObject({ tables: { RequestRecord: { rows: 1_200 } }, without: [] })
  file = join(folder, "small.backup")
  const small = (await backup({ "without-requests": true })).data as { without: string[]; tables: object }
  expect(small.without).toContain("RequestRecord")
  expect(small.tables).not.toHaveProperty("RequestRecord")
  await expect(backup()).rejects.toThrow("is there already: choose another name, or give --force.")
  await backup({ force: true })
  expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([])
})

test("a damaged, cut or foreign file, and one of another key, are refused before anything is touched", async () => {
  await start()
  await backup()
  await stop()
  const whole = readFileSync(file)
  const damaged = { rejects: "is damaged or not whole: use another one." }
  const head = whole.indexOf("\n", whole.indexOf("\n") + 1)
  const flip = (at: number): Buffer => {
    const bytes = Buffer.from(whole)
    bytes[at] = bytes[at]! ^ 1 // inside the file
    return bytes
  }
  const cases: [Buffer, string][] = [
    [whole.subarray(0, -1), damaged.rejects],
    [whole.subarray(0, head + 1), damaged.rejects],
    [whole.subarray(0, Math.floor((head + whole.length) / 2)), damaged.rejects],
    [Buffer.concat([whole, Buffer.from([0])]), damaged.rejects],
    [flip(head + 3), damaged.rejects],
    [flip(whole.length - 1), damaged.rejects],
    [flip(Math.floor((head + whole.length) / 2)), damaged.rejects],
    [Buffer.from(whole.toString("latin1").replace('"version":"0', '"version":"9'), "latin1"), damaged.rejects],
    [Buffer.from("SQLite format 3\0"), "is not a backup of Lagrange."],
    [Buffer.from(`lagrange backup 2\n{}\n`), "was made by a newer version"],
  ]
  for (const [bytes, message] of cases) {
    writeFileSync(file, bytes)
    await expect(restore()).rejects.toThrow(message)
  }
  writeFileSync(file, whole)
  const other = randomBytes(32).toString("base64")
  await expect(restore({}, { MASTER_KEY: other })).rejects.toThrow("made under another master key")
  await expect(restore({}, { MASTER_KEY: undefined })).rejects.toThrow("There is no master key: put its file at")
  expect(existsSync(join(folder, "master.key"))).toBe(false)
  expect(readdirSync(folder).filter((name) => name.includes("restor"))).toEqual([])

  // Under a new master key: what is restored is under that one.
  const keyFile = join(folder, "old.key")
  writeFileSync(keyFile, masterKey, { mode: 0o600 })
  await restore({ "backup-key-file": keyFile }, { MASTER_KEY: other })
  control = await startTestControlPlane({ dataDirectory: folder, env: { MASTER_KEY: other } })
})

test("a backup of an older version is brought up to date, one of a newer version is refused", async () => {
  const directory = join(findRoot(), "prisma", "migrations")
  const url = `file:${join(folder, "lagrange.db")}`
  const names = readMigrations(directory, "sqlite").map(({ name }) => name)
  await migrate(url, directory, new Set(names.slice(0, 2)))
  const old = await openRaw(url)
  await old.run(
    `INSERT INTO "ApiKey" ("id", "name", "origin", "digest", "lineage", "createdAt") VALUES ('key_1', 'old', 'CREATED', 'd', 'l', $1)`,
    ["2026-01-01T00:00:00.000+00:00"],
  )
  await old.close()
  await backup()
  rmSync(join(folder, "lagrange.db"))
  expect((await restore()).data).toMatchObject({ toMigrate: names.slice(2) })
  const restored = await openRaw(url)
  expect(await readMigrationNames(restored)).toEqual(names)
  expect(await restored.query(`SELECT "name" FROM "ApiKey"`)).toMatchObject([{ name: "old" }])
  await restored.run(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name") VALUES ('x', 'x', 'now', '29991231000000_next')`,
  )
  await restored.close()
  file = join(folder, "newer.backup")
  await backup()
  await expect(restore()).rejects.toThrow("has the migration 29991231000000_next, which this version does not know")
})

test("a database that is damaged is replaced all the same, and kept", async () => {
  await start()
  await create("kept")
  await backup()
  await stop()
  const path = join(folder, "lagrange.db")
  // Another file: what this process still has open of the old one is not ours to damage.
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true })
  writeFileSync(path, Buffer.alloc(8_192, 7))
  const { data } = await restore()
  expect(data).toMatchObject({ present: { state: "unreadable" } })
  const { keptAs } = data as { keptAs: string } // of the command
  expect(readFileSync(keptAs).equals(Buffer.alloc(8_192, 7))).toBe(true)
  await start()
  expect(await keyNames()).toEqual(["kept"])
})
