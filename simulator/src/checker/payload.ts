/** Reads a payload against its message type as proto JSON does, and lists what does not fit. */
import { isObject, snakeCase } from "../json.ts"
import { messages } from "./messages.ts"
import type { Field, Message, MessageName } from "./messages.ts"

/** Something that does not fit. */
export interface Violation {
  /** `unknown`: no such member. `schema`: no such member in a schema. `type`: another type. `repeated`: a list where one is meant. */
  readonly kind: "unknown" | "schema" | "type" | "repeated"
  /** In the upstream's spelling, for instance `request.tools[0].function_declarations[1]`; empty for the root. */
  readonly path: string
  /** The sentence about it. */
  readonly text: string
}

const deepest = 100

/** Every violation in the order of the payload. Never throws; deeper than 100 levels is one violation. */
export function violationsOf(payload: unknown, name: MessageName): Violation[] {
  const found: Violation[] = []
  if (isObject(payload)) walk(payload, name, "", found, 0)
  else found.push({ kind: "type", path: "", text: "Root element must be a message." })
  return found
}

function walk(
  value: Readonly<Record<string, unknown>>,
  name: MessageName,
  path: string,
  found: Violation[],
  depth: number,
): void {
  if (depth > deepest)
    return void found.push({ kind: "type", path, text: "Message too deep. Max recursion depth reached." })
  const message: Message = messages[name]
  for (const [key, member] of Object.entries(value)) {
    const field = fieldOf(message, key)
    if (!field) found.push({ kind: name.endsWith("Schema") ? "schema" : "unknown", path, text: unknownName(key, path) })
    else visit(member, field, { key, parent: path }, join(path, snakeCase(key)), found, depth)
  }
}

interface Place {
  readonly key: string
  readonly parent: string
}

function visit(value: unknown, field: Field, place: Place, path: string, found: Violation[], depth: number): void {
  if (value === null) return
  if (Array.isArray(value) && field.kind !== "list" && field.kind !== "any") {
    return void found.push({ kind: "repeated", path: place.parent, text: notRepeating(place) })
  }
  switch (field.kind) {
    case "list":
      if (!Array.isArray(value)) return void found.push(wrongType(path, value, "list"))
      for (const [index, item] of value.entries()) {
        if (item === null) found.push(wrongType(`${path}[${index}]`, item, "null"))
        else visit(item, field.of, place, `${path}[${index}]`, found, depth)
      }
      return
    case "map":
      if (!isObject(value)) return void found.push(wrongType(path, value, "map"))
      for (const [index, item] of Object.values(value).entries()) {
        visit(item, field.of, place, `${path}[${index}].value`, found, depth)
      }
      return
    case "message":
      if (!isObject(value)) return void found.push(wrongType(path, value, field.message))
      return walk(value, field.message, path, found, depth + 1)
    default:
      if (!scalarFits(value, field)) found.push(wrongType(path, value, field.kind === "enum" ? field.type : field.kind))
  }
}

function scalarFits(value: unknown, field: Exclude<Field, { kind: "list" | "map" | "message" }>): boolean {
  switch (field.kind) {
    case "any":
      return true
    case "struct":
      return isObject(value)
    case "string":
      return typeof value === "string"
    case "boolean":
      return typeof value === "boolean"
    case "integer":
      return Number.isInteger(typeof value === "string" && value !== "" ? Number(value) : value)
    case "number":
      return typeof value === "number" || (typeof value === "string" && value !== "" && Number.isFinite(Number(value)))
    case "enum":
      return typeof value === "string" && field.values.has(value)
  }
}

function fieldOf(message: Message, key: string): Field | undefined {
  if (Object.hasOwn(message, key)) return message[key]
  if (!key.includes("_")) return undefined
  const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return snakeCase(camel) === key && Object.hasOwn(message, camel) ? message[camel] : undefined
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`
}

function at(path: string): string {
  return path === "" ? "" : ` at '${path}'`
}

function unknownName(key: string, path: string): string {
  return `Unknown name "${key}"${at(path)}: Cannot find field.`
}

function notRepeating({ key, parent }: Place): string {
  return `Unknown name "${snakeCase(key)}"${at(parent)}: Proto field is not repeating, cannot start list.`
}

function wrongType(path: string, value: unknown, type: string): Violation {
  return { kind: "type", path, text: `Invalid value at '${path}' (${type}), ${JSON.stringify(value)?.slice(0, 200)}` }
}
