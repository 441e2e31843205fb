import { createHash, randomBytes } from "node:crypto"

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

/** A new row id: the prefix and 26 characters of 128 random bits, e.g. `acc_…`. */
export function newId(
  prefix:
    | "acc"
    | "key"
    | "lin"
    | "tok"
    | "usr"
    | "ses"
    | "nod"
    | "cmd"
    | "rpl"
    | "pip"
    | "err"
    | "aud"
    | "ask"
    | "alr"
    | "alt"
    | "evt"
    | "whk",
): string {
  const value = randomBytes(16)
  let bits = 0
  let held = 0
  let text = ""
  for (const byte of value) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return `${prefix}_${text}${ALPHABET.charAt((held << (5 - bits)) & 31)}`
}

/** sha256 in hex: what is stored of tokens that hold 256 random bits and so need no slow hash. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex")
}
