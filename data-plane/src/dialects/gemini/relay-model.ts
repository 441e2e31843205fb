import type { WireObject } from "../read-wire.ts"

/** Answers call the model as the client called it. An event that names none, or names it so, stays as it is. */
export function withModel(event: WireObject, model: string): WireObject {
  const { modelVersion } = event
  return typeof modelVersion !== "string" || modelVersion === model ? event : { ...event, modelVersion: model }
}

const FIELD = '"modelVersion"'
const COLON = /^\s*:\s*$/

/**
 * The same for the texts of one answer's events, of which all other bytes stay. Undefined for a text in which the field cannot be
 * told by its letters alone.
 */
export function modelWriter(model: string): (text: string, event: WireObject) => string | undefined {
  const own = JSON.stringify(model)
  let tail = ""
  let ownTail = ""
  return (text, { modelVersion }) => {
    if (typeof modelVersion !== "string" || modelVersion === model) return text
    // The events of one answer mostly end alike.
    if (tail !== "" && text.endsWith(tail)) return text.slice(0, text.length - tail.length) + ownTail
    const name = JSON.stringify(modelVersion)
    // Quotes inside of strings are escaped: what stands there once is the field itself.
    const at = text.indexOf(FIELD)
    const start = text.indexOf('"', at + FIELD.length)
    const isField = at > 0 && text.startsWith(name, start) && COLON.test(text.slice(at + FIELD.length, start))
    if (!isField || text.includes(FIELD, start)) return undefined
    const rest = text.slice(start + name.length)
    // Nothing but the event itself closes there: with these letters no other field ends an event.
    if (/^[^{}[\]]*\}\s*$/.test(rest)) {
      tail = text.slice(at)
      ownTail = text.slice(at, start) + own + rest
    }
    return text.slice(0, start) + own + rest
  }
}
