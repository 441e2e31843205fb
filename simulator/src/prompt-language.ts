/**
 * The small language in which a prompt steers its answer: `[[sim:KEY=VALUE]]` anywhere in the last user text.
 * VALUE runs to the next `]]`; one that contains `]]` is written as a JSON string. `docs/reference/simulator.md` lists
 * the keys. Unknown keys are kept as text, so that a typing error shows in the answer.
 */
import { isObject, parseJson } from "./json.ts"
import type { JsonObject } from "./json.ts"

/** A call the prompt asks for; no arguments = made up from the declared schema. */
export interface AskedCall {
  readonly name: string | undefined
  readonly args: JsonObject | undefined
}

/** What one model turn is asked to do. Steps are separated by `[[sim:then]]`, one for each round of tool results. */
export interface Step {
  think?: string
  text?: string
  words?: number
  finish?: string
  /** Pictures of an image model. */
  images?: number
  /** Pictures it makes while it thinks. */
  drafts?: number
  calls: AskedCall[]
}

/** A fault asked for: its kind and its options. */
export interface Fault {
  readonly kind: string
  readonly [option: string]: unknown
}

/** What a prompt asks for. */
export interface Directives {
  /** The prompt without directives, trimmed. */
  readonly prompt: string
  readonly steps: readonly Step[]
  readonly faults: readonly Fault[]
  /** Milliseconds before the first byte. */
  readonly delay: number | undefined
  /** Milliseconds between events. */
  readonly pause: number | undefined
  /** Pieces the text is cut into. */
  readonly chunks: number | undefined
  /** Which events carry usage. */
  readonly usage: "every" | "last" | "none" | "after" | undefined
  /** Gemini calls carry a short id. */
  readonly ids: boolean
  /** Pages that a search brings. */
  readonly sources: number
  /** Bytes more in a signature. */
  readonly padding: number
}

interface Draft {
  steps: Step[]
  faults: Fault[]
  delay: number | undefined
  pause: number | undefined
  chunks: number | undefined
  usage: Directives["usage"]
  ids: boolean
  sources: number
  padding: number
}

const opening = "[[sim:"

/** Reads the directives of a text; linear in its length. */
export function readDirectives(text: string): Directives {
  const draft: Draft = {
    steps: [{ calls: [] }],
    faults: [],
    delay: undefined,
    pause: undefined,
    chunks: undefined,
    usage: undefined,
    ids: false,
    sources: 1,
    padding: 0,
  }
  let rest = ""
  let position = 0
  for (;;) {
    const start = text.indexOf(opening, position)
    if (start === -1) break
    const found = readOne(text, start + opening.length)
    if (!found) break
    const known = apply(draft, found.key, found.value)
    rest += known ? text.slice(position, start) : text.slice(position, found.end)
    position = found.end
  }
  return { prompt: (rest + text.slice(position)).trim(), ...draft }
}

/** Reads a fault in its short form: `KIND` or `KIND {"option":1}`. */
export function readFault(value: string): Fault {
  const space = value.search(/\s/)
  if (space === -1) return { kind: value }
  const options = parseJson(value.slice(space))
  return { ...(isObject(options) ? options : {}), kind: value.slice(0, space) }
}

interface Found {
  readonly key: string
  readonly value: string
  readonly end: number
}

function readOne(text: string, start: number): Found | undefined {
  const close = text.indexOf("]]", start)
  if (close === -1) return undefined
  const equals = text.indexOf("=", start)
  if (equals === -1 || equals > close) return { key: text.slice(start, close).trim(), value: "", end: close + 2 }
  const key = text.slice(start, equals).trim()
  const end = valueEnd(text, equals + 1)
  if (end === undefined) return undefined
  const raw = text.slice(equals + 1, end)
  const literal = raw.startsWith('"') ? parseJson(raw) : undefined
  return { key, value: typeof literal === "string" ? literal : raw, end: end + 2 }
}

/** Where the `]]` that ends a value stands: the first one outside of JSON strings and JSON brackets. */
function valueEnd(text: string, start: number): number | undefined {
  const structured = text[start] === '"' || /^[\w.:-]+\s*\{/.test(text.slice(start, start + 140))
  if (!structured) {
    const close = text.indexOf("]]", start)
    return close === -1 ? undefined : close
  }
  let depth = 0
  let quoted = false
  for (let index = start; index < text.length; index += 1) {
    const letter = text[index]
    if (quoted) {
      if (letter === "\\") index += 1
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === "{" || letter === "[") depth += 1
    else if (depth === 0 && letter === "]" && text[index + 1] === "]") return index
    else if (letter === "}" || letter === "]") depth -= 1
  }
  return undefined
}

function apply(draft: Draft, key: string, value: string): boolean {
  const step = draft.steps.at(-1) ?? { calls: [] }
  const number = Number.parseInt(value, 10)
  const whole = Number.isFinite(number) ? number : undefined
  switch (key) {
    case "text":
      step.text = value
      return true
    case "words":
      step.words = whole ?? 0
      return true
    case "think":
      step.think = value
      return true
    case "finish":
      step.finish = value
      return true
    case "images":
      step.images = whole ?? 0
      return true
    case "drafts":
      step.drafts = whole ?? 0
      return true
    case "call":
      step.calls.push(readCall(value))
      return true
    case "then":
      draft.steps.push({ calls: [] })
      return true
    default:
      return applySetting(draft, key, value, whole)
  }
}

function applySetting(draft: Draft, key: string, value: string, whole: number | undefined): boolean {
  switch (key) {
    case "fault":
      draft.faults.push(readFault(value))
      return true
    case "delay":
      draft.delay = whole
      return true
    case "pause":
      draft.pause = whole
      return true
    case "chunks":
      draft.chunks = whole
      return true
    case "usage":
      draft.usage = usageOf(value)
      return true
    case "signature":
      draft.padding = Math.min(Math.max(whole ?? 0, 0), 1024 * 1024)
      return true
    case "sources":
      draft.sources = whole ?? 1
      return true
    case "ids":
      draft.ids = value !== "off"
      return true
    default:
      return false
  }
}

function usageOf(value: string): Directives["usage"] {
  return value === "last" || value === "none" || value === "after" ? value : "every"
}

function readCall(value: string): AskedCall {
  const brace = value.indexOf("{")
  const name = (brace === -1 ? value : value.slice(0, brace)).trim()
  const args = brace === -1 ? undefined : parseJson(value.slice(brace))
  return { name: name === "" ? undefined : name, args: isObject(args) ? args : undefined }
}
