import { resolve } from "node:path"
import { loadMasterKey } from "#shared/sealing.ts"
import { planRestore, restore as restoreBackup, type Present, type RestorePlan } from "../backup/restore.ts"
import { describe } from "./backup.ts"
import { textOption, UsageError, type Command } from "./command.ts"
import { commandLine, requireMasterKey } from "./open.ts"

export const restore: Command = {
  name: "restore",
  summary: "put a backup in the place of the database",
  usage: "FILE [--dry-run] [--backup-key-file FILE]",
  help: `Puts a backup in the place of the database. The whole file is checked first; what was there is kept beside
it, and its place is named at the end. A backup of an older version is brought up to date, one of a newer version
is refused. It may come from the other kind of database: SQLite to PostgreSQL and back.

The CONTROL PLANE MUST BE STOPPED, and the command refuses while one uses the database. Data planes that run on
their own go on serving; they take the restored state as soon as the control plane is back, because the epoch of
snapshots rises.

As of the backup, API keys and admin tokens that were removed since then work again, and accounts have the
tokens of then. Everybody has to sign in to the panel again.

  --dry-run               check everything and say what would be done; works while the gateway runs
  --backup-key-file FILE  the master key of the time of the backup, where it was another one; what is restored
                          is under the key in force`,
  options: { "dry-run": { type: "boolean" }, "backup-key-file": { type: "string" } },
  arguments: 1,
  run: async (input) => {
    const { config, clock, log } = input
    const [file] = input.arguments
    if (file === undefined) throw new UsageError("Which backup? Name its file.")
    const path = resolve(file)
    const { key: masterKey } = requireMasterKey(config)
    const keyFile = textOption(input, "backup-key-file")
    const backupKey =
      keyFile === undefined
        ? undefined
        : loadMasterKey({ masterKeyFile: resolve(keyFile), dataDirectory: config.dataDirectory }).key
    const databaseUrl = config.databaseUrl.reveal()
    const by = commandLine()
    const options = { ...config, databaseUrl, masterKey, backupKey, path, clock, log, by }
    const plan = await planRestore(options)
    const text = tell(path, plan)
    if (input.values["dry-run"] === true) {
      return { text: `${text}\nNothing was changed.`, data: { dryRun: true, path, ...plan } }
    }
    input.say(text)
    const { keptAs, epoch } = await restoreBackup(options, plan)
    const kept =
      keptAs === undefined ? "" : `\nWhat was there is kept as ${keptAs}; remove it when you no longer need it.`
    return {
      text: `Restored, with the snapshots' epoch at ${epoch}. Start the control plane.${kept}`,
      data: { dryRun: false, path, ...plan, keptAs, epoch },
    }
  },
}

function tell(path: string, { manifest, into, toMigrate, present }: RestorePlan): string {
  const newer = toMigrate.length === 0 ? "" : `\n  ${toMigrate.length} migrations bring it up to date`
  return `${path} is whole:\n${describe(manifest)}${newer}\nIt would replace, in ${into}: ${tellPresent(present)}`
}

function tellPresent(present: Present): string {
  switch (present.state) {
    case "none":
      return "nothing; there is no database"
    case "unreadable":
      return `a database that cannot be read (${present.reason})`
    case "readable": {
      const rows = Object.entries(present.rows).filter(([, count]) => count > 0)
      return rows.map(([name, count]) => `${name} ${count}`).join(", ") || "a database without a row"
    }
  }
}
