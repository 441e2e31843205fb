/**
 * Images, documents, sounds and films of a request, whatever wire they came by: data that stand in the request itself, and
 * addresses. What cannot be carried is refused with what can: an answer about a file that nobody read is worse than an error.
 */
import { GatewayError } from "../canonical/error.ts"
import type { MediaKind, MediaPart, RemoteMediaPart, TextPart } from "../canonical/part.ts"
import { isTextType, mediaKindOf, normaliseMediaType, SNIFF_BYTES, sniffMediaType } from "./media-type.ts"
import { invalid } from "./read-wire.ts"

/** The field that holds the data or the address. */
export interface MediaField {
  /** In the client's own spelling, for errors. */
  readonly path: string
  /** What the client's field may hold at another address; data are carried whatever they are. */
  readonly accepts: MediaKind
  /** The MIME type, where the client says it beside the data. */
  readonly declaredType?: string | undefined
  /** The client's own title or file name: the first line of a text. */
  readonly title?: string | undefined
}

/** A text document is carried as text. */
export type ReadMedia = MediaPart | TextPart

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i
/** As upstreams take it, but for its length; checked in one pass. */
const STANDARD = /^[A-Za-z0-9+/]+={0,2}$/
/** The same without its padding. */
const BASE64 = /^[A-Za-z0-9+/]+$/
const CARRIED = "send an image, a PDF, a text, audio or video"

export function isDataUrl(text: string): boolean {
  return /^data:/i.test(text)
}

/** From base64 or a `data:` URL. Throws `invalid_request` for data that are no base64, and for a type that is not carried. */
export function readData(data: string, field: MediaField): ReadMedia {
  const url = DATA_URL.exec(data)
  const declared = url?.[1] === undefined || url[1] === "" ? field.declaredType : url[1]
  if (url !== null && !/;base64$/i.test(url[2] ?? "")) {
    return plainText(data.slice(url[0].length), declared, field)
  }
  const encoded = standardBase64(url === null ? data : data.slice(url[0].length), field.path)
  const mediaType = mediaTypeOf(declared, encoded)
  if (isTextType(mediaType)) return textPart(utf8Of(encoded, field.path), field.title)
  if (mediaKindOf(mediaType) === undefined) throw notCarried(mediaType, field.path)
  return { type: "media", mediaType, data: encoded }
}

/** From a `data:` URL or an http(s) address, which `server/` fetches. Throws `invalid_request` for any other. */
export function readAddress(address: string, field: MediaField): ReadMedia | RemoteMediaPart {
  if (isDataUrl(address)) return readData(address, field)
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol === "gs:" || (url !== undefined && isFilesApi(url))) throw foreignFile(field.path)
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalid(field.path, "must be a data: URL or an http(s) address")
  }
  const mediaType = normaliseMediaType(field.declaredType)
  return {
    type: "remote-media",
    url: url.href,
    ...(mediaType === "" ? {} : { mediaType }),
    accepts: field.accepts,
    param: field.path,
  }
}

/** Files that were uploaded elsewhere under an id. */
export function unknownFile(path: string): GatewayError {
  return new GatewayError("unsupported_parameter", `${path}: files are not kept here; send the file's data.`, {
    param: path,
  })
}

/** A text under its title, in the client's own words only. */
export function textPart(text: string, title: string | undefined): TextPart {
  return { type: "text", text: title === undefined || title === "" ? text : `${title}\n${text}` }
}

function foreignFile(path: string): GatewayError {
  const sentence = `${path}: files of another service cannot be reached from here; send the file's data.`
  return new GatewayError("unsupported_parameter", sentence, { param: path })
}

function isFilesApi({ hostname, pathname }: URL): boolean {
  return hostname.endsWith(".googleapis.com") && /^\/(?:upload\/)?v1\w*\/files\//.test(pathname)
}

export function notCarried(mediaType: string, path: string): GatewayError {
  const what = mediaType === "" ? "data of a kind that cannot be told" : mediaType.slice(0, 100)
  return invalid(path, `${what} cannot be carried; ${CARRIED}`)
}

/** A `data:` URL that is not base64 holds text, with percent signs. */
function plainText(encoded: string, declared: string | undefined, field: MediaField): TextPart {
  const mediaType = normaliseMediaType(declared)
  if (mediaType !== "" && !isTextType(mediaType)) throw invalid(field.path, `${mediaType} must be sent as base64`)
  try {
    return textPart(decodeURIComponent(encoded), field.title)
  } catch {
    throw invalid(field.path, "has a percent sign that encodes nothing")
  }
}

/** Without white space, with padding, and in the letters that the upstream takes. */
function standardBase64(data: string, path: string): string {
  // Nearly always: one pass over what may be megabytes.
  if (data.length % 4 === 0 && STANDARD.test(data)) return data
  const plain = /[^A-Za-z0-9+/=]/.test(data)
    ? data.replaceAll(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/")
    : data
  const end = plain.endsWith("==") ? -2 : plain.endsWith("=") ? -1 : plain.length
  const bare = plain.slice(0, end)
  if (!BASE64.test(bare) || bare.length % 4 === 1) throw invalid(path, "must be base64 data, and not empty")
  const missing = (4 - (bare.length % 4)) % 4
  return plain.length === bare.length + missing ? plain : `${bare}${"=".repeat(missing)}`
}

/** What the client says; what the bytes say where it says nothing, or names another kind of image than the one it sends. */
function mediaTypeOf(declared: string | undefined, encoded: string): string {
  const named = normaliseMediaType(declared)
  if (named !== "" && !named.startsWith("image/")) return named
  const sniffed = sniffMediaType(Buffer.from(encoded.slice(0, Math.ceil(SNIFF_BYTES / 3) * 4), "base64"))
  if (named === "") return sniffed ?? ""
  return sniffed?.startsWith("image/") === true ? sniffed : named
}

function utf8Of(encoded: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"))
  } catch {
    throw invalid(path, "must be text in UTF-8")
  }
}
