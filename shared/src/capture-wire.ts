/**
 * A captured exchange as bytes, on the link and (sealed) in the database: one line of JSON that says all but the texts, then their
 * bytes one after the other. So a data plane neither copies nor escapes what it captured. Pure.
 */
import {
  MAX_CAPTURE_BYTES,
  MAX_CAPTURED_ATTEMPTS,
  MAX_TRANSLATION_NOTES,
  REPLAY_TARGETS,
  TRANSLATION_KINDS,
  type CapturedAnswer,
  type CapturedAttempt,
  type CapturedExchange,
  type CapturedReplay,
  type CapturedText,
  type TranslationNote,
} from "./capture.ts"
import { isClientDialect } from "./client-dialect.ts"
import { accountId, apiKeyId, exchangeId } from "./ids.ts"
import { EXCHANGE_OUTCOMES } from "./link-protocol.ts"
import { COUNT, DURATION_MS, ID } from "./link-rules.ts"
import {
  asFields,
  asText,
  booleanAt,
  field,
  listAt,
  mapAt,
  numberAt,
  optionalAt,
  ShapeError,
  textAt,
  type Fields,
  type TextRule,
} from "./shape.ts"

/** A text as a data plane holds it. */
export interface CapturedBytes {
  readonly chunks: readonly Buffer[]
  /** Of the whole, captured or not. */
  readonly bytes: number
  readonly truncated: boolean
}

export const CAPTURE_MEDIA_TYPE = "application/x-lagrange-capture"
/** Beside the texts: names, headers and notes. */
const MAX_HEAD_BYTES = 4 * 1_048_576
export const MAX_CAPTURE_WIRE_BYTES = MAX_CAPTURE_BYTES + MAX_HEAD_BYTES

interface TextSize {
  readonly taken: number
  readonly bytes: number
  readonly truncated: boolean
}

/** As chunks, none of which is copied. */
export function encodeCapture(capture: CapturedExchange<CapturedBytes>): readonly Buffer[] {
  const chunks: Buffer[] = []
  const size = ({ chunks: own, bytes, truncated }: CapturedBytes): TextSize => {
    chunks.push(...own)
    return { taken: own.reduce((sum, chunk) => sum + chunk.length, 0), bytes, truncated }
  }
  const head = mapTexts(capture, size)
  return [Buffer.from(`${JSON.stringify(head)}\n`), ...chunks]
}

/** Taken for hostile input. Throws `ShapeError`. */
export function decodeCapture(bytes: Buffer): CapturedExchange {
  const end = bytes.indexOf(0x0a)
  if (end < 0 || end > MAX_HEAD_BYTES) throw new ShapeError("capture has no head")
  let at = end + 1
  const text = ({ taken, bytes: whole, truncated }: TextSize): CapturedText => {
    if (at + taken > bytes.length) throw new ShapeError("capture is shorter than it says")
    const own = bytes.subarray(at, at + taken)
    at += taken
    return { ...textOf(own, truncated), bytes: whole, truncated }
  }
  const capture = mapTexts(readHead(parse(bytes.toString("utf8", 0, end))), text)
  if (at !== bytes.length) throw new ShapeError("capture is longer than it says")
  return capture
}

/** Always in the same order: the order of their bytes. */
function mapTexts<From, To>(capture: CapturedExchange<From>, map: (text: From) => To): CapturedExchange<To> {
  const answer = ({ status, body }: CapturedAnswer<From>): CapturedAnswer<To> => ({ status, body: map(body) })
  const request = { ...capture.request, body: map(capture.request.body) }
  const attempts = capture.attempts.map((one): CapturedAttempt<To> => ({
    ...one,
    body: map(one.body),
    answer: answer(one.answer),
  }))
  return { ...capture, request, attempts, answer: answer(capture.answer) }
}

/** A cut may have left the beginning of a character at the end. */
function textOf(bytes: Buffer, truncated: boolean): Pick<CapturedText, "text" | "encoding"> {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    return { text: decoder.decode(bytes, { stream: truncated }), encoding: "utf8" }
  } catch {
    // No UTF-8, as a form with a picture is none.
    return { text: bytes.toString("base64"), encoding: "base64" }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ShapeError("capture has a head that is not JSON")
  }
}

const WORD: TextRule = { min: 1, max: 64, pattern: /^[\w.-]+$/ }
const PATH: TextRule = { max: 4_096 }
const HEADER: TextRule = { max: 16_384 }
const STATUS = { min: 0, max: 999 }
const MAX_HEADERS = 50
const REASON: TextRule = { max: 1_000, cut: true }

