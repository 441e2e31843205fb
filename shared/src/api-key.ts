const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}
export const API_KEY_PREFIX = "lag_"
export const LINK_TOKEN_PREFIX = "laglink_"
export const ADMIN_TOKEN_PREFIX = "lagadm_"
export type TokenPrefix = typeof API_KEY_PREFIX | typeof LINK_TOKEN_PREFIX | typeof ADMIN_TOKEN_PREFIX

export type RandomBytes = (length: number) => Buffer

/** A new API key: prefix, 43 characters of 256 random bits, 6 characters of checksum. */
export function mintApiKey(random?: RandomBytes): string {
  return skeleton(random)
}

/** A new token of the same build as an API key under another prefix. */
export function mintToken(prefix: TokenPrefix, random?: RandomBytes): string {
  return skeleton(prefix, random)
}

/** Has the form of one of our API keys; says nothing about the checksum. Keys set by hand (`API_KEY`) need not look like it. */
export function looksLikeApiKey(text: string): boolean {
  return skeleton(text)
}

/** The checksum at the end of a key or token of ours is right: false means a typo, before any look-up. */
export function hasValidChecksum(key: string): boolean {
  return skeleton(key)
}

/** What may be shown of a key: its prefix, the first 4 and the last 4 characters. */
export function apiKeyPrefix(key: string): string {
  return skeleton(key)
}

/** base64 of HMAC-SHA-256 under the pepper; what is stored and looked up instead of the key. */
export function digestApiKey(pepper: Buffer, key: string): string {
  return skeleton(pepper, key)
}

/** Compares two digests in constant time; digests of different length are unequal. */
export function digestsEqual(left: string, right: string): boolean {
  return skeleton(left, right)
}
