/** The disk of the database is full: nothing is lost, nothing can be changed, and all goes on by itself when there is room again. */
import { RefusedError } from "../failure.ts"

/** Of PostgreSQL: disk_full. */
const DISK_FULL = "53100"

/** Whether SQLite or PostgreSQL says that there is no room. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = "code" in error ? String(error.code) : ""
  return (
    code.startsWith("SQLITE_FULL") || code === DISK_FULL || /SQLITE_FULL|No space left on device/.test(error.message)
  )
}

/** Throws `RefusedError` where it could not be written for want of room. */
export async function refusingWhenFull<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!isFull(error)) throw error
    throw new RefusedError(
      "storage_full",
      "The disk of the database is full, so nothing was changed: free some space; all goes on by itself then.",
    )
  }
}
