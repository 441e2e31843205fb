/**
 * Secrets at rest: one master key, from it one key for each purpose (HKDF), and AES-256-GCM bound to the place the value
 * lives in. Where the master key comes from is in `master-key.ts`.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import { SealError } from "./seal-error.ts"

export { SealError } from "./seal-error.ts"
export { generateKeyFile, loadMasterKey, type MasterKey, type MasterKeySource } from "./master-key.ts"

/** Where a sealed value lives, e.g. [table, row, field]: the same list opens it, any other fails. */
export type SealContext = readonly string[]

const ALGORITHM = "aes-256-gcm"
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = "s1"

/** HKDF-SHA256 of the master key: 32 bytes, another key for every purpose. */
export function deriveKey(masterKey: Buffer, purpose: string): Buffer {
  requireKey(masterKey)
  return Buffer.from(hkdfSync("sha256", masterKey, Buffer.alloc(0), `lagrange ${purpose}`, KEY_BYTES))
}

/** AES-256-GCM under a 32-byte key, bound to `context`. Text `s1.` and base64url of nonce, ciphertext and tag. */
export function seal(key: Buffer, plaintext: string | Buffer, context: SealContext): string {
  requireKey(key)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(context))
  const ciphertext = Buffer.concat([
    typeof plaintext === "string" ? cipher.update(plaintext, "utf8") : cipher.update(plaintext),
    cipher.final(),
  ])
  return `${VERSION}.${Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString("base64url")}`
}

/** The plaintext of `seal`. Throws `SealError` when key, context, version or a single bit differs. */
export function open(key: Buffer, sealed: string, context: SealContext): Buffer {
  requireKey(key)
  const bytes = sealedBytes(sealed)
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const ciphertext = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
  // Without `authTagLength` node takes a tag of 4 bytes for a whole one.
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(context))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new SealError("A sealed value does not open: it was sealed under another key or place, or was changed.", {
      cause,
    })
  }
}

function sealedBytes(sealed: string): Buffer {
  const dot = sealed.indexOf(".")
  if (sealed.slice(0, dot) !== VERSION) throw new SealError("A sealed value has a form this version does not know.")
  const encoded = sealed.slice(dot + 1)
  const bytes = Buffer.from(encoded, "base64url")
  // node passes over characters that are not base64 and over loose last bits: only the one canonical spelling counts.
  if (bytes.toString("base64url") !== encoded || bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new SealError("A sealed value is damaged.")
  }
  return bytes
}

/** Each component with its length in front, so that ["ab", "c"] and ["a", "bc"] differ. */
function additionalData(context: SealContext): Buffer {
  return Buffer.concat(
    [VERSION, ...context].flatMap((component) => {
      const bytes = Buffer.from(component, "utf8")
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}

function requireKey(key: Buffer): void {
  if (key.length !== KEY_BYTES) throw new SealError(`A key for sealing has ${KEY_BYTES} bytes, not ${key.length}.`)
}
