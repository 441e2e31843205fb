/** rotate-keys, verify-secrets and reset-password, with the control plane running and stopped. */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { databaseEnvironment, databaseUrlOf, isOnPostgresql } from "../../test/support/test-database.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { openRaw } from "../src/database/raw.ts"
import { keyOf } from "../src/vault.ts"
import { keepCapture, keptText } from "./support/captures.ts"
import { runCommand, spawnCommand } from "./support/command.ts"
import { masterKey, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

let folder: string
let keyFile: string
let control: TestControlPlane | undefined
const env = () => ({ DATA_DIR: folder, MASTER_KEY_FILE: keyFile })
const start = async (more: Record<string, string | undefined> = {}) =>
  (control = await startTestControlPlane({
    dataDirectory: folder,
    env: { MASTER_KEY: undefined, MASTER_KEY_FILE: keyFile, ...more },
  }))
const stop = async () => {
  await control?.stop({ keep: true })
  control = undefined
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-keys-"))
  keyFile = join(folder, "in-force.key")
  writeFileSync(keyFile, masterKey, { mode: 0o600 })
})
afterEach(async () => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

const SET_CLIENT = `mutation ($client: OAuthClientInput!) { updateOAuthClient(input: { set: $client }) {
  __typename ... on Failure { message } } }`
const setClient = (name: string) =>
  control?.data(SET_CLIENT, { client: { clientId: `${name}.id.test`, clientSecret: `secret-of-${name}` } })

/** What does not pack well: as long when it is kept, so that it is sealed anew by itself. */
const LONG = randomBytes(1_048_576).toString("base64")

/** The names of the data keys that seal something, with how often. */
async function sealedBy(): Promise<Record<string, number>> {
  const database = await openRaw(await databaseUrlOf(folder))
  const rows = await database.query(
    `SELECT "sealedRefreshToken" AS "text" FROM "Credential" UNION ALL SELECT "sealedClientSecret" FROM "OAuthClient"
     UNION ALL SELECT "sealedExchange" FROM "Capture"`,
  )
  await database.close()
  const counts: Record<string, number> = {}
  for (const { text } of rows) counts[keyOf(String(text))] = (counts[keyOf(String(text))] ?? 0) + 1
  return counts
}

/** What is beside the database to attend in, by the number of the data key. PostgreSQL keeps none. */
const attended = (): string[] => readdirSync(folder).flatMap((name) => /keys-\d+\.lock$/.exec(name) ?? [])
const attendedOnly = (number: number): string[] => (isOnPostgresql() ? [] : [`keys-${number}.lock`])

test("a running control plane takes the new data key and the new master key, and goes on", async () => {
  const running = await start()
  await setClient("first")
  await keepCapture(running, "req_long", LONG)
  await keepCapture(running, "req_short", "a short text")
  const before = Object.keys(await sealedBy())
  const chain = await runCommand("verify-secrets", { env: env() })
  expect(chain.hasFailed).toBe(false)
  const next = join(folder, "next.key")
  const data = await spawnCommand(["rotate-keys", "--new-master-key-file", next], env())
  expect(data).toMatchObject({ resumed: false, unreadable: [], keptForOthers: true })
  expect(data).toHaveProperty("oldMasterKeyFiles", [expect.stringContaining("in-force.key.until-")])
  expect(readFileSync(keyFile, "utf8")).toBe(readFileSync(next, "utf8"))
  expect(Object.keys(await sealedBy())).not.toEqual(before)
  expect(attended()).toEqual(attendedOnly(2))
  // What it holds in memory opens what was sealed anew, and it seals with the new key.
  expect((await control?.controlPlane.services.oauthClients.current())?.clientSecret.reveal()).toBe("secret-of-first")
  expect([await keptText(running, "req_long"), await keptText(running, "req_short")]).toEqual([LONG, "a short text"])
  await setClient("second")
  await keepCapture(running, "req_later", "a later text")
  expect(Object.keys(await sealedBy())).toHaveLength(1)
  await stop()
  await start()
  expect((await control?.controlPlane.services.oauthClients.current())?.clientSecret.reveal()).toBe("secret-of-second")
  await stop()
  // Alone it also takes away what nothing uses any more.
  expect((await runCommand("rotate-keys", { env: env() })).data).toMatchObject({ keptForOthers: false, removed: 2 })
  expect(attended()).toEqual(attendedOnly(3))
  expect((await runCommand("verify-secrets", { env: env() })).data).toMatchObject({ failed: [] })
  const again = await start()
  const texts = ["req_long", "req_short", "req_later"].map((id) => keptText(again, id))
  expect(await Promise.all(texts)).toEqual([LONG, "a short text", "a later text"])
  await stop()
  writeFileSync(keyFile, masterKey)
  await expect(start()).rejects.toThrow("The master key does not open this database")
})

test("a master key file that cannot be replaced is told, with what to do, and the new key opens everything", async () => {
  await start()
  await setClient("first")
  await stop()
  const next = join(folder, "next.key")
  const old = readFileSync(keyFile, "utf8")
  // In the way of what takes the file's place.
  mkdirSync(`${keyFile}.${process.pid}.new`)
  const rotate = () => runCommand("rotate-keys", { env: env(), values: { "new-master-key-file": next } })
  const told = await rotate()
  expect(told).toMatchObject({ hasFailed: true, data: { unreadable: [] } })
  expect(told.text).toContain(`put what is in ${next} in its place NOW`)
  expect(readFileSync(keyFile, "utf8")).toBe(old)
  await expect(start()).rejects.toThrow("run it once more with the same options")
  rmSync(`${keyFile}.${process.pid}.new`, { recursive: true })
  expect((await rotate()).hasFailed).toBe(false)
  expect(readFileSync(keyFile, "utf8")).toBe(readFileSync(next, "utf8"))
  await start()
  expect((await control?.controlPlane.services.oauthClients.current())?.clientSecret.reveal()).toBe("secret-of-first")
})

const VALUES = 4_000

test("killed in the middle it goes on where it stopped, and nothing is unreadable", async () => {
  const { controlPlane } = await start()
  const { prisma } = controlPlane.services.database
  const ids = Array.from({ length: VALUES }, (_, index) => `acc_${String(index).padStart(6, "0")}`)
  const at = new Date()
  await prisma.account.createMany({
    data: ids.map((id) => ({ id, kind: "ANTIGRAVITY" as const, label: id, stateSince: at, tags: [], createdAt: at })),
  })
  const seal = (id: string) =>
    controlPlane.vault.seal({ table: "Credential", row: id, field: "sealedRefreshToken" }, `token of ${id}`)
  await prisma.credential.createMany({ data: ids.map((id) => ({ accountId: id, sealedRefreshToken: seal(id) })) })
  await stop()
  const main = fileURLToPath(new URL("../src/admin.ts", import.meta.url))
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, ["--import", "tsx", main, "rotate-keys"], {
    env: { PATH, HOME, ...(await databaseEnvironment(folder)), ...env() },
    stdio: "ignore",
  })
  const ended = new Promise((resolve) => child.once("close", resolve))
  await waitFor(async () => Object.keys(await sealedBy()).length > 1 || child.exitCode !== null, 80_000, 1)
  child.kill("SIGKILL")
  await ended
  const half = await sealedBy()
  const { data } = await runCommand("rotate-keys", { env: env() })
  // Where it was faster than we looked, this is another rotation.
  expect(data).toMatchObject({ resumed: Object.keys(half).length > 1, unreadable: [], keptForOthers: false })
  expect(Object.values(await sealedBy())).toEqual([VALUES])
  expect(attended()).toEqual(attendedOnly(Object.keys(half).length > 1 ? 2 : 3))
  const verified = await runCommand("verify-secrets", { env: env() })
  expect(verified.hasFailed).toBe(false)
  expect(verified.data).toMatchObject({ failed: [] })

  const database = await openRaw(await databaseUrlOf(folder))
  await database.run(`UPDATE "Credential" SET "sealedRefreshToken" =
    (SELECT "sealedRefreshToken" FROM "Credential" WHERE "accountId" = 'acc_000001') WHERE "accountId" = 'acc_000002'`)
  await database.close()
  const moved = await runCommand("verify-secrets", { env: env() })
  expect(moved).toMatchObject({ hasFailed: true, data: { failed: ["Credential acc_000002 sealedRefreshToken"] } })
  expect(moved.text).toContain("does not open: Credential acc_000002 sealedRefreshToken")
})

