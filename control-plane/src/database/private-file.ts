import { chmodSync, closeSync, existsSync, openSync } from "node:fs"

/**
 * Sealed or not, nobody else on the machine has business in it. Before SQLite opens the file, of which the log beside it takes its mode:
 * the data folder may be open to others.
 */
export function makePrivate(path: string): void {
  // One that is there is not opened: to close it again would take the locks of whoever has it open in this process.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600))
  chmodSync(path, 0o600)
}
