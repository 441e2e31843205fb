/** What commands work on: the database at this version's schema, what is sealed in it, and the audit. */
import { userInfo } from "node:os"
import { loadMasterKey, type MasterKey } from "#shared/sealing.ts"
import type { Logger } from "#shared/log.ts"
import type { Actor } from "../audit/actor.ts"
import { openAudit, type Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import { masterKeySource, type Config } from "../config.ts"
import { hasDatabase, pendingMigrations } from "../database/migrate.ts"
import { openDatabase, type Database } from "../database/open.ts"
import { openVault } from "../data-keys/keyring.ts"
import type { Vault } from "../vault.ts"
import { CommandError } from "./command.ts"

export interface Opened {
  readonly database: Database
  readonly vault: Vault
  readonly audit: Audit
}

/** Who does what a command does: who started it, whoever it goes on as. */
export function commandLine(): Actor {
  return { kind: "COMMAND_LINE", name: STARTED_BY }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // In a container a user id need not have a name.
    return `user ${process.getuid?.() ?? "unknown"}`
  }
}

const STARTED_BY = userName()

/** The master key in force; a command never makes one. Throws `SealError` or `CommandError`. */
export function requireMasterKey(config: Config): MasterKey {
  return loadMasterKey({ ...masterKeySource(config), mustExist: true })
}

/** Throws `CommandError` when there is no database, or one of an older version. */
export async function requireDatabase(config: Config): Promise<void> {
  const url = config.databaseUrl.reveal()
  if (!(await hasDatabase(url))) {
    throw new CommandError("There is no database yet: start the gateway once, or see DATA_DIR and DATABASE_URL.")
  }
  const pending = await pendingMigrations(url, config.migrationsDirectory)
  if (pending.length > 0) {
    throw new CommandError("The database is of an older version: start this version's control plane once.")
  }
}

export interface OpenOptions {
  readonly config: Config
  readonly masterKey: Buffer
  readonly clock: Clock
  readonly log: Logger
}

/** Opens the database for `work`, whether a control plane runs or not, and closes it. */
export async function withDatabase<Result>(
  { config, masterKey, clock, log }: OpenOptions,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  await requireDatabase(config)
  const database = await openDatabase(config.databaseUrl.reveal())
  try {
    const vault = await openVault(database, masterKey, clock.now())
    const audit = await openAudit({ database, clock, log, vault })
    try {
      return await work({ database, vault, audit })
    } finally {
      await audit.stop()
    }
  } finally {
    await database.close()
  }
}
