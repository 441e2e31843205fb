import type { WireObject } from "../read-wire.ts"

const FIELD = '"modelVersion"'

/** Answers call the model as the client called it. An event that names none, or names it so, stays as it is. */
export function withModel(event: WireObject, model: string): WireObject {
  const { modelVersion } = event
  return typeof modelVersion !== "string" || modelVersion === model ? event : { ...event, modelVersion: model }
}

/** The same in an event's text, of which all other bytes stay. Undefined where it cannot be told by its letters alone. */
export function textWithModel(text: string, { modelVersion }: WireObject, model: string): string | undefined {
  if (typeof modelVersion !== "string" || modelVersion === model) return text
  const at = text.indexOf(FIELD)
  // Quotes inside of strings are escaped: what stands there once is the field itself.
  if (at === -1 || text.includes(FIELD, at + FIELD.length)) return undefined
  const [, colon = ""] = /^(\s*:\s*)"/.exec(text.slice(at + FIELD.length, at + FIELD.length + LONGEST_COLON)) ?? []
  const name = JSON.stringify(modelVersion)
  const start = at + FIELD.length + colon.length
  if (colon === "" || !text.startsWith(name, start)) return undefined
  return text.slice(0, start) + JSON.stringify(model) + text.slice(start + name.length)
}

/** With white space around it. */
const LONGEST_COLON = 16
