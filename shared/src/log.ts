/**
 * The log of a process: one line for each event, JSON for machines or short text for people. Secrets are taken out by field
 * name and by form. Logging never throws and never waits: a sink that is full loses lines, and the next line that fits says
 * how many.
 */
import { styleText } from "node:util"
import { redactSecrets } from "./redact.ts"
import { Secret } from "./secret.ts"

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = "json" | "pretty"
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** Lines lost because the sink was blocked. */
  readonly dropped: number
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Takes one line with its line end; false means that it did not take it. Default: standard output, never waiting. */
  readonly write?: (line: string) => boolean | void
  readonly now?: () => number
}

export function createLogger(options: LoggerOptions): Logger {
  const { level, format, write = writeToStandardOutput, now = Date.now } = options
  const least = LOG_LEVELS.indexOf(level)
  let dropped = 0
  let unreported = 0

  function put(line: string): boolean {
    try {
      return write(line) !== false
    } catch {
      return false // a sink that fails is a sink that is blocked: the line counts as dropped
    }
  }

  function log(lineLevel: LogLevel, event: string, fields: LogFields | undefined): void {
    if (LOG_LEVELS.indexOf(lineLevel) < least) return
    if (unreported > 0 && put(formatLine(format, now(), "warn", "log lines dropped", { count: unreported })))
      unreported = 0
    if (put(formatLine(format, now(), lineLevel, event, fields))) return
    dropped += 1
    unreported += 1
  }

  return {
    debug: (event, fields) => log("debug", event, fields),
    info: (event, fields) => log("info", event, fields),
    warn: (event, fields) => log("warn", event, fields),
    error: (event, fields) => log("error", event, fields),
    get dropped() {
      return dropped
    },
  }
}

const MAX_BUFFERED_BYTES = 1_048_576

function writeToStandardOutput(line: string): boolean {
  // A reader that went away (EPIPE) must not end the process: its lines are simply lost.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined)
  if (process.stdout.writableLength > MAX_BUFFERED_BYTES) return false
  process.stdout.write(line)
  return true
}

const SECRET_FIELD =
  /token(?!s|Count)|secret|password|passwd|passphrase|authorization|cookie|api_?-?key(?!_?id|_?name|_?prefix|s\b)|master_?key|private_?key|pepper|credential(?!_?refused)|session_?id|(?:^|_)key$/i
const MAX_NAME = 200
const MAX_TEXT = 4_000
const MAX_ENTRIES = 100
const MAX_DEPTH = 5

function formatLine(
  format: LogFormat,
  at: number,
  level: LogLevel,
  event: string,
  fields: LogFields | undefined,
): string {
  try {
    const clean = cleanFields(fields ?? {}, 0, new Set())
    const time = isoTime(at)
    const name = redactSecrets(event.slice(0, MAX_TEXT))
    if (format === "json")
      return `${toJson({ time, level, event: name, ...without(clean, "time", "level", "event") })}\n`
    const shown = Object.entries(clean).map(([key, value]) => ` ${showValue(key)}=${showValue(value)}`)
    return `${time.slice(11, 23)} ${paintLevel(level)} ${oneLine(name)}${shown.join("")}\n`
  } catch {
    // A getter that throws, a hostile `toJSON`: the event itself is still worth a line.
    return format === "json"
      ? `${JSON.stringify({ level, event: "unprintable log fields" })}\n`
      : "unprintable log fields\n"
  }
}

/** What somebody has to look at stands out where a terminal shows colours (NO_COLOR and FORCE_COLOR are Node's to heed). */
function paintLevel(level: LogLevel): string {
  const word = level.toUpperCase().padEnd(5)
  const colour = { debug: "dim", info: undefined, warn: "yellow", error: "red" } as const
  const format = colour[level]
  return format === undefined ? word : styleText(format, word, { stream: process.stdout })
}

type Clean = string | number | boolean | null | Clean[] | { [key: string]: Clean }

function cleanFields(fields: object, depth: number, seen: Set<object>): Record<string, Clean> {
  const entries: [string, Clean][] = []
  for (const [key, value] of Object.entries(fields).slice(0, MAX_ENTRIES)) {
    if (value === undefined) continue
    const name = cleanName(key)
    entries.push([name.shown, isSecretField(name, value) ? "[redacted]" : cleanValue(value, depth, seen)])
  }
  return Object.fromEntries(entries)
}

interface FieldName {
  readonly shown: string
  readonly isSecret: boolean
}

/** The names that our own code gives to fields: few, and the same in every line. */
const knownNames = new Map<string, FieldName>()
const MAX_KNOWN_NAMES = 500

function cleanName(key: string): FieldName {
  const known = knownNames.get(key)
  if (known !== undefined) return known
  const name = { shown: redactSecrets(key.slice(0, MAX_NAME)), isSecret: SECRET_FIELD.test(key) }
  // Names that come from elsewhere must not grow it.
  if (knownNames.size < MAX_KNOWN_NAMES && key.length <= MAX_NAME) knownNames.set(key, name)
  return name
}

/** A number or a truth value under such a name is a count or a flag, never the secret. */
function isSecretField(name: FieldName, value: unknown): boolean {
  return name.isSecret && typeof value !== "number" && typeof value !== "boolean" && value !== null
}

function cleanValue(value: unknown, depth: number, seen: Set<object>): Clean {
  switch (typeof value) {
    case "string":
      return redactSecrets(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value)
    case "number":
      return Number.isFinite(value) ? value : String(value)
    case "boolean":
      return value
    case "object":
      return value === null ? null : cleanObject(value, depth, seen)
    default:
      return redactSecrets(String(value))
  }
}

function cleanObject(value: object, depth: number, seen: Set<object>): Clean {
  if (value instanceof Secret) return "[redacted]"
  if (value instanceof Date) return isoTime(value.getTime())
  if (value instanceof URL) return redactSecrets(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH || seen.has(value)) return "[…]"
  seen.add(value)
  try {
    if (value instanceof Error) return cleanError(value, depth, seen)
    if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((entry) => cleanValue(entry, depth + 1, seen))
    return cleanFields(value, depth + 1, seen)
  } finally {
    seen.delete(value)
  }
}

function cleanError(error: Error, depth: number, seen: Set<object>): Clean {
  const extra: Record<string, unknown> = Object.fromEntries(Object.entries(error))
  if (error.cause !== undefined) extra.cause = error.cause
  return {
    name: error.name,
    message: cleanValue(error.message, depth, seen),
    ...without(cleanFields(extra, depth + 1, seen), "name", "message", "stack"),
    ...(error.stack === undefined ? {} : { stack: cleanValue(error.stack, depth, seen) }),
  }
}

function without(fields: Record<string, Clean>, ...names: readonly string[]): Record<string, Clean> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

function isoTime(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? "0000-00-00T00:00:00.000Z" : date.toISOString()
}

/** Short values as they are; anything that could break the line or the eye as JSON. */
function showValue(value: Clean): string {
  if (typeof value === "string") return /^[^\s"'={}[\]]+$/.test(value) && !hasControl(value) ? value : toJson(value)
  return toJson(value)
}

function oneLine(text: string): string {
  return hasControl(text) ? toJson(text) : text
}

/** JSON leaves line separators and the second block of control characters as they are; some terminals act on them. */
function toJson(value: Clean): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029) return true
  }
  return false
}
