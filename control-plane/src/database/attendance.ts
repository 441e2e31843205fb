/**
 * Who is there, on SQLite: an empty database beside the real one, in which who attends stays a reader. Who wants to be alone asks to be
 * its only one. The system ends both with the process, however that comes about.
 */
import { existsSync, rmSync } from "node:fs"
import { createClient, type Client } from "@libsql/client"
import { isBusy } from "./busy.ts"
import { makePrivate } from "./private-file.ts"

/** Nobody waits inside SQLite: that would block the thread, and with it an attendant in the same process. */
const TRY_MS = 1

function open(path: string): Client {
  makePrivate(path)
  return createClient({ url: `file:${path}`, timeout: TRY_MS })
}

async function holding(client: Client, ...statements: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  try {
    for (const statement of statements) await client.execute(statement)
  } catch (error) {
    client.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return async () => {
    if (client.closed) return
    await client.execute("ROLLBACK")
    client.close()
  }
}

/** Stays until the returned function is called. Undefined: somebody is alone there. */
export function attendFile(path: string): Promise<(() => Promise<void>) | undefined> {
  return holding(open(path), "BEGIN", "SELECT count(*) FROM sqlite_schema")
}

/** Undefined: somebody attends. */
export function excludeFile(path: string): Promise<(() => Promise<void>) | undefined> {
  return holding(open(path), "BEGIN EXCLUSIVE")
}

/** Takes the file away, unless somebody attends. Only where nobody comes to attend there again: who opened it already would be alone with it. */
export async function forgetFile(path: string): Promise<void> {
  if (!existsSync(path)) return
  const release = await excludeFile(path)
  if (release === undefined) return
  rmSync(path, { force: true })
  await release()
}
