/** From a body's bytes to JSON, hostile input in mind: what could stall or confuse the parser is refused on the bytes, before it runs. */
import { isUtf8 } from "node:buffer"
import { GatewayError } from "../canonical/error.ts"

export const MAX_DEPTH = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const PROTO = "__proto__"

/** Throws `invalid_json` (a 400) that says what is wrong with the bytes. */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) throw new GatewayError("invalid_json", "The request body is empty; JSON was expected.")
  if (!isUtf8(body)) throw new GatewayError("invalid_json", "The request body is not valid UTF-8.")
  if (isDeeperThan(body, MAX_DEPTH)) {
    throw new GatewayError("invalid_json", `The request body is nested more than ${MAX_DEPTH} levels deep.`)
  }
  try {
    // The key can also be written with escapes; only a body that has one of the two pays for the check of every key.
    const mayNameProto = body.includes(PROTO) || body.includes("\\u005")
    return JSON.parse(body.toString("utf8"), mayNameProto ? refuseProto : undefined)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError("invalid_json", `The request body is not valid JSON${whereOf(error)}.`, { cause: error })
  }
}

/** The parser's own sentence may hold words of the body, which belong into no log: of it only the place is taken, where it has one. */
function whereOf(error: unknown): string {
  const [, at] = (error instanceof Error && /JSON at position (\d+)(?: \([a-z0-9 ]*\))?$/.exec(error.message)) || []
  return at === undefined ? "" : `: it breaks at character ${at}`
}

function refuseProto(key: string, value: unknown): unknown {
  if (key === PROTO) throw new GatewayError("invalid_json", `The request body has a field named ${PROTO}.`)
  return value
}

/** Counts brackets outside strings; jumps over strings, which are most of a prompt, with a native search. */
export function isDeeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === QUOTE) {
      index = stringEnd(bytes, index)
      if (index < 0) return false
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      if (++depth > limit) return true
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth--
  }
  return false
}

/** The closing quote of the string that opens at `start`, or -1. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(QUOTE, start + 1); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote
  }
  return -1
}