test("a new password works at once, and ends what was signed in", async () => {
  await start({ ADMIN_PASSWORD: undefined })
  const reset = (more = {}) => runCommand("reset-password", { env: env(), ...more })
  const { password } = (await spawnCommand(["reset-password"], env())) as { password: string } // generated
  expect(password).toMatch(/^[a-z0-9-]{27}$/)
  const signIn = (given: string) =>
    control!.ask<{ signIn: { message?: string } }>(
      `mutation ($given: String!) { signIn(password: $given) { ... on Failure { message } } }`,
      { given },
      {},
    )
  const { cookie } = await signIn(password)
  expect(cookie).toBeDefined()
  for (let failed = 0; failed < 8; failed += 1) await signIn("wrong")
  const given = await spawnCommand(["reset-password", "--from-stdin"], env(), "a phrase that nobody guesses 7")
  expect(given).toEqual({ name: "admin" })
  expect((await control!.ask("{ viewer { name } }", {}, { cookie })).data).toMatchObject({ viewer: null })
  expect((await signIn("a phrase that nobody guesses 7")).cookie).toBeDefined()
  const { prisma } = control!.controlPlane.services.database
  expect(
    await prisma.auditEvent.count({ where: { action: "resetPassword", actorKind: "COMMAND_LINE", outcome: "DONE" } }),
  ).toBe(2)
  await stop()
  await expect(reset({ values: { "from-stdin": true }, input: "short" })).rejects.toThrow("is shorter than 12")
  await expect(reset({ values: { name: "nobody" } })).rejects.toThrow(
    'There is no administrator "nobody". There are: admin.',
  )
  const fixed = { env: { ...env(), ADMIN_PASSWORD: "a long test phrase 42" } }
  await expect(reset(fixed)).rejects.toThrow("ADMIN_PASSWORD")
})

