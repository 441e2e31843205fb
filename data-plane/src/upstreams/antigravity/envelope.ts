/**
 * The envelope around a Gemini request and answer. The request's body is spliced in as bytes, so that a further attempt with another
 * project and id neither parses nor serialises the prompt again: it copies it.
 */
import type { RequestPurpose } from "../../dialects/dialect.ts"
import type { UpstreamCall } from "../upstream.ts"

/** The envelope's field that selects the product. A protocol constant, the same for every account; not who we claim to be. */
const PRODUCT_FIELD = `"userAgent":"antigravity"`

/** What kinds of calls are called here. */
const REQUEST_TYPES: Readonly<Record<RequestPurpose, string>> = { "web-search": "web_search", image: "image_gen" }

/** `call.body` is what `JSON.stringify` makes of an object; `sessionId` joins its members. */
export function wrapBody(
  call: Pick<UpstreamCall, "projectId" | "requestId" | "model" | "purpose" | "sessionId" | "body">,
): Buffer {
  const { projectId, requestId, model, purpose, sessionId, body } = call
  const requestType = purpose === undefined ? "agent" : REQUEST_TYPES[purpose]
  const head =
    `{"project":${JSON.stringify(projectId)},"requestId":${JSON.stringify(requestId)},"model":${JSON.stringify(model)},` +
    `${PRODUCT_FIELD},"requestType":"${requestType}","request":`
  const isEmpty = body.length === "{}".length
  const tail = `${isEmpty ? "" : ","}"sessionId":${JSON.stringify(sessionId)}}}`
  return Buffer.concat([Buffer.from(head), body.subarray(0, -1), Buffer.from(tail)])
}

/** The Gemini event inside; an answer may also come bare. An `error` at the root stays in sight. */
export function unwrapEvent(event: unknown): unknown {
  if (typeof event !== "object" || event === null || "error" in event || !("response" in event)) return event
  return event.response
}

const HEAD = '{"response":'

/**
 * The same as text, for a client that speaks this dialect itself: the bytes between the envelope's braces, as they came. For the
 * events of one answer: what stands around them hardly changes, so that it is searched for once.
 */
export function textUnwrapper(): (data: string, event: unknown) => string {
  let tail = ""
  let members = -1
  return (data, event) => {
    const inner = unwrapEvent(event)
    if (inner === event) return data
    const count = Object.keys(event as object).length // it holds an event
    // A text that is balanced and ends the event stands outside of everything; with no member more, all before it is the value.
    if (count === members && data.startsWith(HEAD) && data.endsWith(tail))
      return data.slice(HEAD.length, data.length - tail.length)
    const place = findMember(data, "response")
    if (place === undefined) return JSON.stringify(inner)
    if (place.start === HEAD.length && data.startsWith(HEAD)) {
      tail = data.slice(place.end)
      members = count
    }
    return data.slice(place.start, place.end).trim()
  }
}

/** Where the value of a member of the object stands that `json`, which is valid, says. Jumps over strings, which are most of it. */
function findMember(json: string, name: string): { readonly start: number; readonly end: number } | undefined {
  const key = `"${name}"`
  let depth = 0
  let start: number | undefined
  for (let at = 0; at < json.length; at += 1) {
    const letter = json.charCodeAt(at)
    if (letter === QUOTE) {
      const end = stringEnd(json, at)
      if (depth === 1 && start === undefined && json.startsWith(key, at) && end === at + key.length - 1) {
        const colon = json.indexOf(":", end)
        if (json.slice(end + 1, colon).trim() === "") start = colon + 1
      }
      at = end
    } else if (letter === OPEN_BRACE || letter === OPEN_BRACKET) depth += 1
    else if (letter === CLOSE_BRACE || letter === CLOSE_BRACKET) depth -= 1
    const isOver = depth === 0 || (depth === 1 && letter === COMMA)
    if (isOver && start !== undefined && at >= start) return { start, end: at }
  }
  return undefined
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Where the string that opens at `start` closes. */
function stringEnd(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return quote
  }
  return json.length
}
