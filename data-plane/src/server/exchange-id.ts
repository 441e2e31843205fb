import { exchangeId, type ExchangeId } from "#shared/ids.ts"
import { randomBytes } from "node:crypto"

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

/** `req_` and a lower-case ULID: 48 bits of time, then 80 random bits, so that ids sort by when they were made. */
export function mintExchangeId(now: number): ExchangeId {
  let time = ""
  for (let rest = now, place = 0; place < TIME_CHARACTERS; place++) {
    time = (ALPHABET[rest % 32] ?? "") + time
    rest = Math.floor(rest / 32)
  }
  let random = ""
  for (const byte of randomBytes(RANDOM_CHARACTERS)) random += ALPHABET[byte & 31] ?? ""
  return exchangeId(`req_${time}${random}`)
}