test("the doctor finds nothing broken where nothing is, and says what is where something is", async () => {
  await start()
  const port = String(control?.controlPlane.port)
  const storeAt = (host: string): string => `redis://:password-of-the-store@${host}`
  const healthy = await runCommand("doctor", {
    env: {
      ...env(),
      CONTROL_PORT: port,
      PORT: "0",
      VALKEY_URL: storeAt(`127.0.0.1:${port}`),
      GOOGLE_OAUTH_TOKEN_URL: "http://127.0.0.1:9/token",
    },
  })
  expect(healthy.text).toContain(isOnPostgresql() ? "PostgreSQL answers" : "SQLite is whole")
  expect(healthy.text).toContain(`control plane: runs at http://127.0.0.1:${port}`)
  expect(healthy.text).toContain(`ok   shared store: something listens on 127.0.0.1:${port}`)
  // All that a start makes is its owner's alone.
  expect(healthy.text).toMatch(/^ok +data folder/m)
  expect(healthy.hasFailed).toBe(false)
  await stop()
  const path = join(folder, "lagrange.db")
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true })
  writeFileSync(path, Buffer.alloc(8_192, 7))
  const slip = { MAX_CONCURENT_PER_MODEL: "1", TLS_CERT_FILE: "/nowhere.pem", CONTROL_PORT: "0", PORT: "0" }
  const store = { VALKEY_URL: storeAt("127.0.0.1:9") }
  const broken = await runCommand("doctor", {
    env: { ...env(), ...slip, ...store, GOOGLE_OAUTH_TOKEN_URL: "http://127.0.0.1:9/token" },
  })
  expect(broken.hasFailed).toBe(true)
  // A file can be broken from outside; a server looks after its own.
  if (!isOnPostgresql()) expect(broken.text).toMatch(/FAIL database: .*restore a backup/)
  expect(broken.text).toContain("did you mean MAX_CONCURRENT_PER_MODEL?")
  expect(broken.text).toContain("TLS_CERT_FILE and TLS_KEY_FILE belong together")
  expect(broken.text).toMatch(/^warn shared store: 127\.0\.0\.1:9 \(VALKEY_URL\) cannot be reached/m)
  expect(healthy.text + broken.text).not.toContain("password-of-the-store")
})
