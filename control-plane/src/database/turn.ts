/** One control plane of a database after another: those that start at the same moment must not each make what there is to be one of. */
import { setTimeout } from "node:timers/promises"
import { DatabaseError, type Database } from "./open.ts"
import type { HeldLock } from "./peers.ts"

const LOOK_EVERY_MS = 50
/** Far more than a start takes; the lock of a process that died is given back by the server. */
const LONGEST_MS = 120_000

/** Waits until no other one holds the name. Throws `DatabaseError` when that takes minutes, and closes the database where it fails. */
export async function takeTurn(database: Database, name: string): Promise<HeldLock> {
  const endsAt = performance.now() + LONGEST_MS
  try {
    for (;;) {
      const held = await database.peers.tryLock(name)
      if (held !== undefined) return held
      if (performance.now() >= endsAt)
        throw new DatabaseError(
          "Another control plane has been starting on this database for minutes: end it and start again.",
        )
      await setTimeout(LOOK_EVERY_MS)
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
