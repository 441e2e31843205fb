const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}
/** Where a sealed value lives, e.g. [table, row, field]: the same list opens it, any other fails. */
export type SealContext = readonly string[]

/** A sealed value could not be opened, or a master key is not usable. The message is one sentence and holds no secret. */
export class SealError extends Error {
  override readonly name = "SealError"
}

export interface MasterKeySource {
  /** 32 bytes as base64, base64url or hex. */
  readonly masterKey?: string | undefined
  readonly masterKeyFile?: string | undefined
  /** Where a key file is generated when neither of the others is given. */
  readonly dataDirectory: string
}

export interface MasterKey {
  readonly key: Buffer
  /** True when this call made the key file. */
  readonly generated: boolean
  readonly file?: string
}

/** HKDF-SHA256 of the master key: 32 bytes, another key for every purpose. */
export function deriveKey(masterKey: Buffer, purpose: string): Buffer {
  return skeleton(masterKey, purpose)
}

/** AES-256-GCM under a 32-byte key, bound to `context`. Text `s1.<base64url of nonce, tag, ciphertext>`. */
export function seal(key: Buffer, plaintext: string | Buffer, context: SealContext): string {
  return skeleton(key, plaintext, context)
}

/** The plaintext of `seal`. Throws `SealError` when key, context, version or a single bit differs. */
export function open(key: Buffer, sealed: string, context: SealContext): Buffer {
  return skeleton(key, sealed, context)
}

export function loadMasterKey(source: MasterKeySource): MasterKey {
  return skeleton(source)
}
