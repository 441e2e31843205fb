/** The one row about the deployment: proves that the master key fits the database and holds what is made once. */
import { randomBytes } from "node:crypto"
import { SealError } from "#shared/sealing.ts"
import type { Clock } from "../clock.ts"
import type { Place, Vault } from "../vault.ts"
import { DatabaseError, type Database } from "./open.ts"

const CANARY = "lagrange"
const place = (field: string): Place => ({ table: "Meta", row: "1", field })

/** Epochs count seconds from here: they fit the column's 32 bits until 2088. */
const EPOCHS_BEGIN = Date.UTC(2020, 0, 1)

/** The least epoch of a database that says at this time what is to be; whatever was said before is outranked. */
export function epochAt(now: number): number {
  return Math.max(1, Math.floor((now - EPOCHS_BEGIN) / 1000))
}

export interface Meta {
  /** The HMAC key of `ApiKey.digest`. */
  readonly apiKeyPepper: Buffer
}

/** Reads the row, or makes it on a new database. Throws `DatabaseError` when the master key is another one. */
export async function openMeta(database: Database, vault: Vault, clock: Clock): Promise<Meta> {
  // Of several first starters one writes, all read the same. With an empty update Prisma would read first and then write.
  const row = await database.prisma.meta.upsert({
    where: { id: 1 },
    update: { id: 1 },
    create: {
      id: 1,
      // A data plane keeps the last snapshot of a database that is gone; what a newer database says must outrank it.
      snapshotEpoch: epochAt(clock.now()),
      snapshotIssuedAt: new Date(clock.now()),
      sealedCanary: vault.seal(place("sealedCanary"), CANARY),
      sealedApiKeyPepper: vault.seal(place("sealedApiKeyPepper"), randomBytes(32).toString("base64")),
    },
  })
  try {
    if (vault.open(place("sealedCanary"), row.sealedCanary) !== CANARY) throw new SealError("another canary")
    return { apiKeyPepper: Buffer.from(vault.open(place("sealedApiKeyPepper"), row.sealedApiKeyPepper), "base64") }
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new DatabaseError(
      "The master key does not open this database: give the MASTER_KEY (or MASTER_KEY_FILE) it was made with.",
      { cause: error },
    )
  }
}
