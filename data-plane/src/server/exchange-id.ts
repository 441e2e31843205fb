import { exchangeId, type ExchangeId } from "#shared/ids.ts"
import { randomFillSync } from "node:crypto"

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

/** Random bytes are drawn for many ids at once: one draw costs more than the rest of an id. */
const pool = Buffer.allocUnsafe(RANDOM_CHARACTERS * 256)
let used = pool.length

/** `req_` and a lower-case ULID: 48 bits of time, then 80 random bits, so that ids sort by when they were made. */
export function mintExchangeId(now: number): ExchangeId {
  let time = ""
  for (let rest = now, place = 0; place < TIME_CHARACTERS; place++) {
    time = (ALPHABET[rest % 32] ?? "") + time
    rest = Math.floor(rest / 32)
  }
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let random = ""
  for (let index = used; index < used + RANDOM_CHARACTERS; index++) random += ALPHABET[(pool[index] ?? 0) & 31] ?? ""
  used += RANDOM_CHARACTERS
  return exchangeId(`req_${time}${random}`)
}
