import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { installFromDebian } from "./debian.mjs"
import { PlainError } from "./progress.mjs"

/** Debian's package of tools holds the server too, under this name, without a service that would be started with it. */
const OF_DEBIAN = "/usr/bin/redis-check-rdb"
const NAMES = ["valkey-server", "redis-server"]

function find() {
  const folders = (process.env.PATH ?? "").split(delimiter)
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [process.env.VALKEY_SERVER_PATH, ...onPath, OF_DEBIAN].find((path) => path && existsSync(path))
}

/** The path of a Valkey or Redis for tests. Installs Debian's as root; elsewhere a `PlainError` says what is missing. */
export async function ensureValkey() {
  const found = find()
  if (found !== undefined) return found
  await installFromDebian("Redis", ["redis-tools"])
  const installed = find()
  if (installed !== undefined) return installed
  throw new PlainError(
    "The tests of what data planes share need Valkey or Redis: install your system's package named valkey or redis-server, or set VALKEY_SERVER_PATH to the server's program.",
  )
}
