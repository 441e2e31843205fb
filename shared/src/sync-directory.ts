import { closeSync, constants, fsyncSync, openSync } from "node:fs"
import { dirname } from "node:path"

/** Makes durable which files are in the folder of this one. */
export function syncDirectoryOf(file: string): void {
  let descriptor: number | undefined
  try {
    descriptor = openSync(dirname(file), constants.O_RDONLY)
    fsyncSync(descriptor)
  } catch (error) {
    // Some systems do not open or sync directories; the file itself is on disk by then.
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown"
    if (!["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP"].includes(code)) throw error
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
