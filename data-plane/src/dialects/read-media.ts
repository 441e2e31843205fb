/** Images and documents that stand in a request as base64, whatever wire they came by. */
import type { MediaPart } from "../canonical/part.ts"
import { invalid } from "./read-wire.ts"

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i
/** How a kind of file begins, in base64: enough to tell what a client did not say. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, mediaType: string])[] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{6}XRUJQ/, "image/webp"],
  [/^JVBERi/, "application/pdf"],
]
/** Standard base64; checked in one pass. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export function isDataUrl(text: string): boolean {
  return /^data:/i.test(text)
}

/**
 * A media part from base64 or a `data:` URL. Undefined for types that are not carried (only images and PDF are) and for a `data:`
 * URL that is not base64; throws `invalid_request` with `path` for data that is no base64.
 */
export function readMedia(data: string, declaredType: string | undefined, path: string): MediaPart | undefined {
  const url = DATA_URL.exec(data)
  if (url !== null && !/;base64$/i.test(url[2] ?? "")) return undefined
  const encoded = standardBase64(url === null ? data : data.slice(url[0].length))
  if (!BASE64.test(encoded)) throw invalid(path, "must be base64 data, and not empty")
  const mediaType = mediaTypeOf(url?.[1] === undefined || url[1] === "" ? declaredType : url[1], encoded)
  return isCarried(mediaType) ? { type: "media", mediaType, data: encoded } : undefined
}

/** Without white space, and in the letters that the upstream takes. */
function standardBase64(data: string): string {
  return /[^A-Za-z0-9+/=]/.test(data) ? data.replaceAll(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/") : data
}

function mediaTypeOf(declared: string | undefined, encoded: string): string {
  const named = (declared ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (named !== "" && named !== "application/octet-stream") return named === "image/jpg" ? "image/jpeg" : named
  const beginning = encoded.slice(0, 24)
  return BEGINNINGS.find(([pattern]) => pattern.test(beginning))?.[1] ?? named
}

function isCarried(mediaType: string): boolean {
  return mediaType.startsWith("image/") || mediaType === "application/pdf"
}
