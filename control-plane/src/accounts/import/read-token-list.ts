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

/** Lines that are empty or begin with # are passed over. */
export function readTokenList(text: string): ReadLine[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index): ReadLine[] => {
    const trimmed = line.trim()
    return trimmed === "" || trimmed.startsWith("#") ? [] : [readLine(trimmed, index + 1)]
  })
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
