/** API keys of clients: made, changed, rotated and removed here; checked by the data planes against their keyed digest. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { apiKeyPrefix, digestApiKey, mintApiKey } from "#shared/api-key.ts"
import type { Logger } from "#shared/log.ts"
import type { Audit } from "../audit/audit.ts"
import { eraseAll } from "../captures/erase.ts"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import type { Meta } from "../database/meta.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { checkName, given, type Given } from "../input-checks.ts"
import { newId } from "../new-id.ts"
import { auditedKey, keyObject } from "./audited.ts"
import { establishEnvironmentKey } from "./environment-key.ts"
import { keyData, type KeyFields } from "./key-fields.ts"

/** A key's client has so long at the most to take the new one. */
export const MAX_OVERLAP_MINUTES = 30 * 24 * 60
export const DEFAULT_OVERLAP_MINUTES = 24 * 60
/** Who still comes with a key that was replaced is told so for this long. */
export const KEEP_REPLACED_MS = 30 * 24 * 3_600_000
/** Of each key; the oldest are forgotten first. */
const MAX_REPLACED = 10

export interface ApiKeysOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly meta: Meta
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

export interface CreateKeyInput extends KeyFields {
  readonly name: string
}

export interface UpdateKeyInput extends KeyFields {
  readonly name?: Given<string>
  readonly enabled?: Given<boolean>
}

export interface KeyWithSecret {
  readonly row: ApiKeyModel
  readonly secret: string
}

export interface ApiKeys {
  create(input: CreateKeyInput): Promise<KeyWithSecret>
  update(id: string, input: UpdateKeyInput): Promise<ApiKeyModel>
  /** A new secret for the same key: the old one works so many minutes more, and older ones no longer than it; 0 ends them all now. */
  rotate(id: string, overlapMinutes: number): Promise<KeyWithSecret>
  remove(id: string): Promise<void>
  /** Forgets keys that were replaced long ago. */
  prune(): Promise<void>
  /** Makes the key of the environment what this start says: `API_KEY`, else `ADMIN_PASSWORD`, else none. */
  establishEnvironmentKey(config: Pick<Config, "apiKey" | "adminPassword">, log: Logger): Promise<void>
}

const noSuchKey = (): InvalidInputError => new InvalidInputError("not_found", "There is no such API key.", ["id"])

export function createApiKeys(options: ApiKeysOptions): ApiKeys {
  const { database, clock, audit, meta, takeEffect } = options
  const { prisma } = database

  function mint() {
    const secret = mintApiKey()
    return { secret, columns: { prefix: apiKeyPrefix(secret), digest: digestApiKey(meta.apiKeyPepper, secret) } }
  }

  /** Throws for one that is not there, and for the environment's. */
  async function readChangeable(id: string): Promise<ApiKeyModel> {
    const row = await prisma.apiKey.findUnique({ where: { id } })
    if (row === null) throw noSuchKey()
    if (row.origin === "ENVIRONMENT") {
      throw new RefusedError(
        "set_by_environment",
        "This key comes from API_KEY or ADMIN_PASSWORD; change the environment and start again.",
      )
    }
    return row
  }

  return {
    create: async (input) => {
      const name = checkName(input.name, ["input", "name"])
      const now = clock.now()
      const data = keyData(input, now)
      const { secret, columns } = mint()
      const ids = { id: newId("key"), lineage: newId("lin") }
      const createdAt = new Date(now)
      const row = await prisma.$transaction(async (transaction) => {
        const made = await transaction.apiKey.create({
          data: { ...data, ...columns, ...ids, name, origin: "CREATED", createdAt },
        })
        await audit.record(transaction, { object: keyObject(made), after: auditedKey(made) })
        return made
      })
      await takeEffect()
      return { row, secret }
    },
    update: async (id, input) => {
      const { name, enabled } = input
      const now = clock.now()
      const data = {
        ...keyData(input, now),
        ...given("name", typeof name === "string" ? checkName(name, ["input", "name"]) : undefined),
      }
      const before = await readChangeable(id)
      const { disabledAt } = before
      const state = typeof enabled === "boolean" ? { disabledAt: enabled ? null : (disabledAt ?? new Date(now)) } : {}
      const row = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.apiKey.updateMany({ where: { id }, data: { ...data, ...state } })
        if (count === 0) throw noSuchKey()
        const after = await transaction.apiKey.findUniqueOrThrow({ where: { id } })
        const change = { before: auditedKey(before), after: auditedKey(after) }
        await audit.record(transaction, { object: keyObject(after), ...change })
        return after
      })
      await takeEffect()
      return row
    },
    rotate: async (id, overlapMinutes) => {
      if (overlapMinutes < 0 || overlapMinutes > MAX_OVERLAP_MINUTES) {
        const message = `The overlap is from 0 to ${MAX_OVERLAP_MINUTES} minutes.`
        throw new InvalidInputError("out_of_range", message, ["overlapMinutes"])
      }
      const before = await readChangeable(id)
      const now = clock.now()
      if (before.expiresAt !== null && before.expiresAt.getTime() <= now) {
        throw new RefusedError("expired", "This key has expired: give it another expiry first, or make a new key.")
      }
      const { secret, columns } = mint()
      const worksUntil = new Date(now + overlapMinutes * 60_000)
      await prisma.$transaction(async (transaction) => {
        const { apiKey, replacedKey } = transaction
        const { count } = await apiKey.updateMany({ where: { id, digest: before.digest }, data: columns })
        if (count === 0)
          throw new RefusedError("changed_meanwhile", "Somebody else has just rotated or removed this key.")
        await replacedKey.updateMany({ where: { apiKeyId: id, worksUntil: { gt: worksUntil } }, data: { worksUntil } })
        const { digest, prefix } = before
        await replacedKey.create({ data: { digest, apiKeyId: id, prefix: prefix ?? "…", worksUntil } })
        // The one just replaced is never the oldest, though others may end together with it.
        const old = await replacedKey.findMany({
          where: { apiKeyId: id, NOT: { digest } },
          orderBy: [{ worksUntil: "desc" }, { digest: "asc" }],
          skip: MAX_REPLACED - 1,
        })
        await replacedKey.deleteMany({ where: { digest: { in: old.map((one) => one.digest) } } })
        const after = { prefix: columns.prefix, overlapMinutes }
        await audit.record(transaction, { object: keyObject(before), before: { prefix }, after })
      })
      await takeEffect()
      return { row: { ...before, ...columns }, secret }
    },
    remove: async (id) => {
      const row = await readChangeable(id)
      await prisma.$transaction(async (transaction) => {
        await eraseAll(transaction, { apiKeyId: id })
        await transaction.apiKey.deleteMany({ where: { id } })
        await audit.record(transaction, { object: keyObject(row), before: auditedKey(row) })
      })
      await takeEffect()
    },
    prune: async () => {
      const worksUntil = { lt: new Date(clock.now() - KEEP_REPLACED_MS) }
      await prisma.replacedKey.deleteMany({ where: { worksUntil } })
    },
    establishEnvironmentKey: (config, log) => establishEnvironmentKey(options, config, log),
  }
}