function readHead(value: unknown): CapturedExchange<TextSize> {
  const path = "capture"
  const fields = asFields(value, path)
  const dialect = textAt(fields, "dialect", path, WORD)
  if (!isClientDialect(dialect)) throw new ShapeError(`${path}.dialect is not a dialect this program knows`)
  const request = asFields(field(fields, "request"), `${path}.request`)
  return {
    exchangeId: exchangeId(textAt(fields, "exchangeId", path, WORD)),
    apiKeyId: apiKeyId(textAt(fields, "apiKeyId", path, ID)),
    startedAt: numberAt(fields, "startedAt", path, DURATION_MS),
    ...optionalAt(fields, "capturesErasedAt", (from, name) => numberAt(from, name, path, COUNT)),
    dialect,
    request: {
      path: textAt(request, "path", `${path}.request`, PATH),
      query: textAt(request, "query", `${path}.request`, PATH),
      headers: mapAt(request, "headers", `${path}.request`, { max: MAX_HEADERS }, (one, at) => asText(one, at, HEADER)),
      body: readSize(request, `${path}.request`),
    },
    attempts: listAt(fields, "attempts", path, { max: MAX_CAPTURED_ATTEMPTS }, readAttempt),
    attemptsLeftOut: numberAt(fields, "attemptsLeftOut", path, COUNT),
    answer: readAnswer(field(fields, "answer"), `${path}.answer`),
    notes: listAt(fields, "notes", path, { max: MAX_TRANSLATION_NOTES, cut: true }, readNote),
    ...optionalAt(fields, "replay", (from, name) => readReplay(from[name], `${path}.${name}`)),
  }
}

function readAttempt(value: unknown, path: string): CapturedAttempt<TextSize> {
  const fields = asFields(value, path)
  return {
    accountId: accountId(textAt(fields, "accountId", path, ID)),
    origin: textAt(fields, "origin", path, PATH),
    path: textAt(fields, "path", path, PATH),
    body: readSize(fields, path),
    answer: readAnswer(field(fields, "answer"), `${path}.answer`),
    ...optionalAt(fields, "failure", (from, name) => textAt(from, name, path, WORD)),
  }
}

function readAnswer(value: unknown, path: string): CapturedAnswer<TextSize> {
  const fields = asFields(value, path)
  return { status: numberAt(fields, "status", path, STATUS), body: readSize(fields, path) }
}

function readSize(parent: Fields, path: string): TextSize {
  const at = `${path}.body`
  const fields = asFields(field(parent, "body"), at)
  return {
    taken: numberAt(fields, "taken", at, COUNT),
    bytes: numberAt(fields, "bytes", at, COUNT),
    truncated: booleanAt(fields, "truncated", at),
  }
}

function readNote(value: unknown, path: string): TranslationNote {
  const fields = asFields(value, path)
  const told = textAt(fields, "kind", path, WORD)
  const kind = TRANSLATION_KINDS.find((known) => known === told)
  if (kind === undefined) throw new ShapeError(`${path}.kind must be one of ${TRANSLATION_KINDS.join(", ")}`)
  const text = (from: Fields, name: string): string => textAt(from, name, path, REASON)
  return {
    code: textAt(fields, "code", path, WORD),
    kind,
    reason: text(fields, "reason"),
    ...optionalAt(fields, "client", text),
    ...optionalAt(fields, "upstream", text),
    ...optionalAt(fields, "rule", text),
    ...optionalAt(fields, "times", (from, name) => numberAt(from, name, path, COUNT)),
  }
}

function readReplay(value: unknown, path: string): CapturedReplay {
  const fields = asFields(value, path)
  const told = textAt(fields, "target", path, WORD)
  const target = REPLAY_TARGETS.find((known) => known === told)
  if (target === undefined) throw new ShapeError(`${path}.target must be one of ${REPLAY_TARGETS.join(", ")}`)
  const outcome = EXCHANGE_OUTCOMES.find((known) => known === field(fields, "outcome"))
  if (outcome === undefined) throw new ShapeError(`${path}.outcome is not one of ${EXCHANGE_OUTCOMES.join(", ")}`)
  return {
    of: exchangeId(textAt(fields, "of", path, WORD)),
    target,
    replayId: textAt(fields, "replayId", path, ID),
    outcome,
    ...optionalAt(fields, "errorCode", (from, name) => textAt(from, name, path, WORD)),
  }
}
