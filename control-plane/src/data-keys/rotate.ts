/**
 * A new data key takes over, and with it a new master key where one is given. Each step can be the last one that was done: whoever runs
 * it again goes on from there. The gateway serves meanwhile: control planes hear of the new key by themselves, and nothing is sealed with
 * it before all of them have it.
 */
import { randomBytes } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import type { DataKeyModel } from "#generated/sqlite/models.ts"
import { SealError } from "#shared/sealing.ts"
import type { Actor } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { openRaw, quote, type RawDatabase } from "../database/raw.ts"
import { createVault, type Vault } from "../vault.ts"
import { attendanceOf, LOOK_MS, MAC_NUMBER, newDataKeyId, unwrapAll, unwrapKey, wrapKey } from "./keyring.ts"
import { readSealedColumns, readSealedValues, type SealedColumn } from "./sealed-columns.ts"

export interface RotateOptions {
  readonly databaseUrl: string
  readonly database: Database
  readonly audit: Audit
  readonly by: Actor
  readonly clock: Clock
  readonly masterKey: Buffer
  /** In force from now on. */
  readonly newMasterKey: Buffer | undefined
  /** How long control planes may take to hear of it. */
  readonly patienceMs: number
  /** The database has the new master key: its file may be put in place. */
  readonly onRewrapped: () => void
  readonly say: (line: string) => void
}

export interface Rotation {
  /** One that was interrupted was finished; no other was begun. */
  readonly resumed: boolean
  readonly resealed: number
  /** Places of values that do not open. */
  readonly unreadable: readonly string[]
  /** Older data keys that nothing uses any more and that were removed. */
  readonly removed: number
  /** A control plane that runs may still have older keys, so they were kept. */
  readonly keptForOthers: boolean
}

/** A control plane that runs has not taken the new key. */
export class NotTaken extends Error {
  override readonly name = "NotTaken"
}

/** Values in one transaction. */
const BATCH = 200
const LOOK_AGAIN_MS = 250

export async function rotateKeys(options: RotateOptions): Promise<Rotation> {
  const { database, databaseUrl, say } = options
  const raw = await openRaw(databaseUrl)
  try {
    const resumed = await begin(options, raw)
    options.onRewrapped()
    const newest = await handOver(options)
    const vault = await vaultOf(options)
    const result = { resealed: 0, unreadable: new Set<string>() }
    for (const column of await readSealedColumns(raw)) await resealColumn(raw, vault, column, newest.id, result, say)
    if (!(await isAlone(database, newest.number))) {
      // They seal with the key before until they look again.
      await wait(2 * LOOK_MS)
      for (const column of await readSealedColumns(raw)) await resealColumn(raw, vault, column, newest.id, result, say)
    }
    const { removed, keptForOthers } = await removeOld(database, raw, newest)
    // All of them, also what a run that was interrupted has left: whoever comes attends under the newest.
    for (let older = MAC_NUMBER + 1; older < newest.number; older += 1) {
      await database.peers.forget(attendanceOf(older))
    }
    return { resumed, resealed: result.resealed, unreadable: [...result.unreadable], removed, keptForOthers }
  } finally {
    await raw.close()
  }
}

async function readRows(database: Pick<Database["prisma"], "dataKey">): Promise<DataKeyModel[]> {
  return database.dataKey.findMany({ orderBy: { number: "asc" } })
}

/** Makes a new data key where no rotation is under way, and puts all under the new master key. Whether one was under way. */
async function begin({ database, audit, by, ...options }: RotateOptions, raw: RawDatabase): Promise<boolean> {
  const { masterKey, newMasterKey = masterKey } = options
  const isUnderWay = await hasWork(database, raw)
  await database.prisma.$transaction(async (transaction) => {
    const rows = await readRows(transaction)
    let rewrapped = false
    for (const row of rows) {
      if (opens(newMasterKey, row)) continue
      const wrappedKey = wrapKey(newMasterKey, row.id, row.number, unwrapKey(masterKey, row))
      await transaction.dataKey.update({ where: { id: row.id }, data: { wrappedKey } })
      rewrapped = true
    }
    if (!isUnderWay) {
      const id = newDataKeyId()
      const number = (rows.at(-1)?.number ?? MAC_NUMBER) + 1
      const wrappedKey = wrapKey(newMasterKey, id, number, randomBytes(32))
      await transaction.dataKey.create({ data: { id, number, wrappedKey, createdAt: new Date(options.clock.now()) } })
    }
    if (isUnderWay && !rewrapped) return
    const after = { newDataKey: !isUnderWay, newMasterKey: rewrapped }
    await audit.record(transaction, { action: "rotateKeys", by, object: { kind: "DATABASE" }, after })
  })
  return isUnderWay
}

