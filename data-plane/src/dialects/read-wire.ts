/** Checked reading of wire JSON. Each reader gives `undefined` for an absent field and throws `invalid_request` for a wrong one. */
import { GatewayError } from "../canonical/error.ts"

export type WireObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** `null` stands for absent on every wire; some clients write the text `[undefined]` for it. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "[undefined]"
}

export function invalid(param: string, sentence: string): GatewayError {
  return new GatewayError("invalid_request", `${param}: ${sentence}`, { param })
}

export function readString(wire: WireObject, key: string): string | undefined {
  const value = wire[key]
  if (isAbsent(value)) return undefined
  if (typeof value !== "string") throw invalid(key, "must be a string")
  return value
}

/** An id of the client's own making, which some write as a number; empty where there is none. */
export function idOf(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value === "string" ? value : ""
}

export function readBoolean(wire: WireObject, key: string): boolean | undefined {
  const value = wire[key]
  if (isAbsent(value)) return undefined
  if (typeof value !== "boolean") throw invalid(key, "must be true or false")
  return value
}

export function readNumber(wire: WireObject, key: string): number | undefined {
  const value = wire[key]
  if (isAbsent(value)) return undefined
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(key, "must be a number")
  return value
}

export function readInteger(wire: WireObject, key: string, minimum = Number.MIN_SAFE_INTEGER): number | undefined {
  const value = readNumber(wire, key)
  if (value === undefined) return undefined
  if (!Number.isSafeInteger(value)) throw invalid(key, "must be a whole number")
  if (value < minimum) throw invalid(key, `must be at least ${minimum}`)
  return value
}

/** One string or a list of them. */
export function readStrings(wire: WireObject, key: string): readonly string[] | undefined {
  const value = wire[key]
  if (isAbsent(value)) return undefined
  if (typeof value === "string") return [value]
  if (!Array.isArray(value)) throw invalid(key, "must be a string or a list of strings")
  return value.map((item: unknown, index) => {
    if (typeof item !== "string") throw invalid(`${key}[${index}]`, "must be a string")
    return item
  })
}

/** `path` names it in errors. */
export function readObject(value: unknown, path: string): WireObject | undefined {
  if (isAbsent(value)) return undefined
  if (!isObject(value)) throw invalid(path, "must be an object")
  return value
}

/** The body itself. */
export function readBody(wire: unknown): WireObject {
  if (!isObject(wire)) throw new GatewayError("invalid_request", "The request body must be a JSON object.")
  return wire
}

/** A required, non-empty list; `message` is said when it is missing. */
export function readList(wire: WireObject, key: string, message: string): readonly unknown[] {
  const value = wire[key]
  if (!Array.isArray(value) || value.length === 0) throw invalid(key, message)
  return value
}

/** First value of a header; names are lower case. */
export function headerValue(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): string | undefined {
  const value = headers[name]
  const first = typeof value === "string" ? value : value?.[0]
  return first === "" ? undefined : first
}
