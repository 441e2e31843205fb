/**
 * Secrets at rest: what a `sealed…` column holds is made and opened here and nowhere else. A sealed text is bound to its table,
 * row and field, so that one copied to another place does not open, and begins with the name of the data key that sealed it. Where
 * data keys come from is in `data-keys/keyring.ts`.
 */
import { createHmac } from "node:crypto"
import { deriveKey, open, seal, SealError } from "#shared/sealing.ts"

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

export interface VaultKeys {
  /** The name of the one that new values are sealed with. */
  readonly sealing: string
  readonly byId: ReadonlyMap<string, Buffer>
  /** Never changes: what was made with it could not be made again. */
  readonly mac: Buffer
}

/** Sealed texts of a time without data keys have no name in front; they are this one's. */
export const UNNAMED_KEY = "vault"

/** The name of the data key that sealed a text. */
export function keyOf(sealed: string): string {
  return sealed.startsWith("s1.") ? UNNAMED_KEY : sealed.slice(0, sealed.indexOf("."))
}

/** A vault over the keys that `keys` gives at the time of each call. */
export function createVault(keys: () => VaultKeys): Vault {
  const context = (place: Place, id: string): string[] => {
    const parts = ["vault", place.table, place.row, place.field]
    return id === UNNAMED_KEY ? parts : [...parts, id]
  }
  const keyAt = (id: string): Buffer => {
    const key = keys().byId.get(id)
    if (key === undefined) throw new SealError("A sealed value is under a data key that is not there.")
    return key
  }
  const hmac = (purpose: string, text: string) => createHmac("sha256", deriveKey(keys().mac, purpose)).update(text)
  return {
    seal: (place, plaintext) => {
      const id = keys().sealing
      const sealed = seal(keyAt(id), plaintext, context(place, id))
      return id === UNNAMED_KEY ? sealed : `${id}.${sealed}`
    },
    open: (place, sealed) => {
      const id = keyOf(sealed)
      const text = id === UNNAMED_KEY ? sealed : sealed.slice(id.length + 1)
      return open(keyAt(id), text, context(place, id)).toString("utf8")
    },
    fingerprint: (purpose, secret) => hmac("fingerprint", JSON.stringify([purpose, secret])).digest("base64url"),
    auditMac: (text) => hmac("audit", text).digest("hex"),
  }
}
