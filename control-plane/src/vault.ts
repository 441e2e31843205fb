/**
 * Secrets at rest: what a `sealed…` column holds is made and opened here and nowhere else. A sealed text is bound to its table,
 * row and field, so that one copied to another place does not open.
 */
import { createHmac } from "node:crypto"
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
  /** Tells whether two secrets are the same without keeping either; of no use to who has the database alone. */
  fingerprint(purpose: string, secret: string): string
  /** What the chain of audit events is made of: who has the database alone cannot make it. In hex. */
  auditMac(text: string): string
}

/** A vault under a key derived from the master key. */
export function createVault(masterKey: Buffer): Vault {
  const key = deriveKey(masterKey, "vault")
  const fingerprintKey = deriveKey(masterKey, "fingerprint")
  const context = (place: Place): string[] => ["vault", place.table, place.row, place.field]
  const auditKey = deriveKey(masterKey, "audit")
  return {
    seal: (place, plaintext) => seal(key, plaintext, context(place)),
    open: (place, sealed) => open(key, sealed, context(place)).toString("utf8"),
    fingerprint: (purpose, secret) =>
      createHmac("sha256", fingerprintKey).update(JSON.stringify([purpose, secret])).digest("base64url"),
    auditMac: (text) => createHmac("sha256", auditKey).update(text).digest("hex"),
  }
}
