/**
 * Data keys: each is random, sealed by the master key, and in the database beside what it seals. So a new master key needs only these
 * few rows to be written anew, and a new data key can take over row by row. A control plane has them all in memory, looks for newer
 * ones, and attends under the number of the newest it has: whoever excludes that number knows that every control plane went on.
 */
import { randomBytes } from "node:crypto"
import type { DataKeyModel } from "#generated/sqlite/models.ts"
import { deriveKey, open, seal, SealError } from "#shared/sealing.ts"
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import { DatabaseError, isUniqueViolation, type Database } from "../database/open.ts"
import { createVault, keyOf, UNNAMED_KEY, type Vault, type VaultKeys } from "../vault.ts"

/** How often a control plane looks for newer keys. */
export const LOOK_MS = 2_000

/** Of the one row that is no data key but what fingerprints and the audit's chain are made with. It is never replaced. */
export const MAC_NUMBER = 0

export interface Keyring {
  readonly vault: Vault
  stop(): Promise<void>
}

export interface KeyringOptions {
  readonly database: Database
  /** As it is given now: its file may have been replaced. Throws `SealError`. */
  readonly masterKey: () => Buffer
  readonly clock: Clock
  readonly log: Logger
}

/** Under which name control planes attend that have the data key of this number. */
export function attendanceOf(number: number): string {
  return `keys-${number}`
}

export function wrapKey(masterKey: Buffer, id: string, number: number, key: Buffer): string {
  return seal(deriveKey(masterKey, "data keys"), key, ["DataKey", id, String(number)])
}

export type WrappedKey = Pick<DataKeyModel, "id" | "number" | "wrappedKey">

/** Throws `SealError` when the master key is another one. */
export function unwrapKey(masterKey: Buffer, { id, number, wrappedKey }: WrappedKey): Buffer {
  return open(deriveKey(masterKey, "data keys"), wrappedKey, ["DataKey", id, String(number)])
}

export function newDataKeyId(): string {
  return `dk${randomBytes(6).toString("hex")}`
}

/** The keys of rows, in the order of their numbers. Throws `SealError` when the master key is another one. */
export function unwrapAll(masterKey: Buffer, rows: readonly DataKeyModel[]): VaultKeys {
  const byId = new Map(rows.map((row) => [row.id, unwrapKey(masterKey, row)]))
  const sealing = rows.findLast(({ number, inUseSince }) => number > MAC_NUMBER && inUseSince !== null)
  const mac = rows.find(({ number }) => number === MAC_NUMBER)
  if (sealing === undefined || mac === undefined) throw new SealError("The database has no data key in use.")
  return { sealing: sealing.id, byId, mac: byId.get(mac.id) ?? Buffer.alloc(0) }
}

function unwrapGiven(masterKey: Buffer, rows: readonly DataKeyModel[]): VaultKeys {
  try {
    return unwrapAll(masterKey, rows)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw masterKeyError(error)
  }
}

export const masterKeyError = (cause: unknown): DatabaseError =>
  new DatabaseError(
    "The master key does not open this database: give the MASTER_KEY (or MASTER_KEY_FILE) it was made with. If rotate-keys was interrupted, run it once more with the same options.",
    { cause },
  )

/**
 * A database that was used before there were data keys: its first one is the key that was derived from the master key then, so that
 * what is sealed opens as before. Undefined: it has nothing sealed.
 */
async function firstKey(database: Database, masterKey: Buffer): Promise<{ id: string; key: Buffer }> {
  const meta = await database.prisma.meta.findUnique({ where: { id: 1 } })
  if (meta === null || keyOf(meta.sealedCanary) !== UNNAMED_KEY) return { id: newDataKeyId(), key: randomBytes(32) }
  const key = deriveKey(masterKey, "vault")
  try {
    open(key, meta.sealedCanary, ["vault", "Meta", "1", "sealedCanary"])
  } catch (error) {
    throw masterKeyError(error)
  }
  return { id: UNNAMED_KEY, key }
}

/** All rows, by number; makes the first ones where there are none. Of several first starters one writes, all read the same. */
export async function readDataKeys(database: Database, masterKey: Buffer, now: number): Promise<DataKeyModel[]> {
  const { dataKey } = database.prisma
  const read = (): Promise<DataKeyModel[]> => dataKey.findMany({ orderBy: { number: "asc" } })
  const rows = await read()
  if (rows.length > 0) return rows
  const at = new Date(now)
  const first = await firstKey(database, masterKey)
  const made = [
    { id: "mac", key: randomBytes(32), number: MAC_NUMBER, inUseSince: null },
    { ...first, number: MAC_NUMBER + 1, inUseSince: at },
  ]
  const data = made.map(({ id, key, number, inUseSince }) => {
    return { id, number, wrappedKey: wrapKey(masterKey, id, number, key), createdAt: at, inUseSince }
  })
  await dataKey.createMany({ data }).catch((error: unknown) => {
    // Another first starter has written them: its count.
    if (!isUniqueViolation(error)) throw error
  })
  return read()
}

/** A vault over the keys as they are now, for who looks in and leaves. Throws `DatabaseError` when the master key is another one. */
export async function openVault(database: Database, masterKey: Buffer, now: number): Promise<Vault> {
  const keys = unwrapGiven(masterKey, await readDataKeys(database, masterKey, now))
  return createVault(() => keys)
}

/**
 * The keys of a control plane for as long as it runs. `masterKey` is read again when the database has been given another one. Throws
 * `DatabaseError` when the master key is another one.
 */
export async function openKeyring({ database, masterKey: given, clock, log }: KeyringOptions): Promise<Keyring> {
  const masterKey = given()
  let rows = await readDataKeys(database, masterKey, clock.now())
  let keys = unwrapGiven(masterKey, rows)
  const newest = (): number => rows.at(-1)?.number ?? MAC_NUMBER
  let leave: (() => Promise<void>) | undefined
  let isOver = false
  let refused: number | undefined

  async function look(): Promise<void> {
    const found = await database.prisma.dataKey.findMany({ orderBy: { number: "asc" } })
    const number = found.at(-1)?.number ?? MAC_NUMBER
    const isSame = number === newest() && found.findLast(inUse)?.id === rows.findLast(inUse)?.id
    if (isSame && leave !== undefined) return
    try {
      keys = unwrapAll(given(), found)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      // Its file may be replaced in a moment: looked at again and again, and said once.
      if (refused === number) return
      refused = number
      log.error("keys.refused", {
        message: "The master key of this database was changed: start this control plane again with the new one.",
      })
      return
    }
    const isNewer = number !== newest()
    rows = found
    if (!isSame) log.info("keys.taken", { newest: number })
    if (!isNewer && leave !== undefined) return
    // Nobody excludes the newest for more than a moment; the next look tries again.
    const attended = await database.peers.attend(attendanceOf(number))
    await leave?.()
    leave = attended
  }

  let looking: Promise<void> = Promise.resolve()
  let cancel: () => void = () => undefined
  function schedule(): void {
    cancel = clock.after(LOOK_MS, () => {
      looking = look()
        .catch((error: unknown) =>
          // The database is away; the next look makes up for it.
          log.debug("keys.not-read", { reason: error instanceof Error ? error.message : String(error) }),
        )
        .finally(() => {
          if (!isOver) schedule()
        })
    })
  }

  // Twice: what was added between reading and attending is found by the second.
  await look()
  await look()
  schedule()
  return {
    vault: createVault(() => keys),
    stop: async () => {
      isOver = true
      cancel()
      await looking
      await leave?.()
    },
  }
}

function inUse({ inUseSince }: DataKeyModel): boolean {
  return inUseSince !== null
}
