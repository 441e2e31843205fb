import { mkdirSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Manifest } from "../backup/manifest.ts"
import { writeBackup } from "../backup/write.ts"
import { hasDatabase } from "../database/migrate.ts"
import { CommandError, textOption, type Command } from "./command.ts"
import { requireMasterKey } from "./open.ts"

export const backup: Command = {
  name: "backup",
  summary: "write the whole database into one encrypted file, while the gateway runs",
  usage: "[--to FILE] [--without-requests] [--force]",
  help: `Writes everything that is in the database (SQLite or PostgreSQL) as it is at one moment into one file, and
reads it back before it gets its name. Nobody waits for it, and it works while the gateway runs.

The file is encrypted under the MASTER KEY, which is NOT in it: keep a copy of the key somewhere else. Without
the key nobody can read the file, you included.

  --to FILE             where to; without it a file in DATA_DIR/backups with the time in its name
  --without-requests    leave out the records of requests: the largest part by far
  --force               take the place of a file that is there`,
  options: { to: { type: "string" }, "without-requests": { type: "boolean" }, force: { type: "boolean" } },
  arguments: 0,
  run: async (input) => {
    const { config, clock, values } = input
    const databaseUrl = config.databaseUrl.reveal()
    const { key: masterKey, file } = requireMasterKey(config)
    if (!(await hasDatabase(databaseUrl))) {
      throw new CommandError("There is no database yet, so there is nothing to back up: see DATA_DIR and DATABASE_URL.")
    }
    const path = resolve(textOption(input, "to") ?? defaultPath(config.dataDirectory, clock.now()))
    const withoutRequests = values["without-requests"] === true
    const now = clock.now()
    const options = { databaseUrl, masterKey, path, withoutRequests, now, force: values.force === true }
    const manifest = await writeBackup(options)
    const { size } = statSync(path)
    const keyAt = file ?? "the environment (MASTER_KEY)"
    return {
      text: `${path}: ${(size / 1024).toFixed(0)} KiB, read back and whole.
${describe(manifest)}
The master key is NOT in it. Keep a copy of ${keyAt} elsewhere: without it this file cannot be opened.`,
      data: { path, bytes: size, ...manifest },
    }
  },
}

function defaultPath(dataDirectory: string, now: number): string {
  const folder = join(dataDirectory, "backups")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, `lagrange-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}.backup`)
}

/** A manifest for a person. */
export function describe({ version, createdAt, database, migration, without, tables }: Manifest): string {
  const counts = Object.entries(tables)
    .filter(([, { rows }]) => rows > 0)
    .map(([name, { rows }]) => `${name} ${rows}`)
  const left = without.length === 0 ? "" : `\n  left out: ${without.join(", ")}`
  return `  made ${createdAt} by Lagrange ${version} from ${database}, schema ${migration}
  rows: ${counts.join(", ") || "none"}${left}`
}
