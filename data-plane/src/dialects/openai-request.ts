/** What requests of OpenAI's wires say in the same words. */
import type { Sampling } from "../canonical/request.ts"
import type { RequestHeaders } from "./dialect.ts"
import {
  headerValue,
  invalid,
  readBody,
  readInteger,
  readNumber,
  readString,
  readStrings,
  type WireObject,
} from "./read-wire.ts"

/** Session headers of agents that speak these wires, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-session-id", "x-session-affinity", "session-id"] as const

/** Of one request; each is a call of its own upstream. */
const MAX_CHOICES = 10

/** The body, and the model that it has to name. */
export function readModelRequest(wire: unknown): { body: WireObject; model: string } {
  const body = readBody(wire)
  const model = readString(body, "model")
  if (model === undefined || model === "") throw invalid("model", "name the model to ask")
  return { body, model }
}

/** How many answers; undefined for one. */
export function readChoices(body: WireObject): number | undefined {
  const choices = readInteger(body, "n", 1)
  if (choices !== undefined && choices > MAX_CHOICES) throw invalid("n", `must be at most ${MAX_CHOICES}`)
  return choices === 1 ? undefined : choices
}

/** The first limit that is given counts. */
export function readSampling(body: WireObject, limits: readonly string[]): Sampling {
  const maxOutputTokens = readFirst(limits, (limit) => readInteger(body, limit, 1))
  const temperature = readNumber(body, "temperature")
  const topP = readNumber(body, "top_p")
  const topK = readInteger(body, "top_k")
  const seed = readInteger(body, "seed")
  const stop = readStrings(body, "stop")?.filter((sequence) => sequence !== "")
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || topK <= 0 ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  }
}

/** By a session header, else by the first of the body's fields that is given. `ownHeaders` come after those of all wires. */
export function readConversation(
  body: WireObject,
  headers: RequestHeaders,
  fields: readonly string[],
  ownHeaders: readonly string[] = [],
): string | undefined {
  const named =
    readFirst(CONVERSATION_HEADERS, (name) => headerValue(headers, name)) ??
    readFirst(ownHeaders, (name) => headerValue(headers, name)) ??
    readFirst(fields, (field) => readString(body, field))
  return named === "" ? undefined : named
}

function readFirst<Value>(names: readonly string[], read: (name: string) => Value | undefined): Value | undefined {
  for (const name of names) {
    const value = read(name)
    if (value !== undefined) return value
  }
  return undefined
}
