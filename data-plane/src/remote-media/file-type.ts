/** What a fetched file is, and whether the client's field may hold it. */
import type { MediaKind } from "../canonical/part.ts"
import { isTextType, mediaKindOf, normaliseMediaType, sniffMediaType } from "../dialects/media-type.ts"
import { FetchFailure } from "./fetch-failure.ts"

const WORDS: Readonly<Record<MediaKind, string>> = {
  image: "an image",
  document: "a PDF, a text or an image",
  audio: "audio",
  video: "video",
}

export interface FileHints {
  /** The server's header. */
  readonly contentType: string | undefined
  /** What the client says. */
  readonly declared: string | undefined
  /** The file's first bytes. */
  readonly beginning: Uint8Array
}

/** A MIME type: the bytes' own where they tell it, else the server's, else the client's. Throws `FetchFailure` for any other kind. */
export function fileType({ contentType, declared, beginning }: FileHints, accepts: MediaKind): string {
  const named = normaliseMediaType(contentType) || normaliseMediaType(declared)
  const sniffed = sniffMediaType(beginning)
  if (sniffed !== undefined && fits(sniffed, accepts)) return sniffed
  if (fits(named, accepts)) return named
  const is = named === "" ? "of a kind that cannot be told" : named.slice(0, 100)
  throw new FetchFailure(`it is ${is}, not ${WORDS[accepts]}`)
}

function fits(mediaType: string, accepts: MediaKind): boolean {
  const kind = mediaKindOf(mediaType)
  if (accepts !== "document") return kind === accepts
  return kind === "document" || kind === "image" || (isTextType(mediaType) && !isWebPage(mediaType))
}

/** What a server shows a browser where the file itself is not to be had. */
function isWebPage(mediaType: string): boolean {
  return mediaType === "text/html" || mediaType === "application/xhtml+xml"
}
