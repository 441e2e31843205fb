/** The key that the environment gives, for a start without the panel: it is not limited, and cannot be changed here. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { digestApiKey } from "#shared/api-key.ts"
import type { Logger } from "#shared/log.ts"
import { eraseAll } from "../captures/erase.ts"
import type { Config } from "../config.ts"
import type { Transaction } from "../database/open.ts"
import { newId } from "../new-id.ts"
import type { ApiKeysOptions } from "./api-keys.ts"
import { keyObject } from "./audited.ts"

const NAME = "environment"

/** Nothing of what a key made here could be limited by. */
const UNLIMITED = {
  prefix: null,
  disabledAt: null,
  expiresAt: null,
  models: [],
  dialects: [],
  addresses: [],
  maxConcurrent: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  tokensPerDay: null,
  tokensPerMonth: null,
}

/** Makes the key of the environment what this start says: `API_KEY`, else `ADMIN_PASSWORD`, else none. */
export async function establishEnvironmentKey(
  { database, clock, audit, meta }: Pick<ApiKeysOptions, "database" | "clock" | "audit" | "meta">,
  { apiKey: given, adminPassword }: Pick<Config, "apiKey" | "adminPassword">,
  log: Logger,
): Promise<void> {
  const action = "establishEnvironmentKey"
  const secret = (given ?? adminPassword)?.reveal()
  const row = await database.prisma.apiKey.findFirst({ where: { origin: "ENVIRONMENT" } })
  if (secret === undefined) {
    if (row === null) return
    return database.prisma.$transaction(async (transaction) => {
      await eraseAll(transaction, { apiKeyId: row.id })
      await transaction.apiKey.deleteMany({ where: { origin: "ENVIRONMENT" } })
      await audit.record(transaction, { action, object: keyObject(row), before: { origin: row.origin } })
    })
  }
  if (given === undefined) {
    log.warn("api-key.is-password", {
      message:
        "ADMIN_PASSWORD is also an API key, so every client's key opens the panel: set API_KEY, or make keys in the panel.",
    })
  }
  const digest = digestApiKey(meta.apiKeyPepper, secret)
  if (row?.digest === digest) return
  await database.prisma.$transaction(async (transaction) => {
    const is = await write(transaction, row, digest, clock.now())
    const after = { origin: is.origin, from: given === undefined ? "ADMIN_PASSWORD" : "API_KEY" }
    await audit.record(transaction, { action, object: keyObject(is), after })
  })
}

async function write(
  { apiKey, replacedKey }: Transaction,
  row: ApiKeyModel | null,
  digest: string,
  now: number,
): Promise<ApiKeyModel> {
  // What a key was before a rotation can be given too; it is the environment's then.
  await replacedKey.deleteMany({ where: { digest } })
  // A key made here could be given as API_KEY later; it then counts as the environment's, and whose it was stays its lineage.
  const made = await apiKey.findUnique({ where: { digest } })
  if (made !== null && row === null) {
    await replacedKey.deleteMany({ where: { apiKeyId: made.id } })
    return apiKey.update({ where: { id: made.id }, data: { ...UNLIMITED, name: NAME, origin: "ENVIRONMENT" } })
  }
  await apiKey.deleteMany({ where: { digest } })
  if (row !== null) return apiKey.update({ where: { id: row.id }, data: { digest } })
  const ids = { id: newId("key"), lineage: newId("lin") }
  return apiKey.create({ data: { ...ids, name: NAME, origin: "ENVIRONMENT", digest, createdAt: new Date(now) } })
}
