/** API keys of clients: made, listed and removed here; checked by the data planes against their keyed digest. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { apiKeyPrefix, digestApiKey, mintApiKey } from "#shared/api-key.ts"
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import type { Meta } from "../database/meta.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { newId } from "../new-id.ts"

const MAX_NAME_LENGTH = 100
const MAX_CONCURRENT = 1_000_000
const MAX_TOKENS = 1_000_000_000_000n
const ENVIRONMENT_NAME = "environment"

export interface ApiKeysOptions {
  readonly database: Database
  readonly clock: Clock
  readonly meta: Meta
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

export interface ApiKeys {
  create(input: {
    readonly name: string
    readonly expiresAt?: Date | null | undefined
    readonly maxConcurrent?: number | null | undefined
    readonly tokensPerDay?: bigint | null | undefined
  }): Promise<{ row: ApiKeyModel; secret: string }>
  remove(id: string): Promise<void>
  /** Makes the key of the environment what this start says: `API_KEY`, else `ADMIN_PASSWORD`, else none. */
  establishEnvironmentKey(config: Pick<Config, "apiKey" | "adminPassword">, log: Logger): Promise<void>
}

/** A name as people give one: trimmed, not empty, not endless, without control characters. Throws `InvalidInputError`. */
export function checkName(name: string, path: readonly string[], maxLength = MAX_NAME_LENGTH): string {
  const trimmed = name.trim()
  if (trimmed === "") throw new InvalidInputError("empty", "A name is needed.", path)
  if (trimmed.length > maxLength)
    throw new InvalidInputError("too_long", `A name has at most ${maxLength} characters.`, path)
  if (/\p{Cc}/u.test(trimmed))
    throw new InvalidInputError("control_character", "A name holds no control characters.", path)
  return trimmed
}

export function createApiKeys({ database, clock, meta, takeEffect }: ApiKeysOptions): ApiKeys {
  const { apiKey } = database.prisma
  return {
    create: async (input) => {
      const name = checkName(input.name, ["input", "name"])
      const now = clock.now()
      if (input.expiresAt && input.expiresAt.getTime() <= now) {
        throw new InvalidInputError("in_the_past", "The key would have expired already.", ["input", "expiresAt"])
      }
      const { maxConcurrent } = input
      if (typeof maxConcurrent === "number" && (maxConcurrent < 1 || maxConcurrent > MAX_CONCURRENT)) {
        const message = `The limit is a whole number from 1 to ${MAX_CONCURRENT}; without one there is none.`
        throw new InvalidInputError("out_of_range", message, ["input", "maxConcurrent"])
      }
      const { tokensPerDay } = input
      if (typeof tokensPerDay === "bigint" && (tokensPerDay < 1n || tokensPerDay > MAX_TOKENS)) {
        const message = `The tokens of a day are a whole number from 1 to ${MAX_TOKENS}; without one there is no limit.`
        throw new InvalidInputError("out_of_range", message, ["input", "tokensPerDay"])
      }
      const secret = mintApiKey()
      const row = await apiKey.create({
        data: {
          id: newId("key"),
          name,
          prefix: apiKeyPrefix(secret),
          origin: "CREATED",
          digest: digestApiKey(meta.apiKeyPepper, secret),
          lineage: newId("lin"),
          expiresAt: input.expiresAt ?? null,
          maxConcurrent: maxConcurrent ?? null,
          tokensPerDay: tokensPerDay ?? null,
          createdAt: new Date(now),
        },
      })
      await takeEffect()
      return { row, secret }
    },
    remove: async (id) => {
      const row = await apiKey.findUnique({ where: { id } })
      if (row === null) throw new InvalidInputError("not_found", "There is no such API key.", ["id"])
      if (row.origin === "ENVIRONMENT") {
        throw new RefusedError(
          "set_by_environment",
          "This key comes from API_KEY or ADMIN_PASSWORD; change the environment and start again.",
        )
      }
      await apiKey.deleteMany({ where: { id } })
      await takeEffect()
    },
    establishEnvironmentKey: async ({ apiKey: given, adminPassword }, log) => {
      const secret = (given ?? adminPassword)?.reveal()
      const row = await apiKey.findFirst({ where: { origin: "ENVIRONMENT" } })
      if (secret === undefined) {
        if (row !== null) await apiKey.deleteMany({ where: { origin: "ENVIRONMENT" } })
        return
      }
      if (given === undefined) {
        log.warn("api-key.is-password", {
          message:
            "ADMIN_PASSWORD is also an API key, so every client's key opens the panel: set API_KEY, or make keys in the panel.",
        })
      }
      const digest = digestApiKey(meta.apiKeyPepper, secret)
      if (row?.digest === digest) return
      // A key made here could be given as API_KEY later; it then counts as the environment's, and whose it was stays its lineage.
      const made = await apiKey.findUnique({ where: { digest } })
      if (made !== null && row === null) {
        const data = { name: ENVIRONMENT_NAME, origin: "ENVIRONMENT", prefix: null, expiresAt: null } as const
        await apiKey.update({ where: { id: made.id }, data })
        return
      }
      await apiKey.deleteMany({ where: { digest } })
      if (row === null) {
        const ids = { id: newId("key"), lineage: newId("lin") }
        const createdAt = new Date(clock.now())
        await apiKey.create({ data: { ...ids, name: ENVIRONMENT_NAME, origin: "ENVIRONMENT", digest, createdAt } })
      } else {
        await apiKey.update({ where: { id: row.id }, data: { digest } })
      }
    },
  }
}
