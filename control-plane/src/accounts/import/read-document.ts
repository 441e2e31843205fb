/**
 * Reads a document of accounts in whatever format it is, and says which. Pure: text in, rows out. A document that is cut or no
 * document at all is refused whole, with the place; a row that is wrong is told by itself and holds up no other.
 */
import { InvalidInputError } from "../../failure.ts"
import { field, items, textField } from "../../json.ts"
import { checkOAuthClient, type OAuthClient } from "../oauth/clients.ts"
import { EXPORT_FORMAT, EXPORT_VERSION } from "../export/export-document.ts"
import type { ImportedDocument, ImportedRow, ImportFormat } from "./imported-row.ts"
import { readEntry, type EntryOptions } from "./read-entry.ts"
import { isOtherText, readLine, readTokenList } from "./read-token-list.ts"
import { splitJson, type JsonPiece } from "./split-json.ts"

/** A thousand accounts with all that other programs keep beside a token. */
export const MAX_DOCUMENT_LENGTH = 4_000_000
export const MAX_ROWS = 5_000

export function refuseDocument(code: string, message: string): never {
  throw new InvalidInputError(code, message, ["input", "document"])
}

/** Throws `InvalidInputError` for what is no document of accounts. A sealed one has to be opened first. */
export function readDocument(document: string): ImportedDocument {
  if (document.length > MAX_DOCUMENT_LENGTH) {
    refuseDocument("too_long", `A document has at most ${MAX_DOCUMENT_LENGTH} characters: import it in parts.`)
  }
  const text = withoutMark(document)
  if (text.trim() === "") refuseDocument("empty", "The document is empty.")
  const { formats, rows } = looksLikeJson(text) ? readJson(text) : readList(text)
  if (rows.length === 0) refuseDocument("no_accounts", "There is no account in the document.")
  if (rows.length > MAX_ROWS) refuseMany()
  return { formats: [...new Set(formats)], rows: rows.map((row, index) => ({ ...row, row: index + 1 })) }
}

function refuseMany(): never {
  refuseDocument("too_many", `A document has at most ${MAX_ROWS} accounts: import it in parts.`)
}

/** The sealed document, where it is one of ours; undefined: it is not. */
export function sealedPart(document: string): unknown {
  const text = withoutMark(document)
  if (document.length > MAX_DOCUMENT_LENGTH || !looksLikeJson(text)) return undefined
  const read = splitJson(text, 1)
  const [piece] = read.type === "pieces" ? read.pieces : []
  if (piece === undefined || textField(piece.value, "format") !== EXPORT_FORMAT) return undefined
  refuseVersion(piece.value)
  return field(piece.value, "sealed")
}

const withoutMark = (document: string): string => document.replace(/^\uFEFF/, "")

function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text)
}

type Unnumbered = ImportedRow extends infer Row ? (Row extends ImportedRow ? Omit<Row, "row"> : never) : never

interface Read {
  readonly formats: readonly ImportFormat[]
  readonly rows: readonly Unnumbered[]
}

function readList(text: string): Read {
  const lines = readTokenList(text, MAX_ROWS)
  if (lines.length > 0 && isOtherText(lines)) {
    refuseDocument(
      "not_understood",
      "This is neither JSON nor a list of refresh tokens, one a line. docs/guides/import.md shows what is taken.",
    )
  }
  return { formats: ["TOKEN_LIST"], rows: lines.map((line) => ({ ...line, ...NOTHING_LOST })) }
}

const NOTHING_LOST = { notCarried: [] } as const

function readJson(text: string): Read {
  const read = splitJson(text, MAX_ROWS)
  if (read.type === "too-many") refuseMany()
  if (read.type === "broken") {
    refuseDocument(
      "malformed",
      `The document begins like JSON and breaks off at line ${read.line}; it may have been cut. Nothing was imported.`,
    )
  }
  const isOne = read.pieces.length === 1
  const formats = new Set<ImportFormat>()
  const all: Unnumbered[] = []
  for (const piece of read.pieces) {
    const { formats: ofPiece, rows } = readPiece(piece, isOne)
    for (const format of ofPiece) formats.add(format)
    for (const row of rows) all.push(row)
    if (all.length > MAX_ROWS) refuseMany()
  }
  return { formats: [...formats], rows: all }
}

function readPiece({ value, line }: JsonPiece, isOne: boolean): Read {
  const place = isOne ? undefined : line
  if (typeof value === "string")
    return { formats: ["TOKEN_LIST"], rows: [{ ...readLine(value.trim(), line), ...NOTHING_LOST }] }
  if (textField(value, "format") === EXPORT_FORMAT) return readOurs(value, place)
  if (field(value, "current_account_id") !== undefined && field(value, "accounts") !== undefined) {
    refuseDocument(
      "no_tokens",
      "This is the index of Antigravity-Manager, which holds no tokens: import its export, or the files in its folder accounts.",
    )
  }
  const listed = Array.isArray(value) ? items(value) : field(value, "accounts")
  if (Array.isArray(listed)) {
    if (listed.length > MAX_ROWS) refuseMany()
    if (listed.length > 0 && listed.every((entry) => typeof entry === "string")) {
      const rows = listed.map((entry, index) => ({
        ...readLine(entry.trim(), index + 1),
        line: place,
        ...NOTHING_LOST,
      }))
      return { formats: ["TOKEN_LIST"], rows }
    }
    return { formats: [formatOf(value, listed)], rows: readEntries(listed, place, FOREIGN) }
  }
  if (typeof value === "object" && value !== null) {
    return { formats: [formatOf(value, [value])], rows: readEntries([value], place, FOREIGN) }
  }
  refuseDocument(
    "not_understood",
    "There is no list of accounts in the document. docs/guides/import.md shows what is taken.",
  )
}

const FOREIGN: EntryOptions = { isOurs: false, clients: new Map() }

function readEntries(entries: readonly unknown[], line: number | undefined, options: EntryOptions): Unnumbered[] {
  if (entries.length > MAX_ROWS) refuseMany()
  return entries.map((entry) => ({ line, ...readEntry(entry, options) }))
}

function formatOf(document: unknown, entries: readonly unknown[]): ImportFormat {
  const some = (name: string): boolean => entries.some((entry) => field(entry, name) !== undefined)
  if (some("type")) return "CLI_PROXY_API"
  if (some("refreshToken") || field(document, "activeIndex") !== undefined) return "ANTIGRAVITY_CLAUDE_PROXY"
  return some("project_id") && !some("token") ? "ANTIGRAVITY_PROXY" : "ANTIGRAVITY_MANAGER"
}

function refuseVersion(document: unknown): void {
  if (field(document, "version") === EXPORT_VERSION) return
  refuseDocument(
    "version",
    `This export has a version that this gateway does not know; it takes version ${EXPORT_VERSION}. Update it, or export anew.`,
  )
}

function readOurs(document: unknown, line: number | undefined): Read {
  refuseVersion(document)
  const clients = new Map<string, OAuthClient>()
  for (const client of items(field(document, "oauthClients"))) {
    try {
      const read = checkOAuthClient(textField(client, "clientId") ?? "", textField(client, "clientSecret") ?? "", [])
      clients.set(read.fingerprint, read)
    } catch (error) {
      // Accounts that came from it then take the client in force, like any that bring none.
      if (!(error instanceof InvalidInputError)) throw error
    }
  }
  return {
    formats: ["LAGRANGE"],
    rows: readEntries(items(field(document, "accounts")), line, { isOurs: true, clients }),
  }
}
