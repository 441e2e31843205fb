/** Reads a bare list: a refresh token a line, alone or with its address before or behind it. Pure. */
import { Secret } from "#shared/secret.ts"
import { notARefreshToken } from "./read-entry.ts"
import type { ImportedAccount } from "./imported-row.ts"

/** Real ones have a hundred characters; a word of a text that was pasted by mistake has fewer. */
const MIN_TOKEN_LENGTH = 16

export type ReadLine =
  | { readonly type: "account"; readonly line: number; readonly account: ImportedAccount }
  | { readonly type: "invalid"; readonly line: number; readonly email: string | undefined; readonly message: string }

const MORE = "There is more on this line than an address and a refresh token."
const SHORT = "This is too short for a refresh token."

/** Whether lines are those of some other text altogether. */
export function isOtherText(lines: readonly ReadLine[]): boolean {
  return lines.every((line) => line.type === "invalid" && (line.message === MORE || line.message === SHORT))
}

/**
 * Lines that are empty or begin with # are passed over. At most `most` are read, and one more that tells that there are more: a text of
 * millions of lines costs no more than one of as many as are taken.
 */
export function readTokenList(text: string, most: number): ReadLine[] {
  const lines: ReadLine[] = []
  const breaks = /\r\n|\r|\n|$/g
  let from = 0
  for (let number = 1; from <= text.length && lines.length <= most; number += 1) {
    breaks.lastIndex = from
    const { index: end = text.length, 0: sign = "" } = breaks.exec(text) ?? {}
    const trimmed = text.slice(from, end).trim()
    if (trimmed !== "" && !trimmed.startsWith("#")) lines.push(readLine(trimmed, number))
    from = end + Math.max(1, sign.length)
  }
  return lines
}

const ADDRESS = /^[^\s@<>",;|]+@[^\s@<>",;|]+$/

export function readLine(text: string, line: number): ReadLine {
  const pieces = text.split(/\s*(?:[\s,;|]|-{4,})\s*/).filter((piece) => piece !== "")
  const email = pieces.find((piece) => ADDRESS.test(piece))?.toLowerCase()
  const rest = pieces.filter((piece) => piece.toLowerCase() !== email)
  const invalid = (message: string): ReadLine => ({ type: "invalid", line, email, message })
  const [token] = rest
  if (token === undefined) return invalid("There is an address and no refresh token.")
  if (rest.length > 1) return invalid(MORE)
  const wrong = notARefreshToken(token)
  if (wrong !== undefined) return invalid(wrong)
  if (token.length < MIN_TOKEN_LENGTH) return invalid(SHORT)
  return { type: "account", line, account: { ...NOTHING_SAID, email, refreshToken: new Secret(token) } }
}

const NOTHING_SAID: Omit<ImportedAccount, "refreshToken"> = {
  email: undefined,
  label: undefined,
  projectId: undefined,
  projectIsGiven: false,
  enabled: undefined,
  weight: undefined,
  priority: undefined,
  maxConcurrent: undefined,
  reserve: undefined,
  disabledModels: undefined,
  tags: undefined,
  client: undefined,
}
