/** Keys and tokens of ours: how they are made, recognised, shown and stored. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { crc32 } from "node:zlib"

export const API_KEY_PREFIX = "lag_"
export const LINK_TOKEN_PREFIX = "laglink_"
export const ADMIN_TOKEN_PREFIX = "lagadm_"
export type TokenPrefix = typeof API_KEY_PREFIX | typeof LINK_TOKEN_PREFIX | typeof ADMIN_TOKEN_PREFIX

export type RandomBytes = (length: number) => Buffer

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const SECRET_BYTES = 32
/** 62^43 is just above 2^256, 62^6 above 2^32. */
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const FORM = new RegExp(`^(?:lag_|laglink_|lagadm_)[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)

/** A new API key: prefix, 43 characters of 256 random bits, 6 characters of checksum, all letters and digits. */
export function mintApiKey(random: RandomBytes = randomBytes): string {
  return mintToken(API_KEY_PREFIX, random)
}

/** A new token of the same build as an API key under another prefix. */
export function mintToken(prefix: TokenPrefix, random: RandomBytes = randomBytes): string {
  const value = BigInt(`0x${random(SECRET_BYTES).toString("hex")}`)
  const body = `${prefix}${base62(value, SECRET_LENGTH)}`
  return `${body}${checksum(body)}`
}

/** Has the form of one of our API keys; says nothing about the checksum. Keys set by hand (`API_KEY`) need not look like it. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(API_KEY_PREFIX) && FORM.test(text)
}

/** The checksum at the end of a key or token of ours is right: false means a typo, before any look-up. */
export function hasValidChecksum(key: string): boolean {
  return FORM.test(key) && checksum(key.slice(0, -CHECKSUM_LENGTH)) === key.slice(-CHECKSUM_LENGTH)
}

/** What may be shown of a key: its prefix, the first 4 and the last 4 characters; of a key of another form less. */
export function apiKeyPrefix(key: string): string {
  if (FORM.test(key)) {
    const bodyStart = key.indexOf("_") + 1
    return `${key.slice(0, bodyStart + 4)}…${key.slice(-4)}`
  }
  return key.length < 16 ? "…" : `${key.slice(0, 2)}…${key.slice(-2)}`
}

/** base64 of HMAC-SHA-256 under the pepper; what is stored and looked up instead of the key. */
export function digestApiKey(pepper: Buffer, key: string): string {
  return createHmac("sha256", pepper).update(key, "utf8").digest("base64")
}

/** Compares two digests in constant time; digests of different length are unequal. */
export function digestsEqual(left: string, right: string): boolean {
  const leftBytes = Buffer.from(left, "utf8")
  const rightBytes = Buffer.from(right, "utf8")
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes)
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH)
}

function base62(value: bigint, length: number): string {
  let rest = value
  let digits = ""
  for (let place = 0; place < length; place += 1) {
    digits = `${ALPHABET[Number(rest % 62n)] ?? ""}${digits}`
    rest /= 62n
  }
  return digits
}
