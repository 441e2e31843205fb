/**
 * Secrets at rest: what a `sealed…` column holds is made and opened here and nowhere else. A sealed text is bound to its table,
 * row and field, so that one copied to another place does not open.
 */
import { deriveKey, open, seal } from "#shared/sealing.ts"

export interface Place {
  readonly table: string
  readonly row: string
  readonly field: string
}

export interface Vault {
  seal(place: Place, plaintext: string): string
  /** Throws `SealError` when key, place or a single bit differs. */
  open(place: Place, sealed: string): string
}

/** A vault under a key derived from the master key. */
export function createVault(masterKey: Buffer): Vault {
  const key = deriveKey(masterKey, "vault")
  const context = (place: Place): string[] => ["vault", place.table, place.row, place.field]
  return {
    seal: (place, plaintext) => seal(key, plaintext, context(place)),
    open: (place, sealed) => open(key, sealed, context(place)).toString("utf8"),
  }
}
