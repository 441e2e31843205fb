/**
 * Opens the body of a refusal, whatever it is: Google's `{"error":{…}}`, an array of such, an OAuth `{"error":"…"}`, a
 * JSON document inside `message` (Claude on this upstream), HTML or plain text. Never throws.
 */
export interface ErrorBody {
  readonly isJson: boolean
  readonly isHtml: boolean
  /** `error.code` when it is a number. */
  readonly code?: number
  /** `error.status`, or the `error` of an OAuth answer. */
  readonly status?: string
  /** The innermost message, white space collapsed; the whole text when the body is not JSON. */
  readonly message: string
  /** All messages from the outside in, joined: what patterns are matched against. */
  readonly searchable: string
  /** `details` of every level, in their order. */
  readonly details: readonly Readonly<Record<string, unknown>>[]
  /** `reason` of every `ErrorInfo`. */
  readonly reasons: ReadonlySet<string>
}

/** Bodies are cut here: no refusal needs more, and every pattern stays cheap. */
const MAX_TEXT = 65_536
const MAX_DEPTH = 4
const MAX_DETAILS = 100

export function openErrorBody(body: unknown): ErrorBody {
  const value = typeof body === "string" ? parseJson(body.slice(0, MAX_TEXT)) : body
  if (!isRecord(value) && !Array.isArray(value))
    return plainBody(typeof body === "string" ? body.slice(0, MAX_TEXT) : "")
  const levels = collectLevels(value)
  const messages = levels.map((level) => level.message).filter((message) => message !== "")
  const details = levels.flatMap((level) => level.details).slice(0, MAX_DETAILS)
  const code = levels.find((level) => level.code !== undefined)?.code
  const status = levels.find((level) => level.status !== undefined)?.status
  return {
    isJson: true,
    isHtml: messages.some(looksLikeHtml),
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    message: messages.at(-1) ?? "",
    searchable: messages.join(" "),
    details,
    reasons: new Set(
      details.filter((detail) => isType(detail, "ErrorInfo")).flatMap((detail) => textOf(detail.reason)),
    ),
  }
}

/** `@type` ends with the name; a detail without a type is taken for what its fields say. */
export function isType(detail: Readonly<Record<string, unknown>>, name: string): boolean {
  const type = detail["@type"]
  if (typeof type === "string") return type.endsWith(`.${name}`) || type.endsWith(`/${name}`) || type === name
  if (name === "ErrorInfo") return typeof detail.reason === "string"
  return name === "RetryInfo" && detail.retryDelay !== undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** The text as a list of one, or an empty list: for `flatMap`. */
export function textOf(value: unknown): readonly string[] {
  return typeof value === "string" && value !== "" ? [value] : []
}

/** Upstream texts carry tabs and line ends in the middle of sentences. */
export function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim()
}

interface Level {
  readonly code?: number
  readonly status?: string
  readonly message: string
  readonly details: readonly Readonly<Record<string, unknown>>[]
}

function collectLevels(outer: unknown): Level[] {
  const levels: Level[] = []
  let value: unknown = outer
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (Array.isArray(value)) value = value.find(isRecord)
    if (!isRecord(value)) break
    const { level, inner } = readLevel(value)
    levels.push(level)
    if (inner === undefined) break
    value = inner
  }
  return levels
}

function readLevel(value: Readonly<Record<string, unknown>>): { level: Level; inner: unknown } {
  if (typeof value.error === "string") {
    // OAuth: `error` is the code, `error_description` the text.
    const message = collapse(textOf(value.error_description)[0] ?? value.error)
    return { level: { status: value.error, message, details: [] }, inner: undefined }
  }
  const error = isRecord(value.error) ? value.error : value
  const text = textOf(error.message)[0] ?? ""
  const inner = /^\s*[{[]/.test(text) ? parseJson(text) : undefined
  return {
    level: {
      ...(typeof error.code === "number" ? { code: error.code } : {}),
      ...(typeof error.status === "string" ? { status: error.status } : {}),
      message: inner === undefined ? collapse(text.slice(0, MAX_TEXT)) : "",
      details: Array.isArray(error.details) ? error.details.filter(isRecord) : [],
    },
    inner,
  }
}

function plainBody(text: string): ErrorBody {
  const message = collapse(text)
  return { isJson: false, isHtml: looksLikeHtml(text), message, searchable: message, details: [], reasons: new Set() }
}

function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<title)/i.test(text) || /<\/(?:html|body|title)>/i.test(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: the caller takes it as text
  }
}
