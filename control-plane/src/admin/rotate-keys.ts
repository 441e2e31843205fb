import { linkSync, readFileSync, renameSync, rmSync, writeFileSync, existsSync } from "node:fs"
import { resolve } from "node:path"
import { generateKeyFile, loadMasterKey, SealError, type MasterKey } from "#shared/sealing.ts"
import { syncDirectoryOf } from "#shared/sync-directory.ts"
import type { Config } from "../config.ts"
import { openRaw } from "../database/raw.ts"
import { unwrapKey } from "../data-keys/keyring.ts"
import { NotTaken, rotateKeys as rotate } from "../data-keys/rotate.ts"
import { CommandError, textOption, UsageError, type Command } from "./command.ts"
import { commandLine, requireDatabase, requireMasterKey, withDatabase } from "./open.ts"

const PATIENCE_MS = 30_000

export const rotateKeys: Command = {
  name: "rotate-keys",
  summary: "seal everything with a new data key, and under a new master key",
  usage: "[--new-master-key-file FILE]",
  help: `What is sealed in the database is sealed with a data key, and that with the master key. This makes a new data
key and seals every value with it, some at a time: interrupted anywhere, the same command goes on from there.

With --new-master-key-file the data keys come under the key in FILE (which is made when it is missing) at once,
before any value is touched. Where the master key in force is a file, it is replaced by the new one and the old
one is kept beside it: backups of before can be opened with the old one only. Where it is MASTER_KEY, you are told
what to set.

Works while the gateway runs: control planes take the new key within seconds, and one that cannot (its MASTER_KEY
is in its environment) has to be started again with the new one; the command says so. Data planes notice nothing:
what they keep on disk is under their link token, not under the master key.`,
  options: { "new-master-key-file": { type: "string" } },
  arguments: 0,
  run: async (input) => {
    const { config, clock, log, say } = input
    const current = requireMasterKey(config)
    await requireDatabase(config)
    const next = newMasterKey(textOption(input, "new-master-key-file"), current)
    const databaseUrl = config.databaseUrl.reveal()
    // A run that was interrupted may have got as far as this.
    const masterKey = next !== undefined && (await isMasterKeyOf(databaseUrl, next.key)) ? next.key : current.key
    const kept: string[] = []
    let left: string | undefined
    const onRewrapped = (): void => {
      if (next === undefined || current.file === undefined) return
      try {
        kept.push(...putInPlace(next, current.file, clock.now()))
      } catch (error) {
        // The database has the new one already. Mounted from elsewhere, the file is for somebody else to replace.
        left = notReplaced(next, current.file, error)
        say(left)
      }
    }
    const options = { clock, masterKey, newMasterKey: next?.key, patienceMs: PATIENCE_MS, onRewrapped, say }
    const result = await withDatabase({ config, masterKey, clock, log }, ({ database, audit }) =>
      rotate({ databaseUrl, database, audit, by: commandLine(), ...options }),
    ).catch((error: unknown) => {
      if (!(error instanceof NotTaken)) throw error
      throw new CommandError([error.message, ...(left === undefined ? advice(config, next, kept) : [left])].join("\n"))
    })
    const { resumed, resealed, unreadable, removed, keptForOthers } = result
    const lines = [
      `${resumed ? "A rotation that was interrupted is finished" : "There is a new data key"}: ${resealed} values are sealed with it.`,
      ...(keptForOthers
        ? ["The data key before stays until this command runs once with the control plane stopped."]
        : []),
      ...(left === undefined ? advice(config, next, kept) : [left]),
      ...unreadable.map((place) => `does not open, and stays as it is: ${place}`),
    ]
    return {
      text: lines.join("\n"),
      data: { resumed, resealed, unreadable, removed, keptForOthers, oldMasterKeyFiles: kept },
      hasFailed: unreadable.length > 0 || left !== undefined,
    }
  },
}

function newMasterKey(file: string | undefined, current: MasterKey): MasterKey | undefined {
  if (file === undefined) return undefined
  const path = resolve(file)
  if (current.file !== undefined && resolve(current.file) === path) {
    throw new UsageError(`${path} is the master key in force: name another file for the new one.`)
  }
  return existsSync(path) ? loadMasterKey({ masterKeyFile: path, dataDirectory: "" }) : generateKeyFile(path)
}

async function isMasterKeyOf(databaseUrl: string, masterKey: Buffer): Promise<boolean> {
  const raw = await openRaw(databaseUrl)
  try {
    const rows = await raw.query(`SELECT "id", "number", "wrappedKey" FROM "DataKey"`)
    for (const { id, number, wrappedKey } of rows) {
      unwrapKey(masterKey, { id: String(id), number: Number(number), wrappedKey: String(wrappedKey) })
    }
    return rows.length > 0
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  } finally {
    await raw.close()
  }
}

/** The file in force holds the new key from now on. Gives where the old one is. */
function putInPlace(next: MasterKey, file: string, now: number): string[] {
  if (loadMasterKey({ masterKeyFile: file, dataDirectory: "" }).key.equals(next.key)) return []
  const old = `${file}.until-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}`
  const draft = `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, readFileSync(next.file ?? ""), { mode: 0o600, flag: "wx", flush: true })
    linkSync(file, old)
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
  syncDirectoryOf(file)
  return [old]
}

function notReplaced(next: MasterKey, file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return `The master key in ${file} could not be replaced (${reason}) and no longer opens the database: keep a copy of it for backups of before, and put what is in ${next.file} in its place NOW.`
}

/** What is left to a person. */
function advice({ masterKey }: Config, next: MasterKey | undefined, kept: readonly string[]): string[] {
  if (next === undefined) return []
  if (masterKey !== undefined) {
    return [
      `From now on MASTER_KEY has to be what is in ${next.file}: the one that is set no longer opens the database. (Or unset it and set MASTER_KEY_FILE=${next.file}.)`,
    ]
  }
  const old = kept.map((file) => `The old master key is kept as ${file}; backups of before need it.`)
  return [`The new master key is in force, and ${next.file} is a copy of it: keep one away from this machine.`, ...old]
}
