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