function opens(masterKey: Buffer, row: DataKeyModel): boolean {
  try {
    unwrapKey(masterKey, row)
    return true
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    return false
  }
}

/** The newest key is not in use yet, or something is still under an older one. */
async function hasWork(database: Database, raw: RawDatabase): Promise<boolean> {
  const newest = (await readRows(database.prisma)).at(-1)
  if (newest === undefined || newest.number === MAC_NUMBER) return false
  if (newest.inUseSince === null) return true
  if (newest.number === MAC_NUMBER + 1) return false
  return (await countOthers(raw, newest.id)) > 0
}

async function countOthers(raw: RawDatabase, id: string): Promise<number> {
  let count = 0
  for (const column of await readSealedColumns(raw)) {
    for await (const page of readSealedValues(raw, column, BATCH, id)) count += page.length
  }
  return count
}

/** Waits until every control plane has the newest key, and puts it in use. */
async function handOver({ database, clock, patienceMs, say }: RotateOptions): Promise<DataKeyModel> {
  const rows = await readRows(database.prisma)
  const newest = rows.at(-1)
  if (newest === undefined) throw new Error("there is no data key")
  if (newest.inUseSince !== null) return newest
  database.peers.tell()
  const endsAt = performance.now() + patienceMs
  for (let isTold = false; !(await isTaken(database, newest.number)); isTold = true) {
    if (!isTold) say("waiting until the running control plane has the new key")
    if (performance.now() >= endsAt) {
      throw new NotTaken(
        "A running control plane has not taken the new key: start it again (with the new master key, where you gave one), then run this command again; it goes on from here.",
      )
    }
    await wait(LOOK_AGAIN_MS)
  }
  return database.prisma.dataKey.update({ where: { id: newest.id }, data: { inUseSince: new Date(clock.now()) } })
}

/** Whether no control plane is at a number below this one. */
async function isTaken(database: Database, number: number): Promise<boolean> {
  for (let older = MAC_NUMBER + 1; older < number; older += 1) {
    const lock = await database.peers.exclude(attendanceOf(older))
    if (lock === undefined) return false
    await lock.release()
  }
  return true
}

/** Whether no control plane runs. */
function isAlone(database: Database, newest: number): Promise<boolean> {
  return isTaken(database, newest + 1)
}

async function vaultOf({ database, masterKey, newMasterKey }: RotateOptions): Promise<Vault> {
  const keys = unwrapAll(newMasterKey ?? masterKey, await readRows(database.prisma))
  return createVault(() => keys)
}

async function resealColumn(
  raw: RawDatabase,
  vault: Vault,
  column: SealedColumn,
  id: string,
  result: { resealed: number; readonly unreadable: Set<string> },
  say: (line: string) => void,
): Promise<void> {
  const { table, key, column: name } = column
  let done = 0
  for await (const page of readSealedValues(raw, column, BATCH, id)) {
    const written: { readonly at: unknown; readonly from: string; readonly to: string }[] = []
    for (const { key: at, place, sealed } of page) {
      try {
        written.push({ at, from: sealed, to: vault.seal(place, vault.open(place, sealed)) })
      } catch (error) {
        if (!(error instanceof SealError)) throw error
        result.unreadable.add(`${table} ${place.row} ${name}`)
      }
    }
    await raw.run(raw.kind === "sqlite" ? "BEGIN IMMEDIATE" : "BEGIN")
    try {
      for (const { at, from, to } of written) {
        // What a control plane has written since is newer.
        const where = `${quote(key)} = $2 AND ${quote(name)} = $3`
        done += await raw.run(`UPDATE ${quote(table)} SET ${quote(name)} = $1 WHERE ${where}`, [to, at, from])
      }
      await raw.run("COMMIT")
    } catch (error) {
      await raw.run("ROLLBACK")
      throw error
    }
  }
  result.resealed += done
  if (done > 0) say(`${table}.${name}: ${done}`)
}

async function removeOld(database: Database, raw: RawDatabase, newest: DataKeyModel) {
  const old = (await readRows(database.prisma)).filter(({ number }) => number > MAC_NUMBER && number < newest.number)
  if (old.length === 0 || (await countOthers(raw, newest.id)) > 0) return { removed: 0, keptForOthers: false }
  if (!(await isAlone(database, newest.number))) return { removed: 0, keptForOthers: true }
  const { count } = await database.prisma.dataKey.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } })
  return { removed: count, keptForOthers: false }
}
