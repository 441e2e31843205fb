/** Data keys: what was sealed before there were any, a newer one taken while running, and a master key that is another. */
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createLogger } from "#shared/log.ts"
import { deriveKey, seal } from "#shared/sealing.ts"
import { databaseUrlOf } from "../../test/support/test-database.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { findRoot } from "../src/config.ts"
import { openMeta } from "../src/database/meta.ts"
import { migrate } from "../src/database/migrate.ts"
import { openDatabase, type Database } from "../src/database/open.ts"
import { attendanceOf, LOOK_MS, openKeyring, wrapKey } from "../src/data-keys/keyring.ts"
import { keyOf, UNNAMED_KEY } from "../src/vault.ts"
import { createManualClock } from "./support/manual-clock.ts"

const MASTER_KEY = randomBytes(32)
const PLACE = { table: "Credential", row: "acc_1", field: "sealedRefreshToken" }
const clock = createManualClock()
let folder: string
let database: Database
/** Of another process: who attends is no obstacle to itself. */
let elsewhere: Database
let lines = ""
const log = createLogger({
  level: "debug",
  format: "json",
  write: (line) => {
    lines += line
  },
})
const open = (masterKey = MASTER_KEY) => openKeyring({ database, masterKey: () => masterKey, clock, log })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-keyring-"))
  lines = ""
  const url = await databaseUrlOf(folder)
  await migrate(url, join(findRoot(), "prisma", "migrations"))
  database = await openDatabase(url)
  elsewhere = await openDatabase(url)
})
afterEach(async () => {
  await elsewhere.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Waits until the number is attended by somebody, or by nobody. */
async function attended(number: number, isAttended: boolean): Promise<void> {
  await waitFor(async () => {
    // Asking excludes it for a moment, and who comes just then tries again at its next look.
    clock.advance(LOOK_MS)
    const lock = await elsewhere.peers.exclude(attendanceOf(number))
    await lock?.release()
    return (lock === undefined) === isAttended
  })
}

test("what was sealed straight under the master key opens, and the same key goes on sealing", async () => {
  const old = (field: string, text: string, table = "Meta", row = "1") =>
    seal(deriveKey(MASTER_KEY, "vault"), text, ["vault", table, row, field])
  await database.prisma.meta.create({
    data: {
      id: 1,
      snapshotIssuedAt: new Date(0),
      sealedCanary: old("sealedCanary", "lagrange"),
      sealedApiKeyPepper: old("sealedApiKeyPepper", Buffer.alloc(32, 7).toString("base64")),
    },
  })
  await expect(open(randomBytes(32))).rejects.toThrow("The master key does not open this database")
  expect(await database.prisma.dataKey.count()).toBe(0)

  const keyring = await open()
  expect((await openMeta(database, keyring.vault, clock)).apiKeyPepper).toEqual(Buffer.alloc(32, 7))
  expect(keyring.vault.open(PLACE, old(PLACE.field, "a token", PLACE.table, PLACE.row))).toBe("a token")
  expect(keyOf(keyring.vault.seal(PLACE, "a token"))).toBe(UNNAMED_KEY)
  await keyring.stop()
})

test("a new database has a random key, whose name is in front of what it sealed and part of what binds it", async () => {
  const keyring = await open()
  const { vault } = keyring
  const sealed = vault.seal(PLACE, "a token")
  expect(keyOf(sealed)).toMatch(/^dk[0-9a-f]{12}$/)
  expect(vault.open(PLACE, sealed)).toBe("a token")
  expect(() => vault.open({ ...PLACE, row: "acc_2" }, sealed)).toThrow("does not open")
  expect(() => vault.open(PLACE, sealed.slice(keyOf(sealed).length + 1))).toThrow("a data key that is not there")
  const fingerprints = [vault.fingerprint("a", "secret"), vault.auditMac("row")]
  await keyring.stop()
  const again = await open()
  expect(again.vault.open(PLACE, sealed)).toBe("a token")
  expect([again.vault.fingerprint("a", "secret"), again.vault.auditMac("row")]).toEqual(fingerprints)
  await again.stop()
  await expect(open(randomBytes(32))).rejects.toThrow("The master key does not open this database")
})

test("of several first starters all have the same keys", async () => {
  const keyrings = await Promise.all([open(), open(), open()])
  const sealed = keyrings.map(({ vault }) => vault.seal(PLACE, "a token"))
  for (const { vault } of keyrings)
    expect(sealed.map((text) => vault.open(PLACE, text))).toEqual(Array(3).fill("a token"))
  await Promise.all(keyrings.map((keyring) => keyring.stop()))
})

async function addKey(masterKey: Buffer): Promise<void> {
  const wrappedKey = wrapKey(masterKey, "dknew", 2, randomBytes(32))
  await database.prisma.dataKey.create({ data: { id: "dknew", number: 2, wrappedKey, createdAt: new Date() } })
}

test("a newer key is taken while it runs: attended at once, sealing when it is in use", async () => {
  const keyring = await open()
  const old = keyring.vault.seal(PLACE, "a token")
  await attended(1, true)
  await addKey(MASTER_KEY)
  clock.advance(LOOK_MS)
  await attended(2, true)
  await attended(1, false)
  expect(keyOf(keyring.vault.seal(PLACE, "another"))).toBe(keyOf(old))
  await database.prisma.dataKey.update({ where: { id: "dknew" }, data: { inUseSince: new Date() } })
  await waitFor(() => {
    clock.advance(LOOK_MS)
    return keyOf(keyring.vault.seal(PLACE, "another")) === "dknew"
  })
  expect(keyring.vault.open(PLACE, old)).toBe("a token")
  await keyring.stop()
  await attended(2, false)
})

test("with the master key changed under it, it goes on with what it has, says so once, and attends as before", async () => {
  const keyring = await open()
  await addKey(randomBytes(32))
  await waitFor(() => {
    clock.advance(LOOK_MS)
    return lines.includes("keys.refused")
  })
  clock.advance(LOOK_MS)
  await attended(1, true)
  await attended(2, false)
  expect(keyring.vault.open(PLACE, keyring.vault.seal(PLACE, "a token"))).toBe("a token")
  expect(lines.split("keys.refused").length).toBe(2)
  await keyring.stop()
})
