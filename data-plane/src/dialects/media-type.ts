/** MIME types of images, documents, sounds and films: as clients write them, and as the first bytes of a file tell them. */
import type { MediaKind } from "../canonical/part.ts"

/** How many bytes `sniffMediaType` wants to see. */
export const SNIFF_BYTES = 16

/** Names in use for what has a better known one. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "application/x-pdf": "application/pdf",
  "audio/mp3": "audio/mpeg",
  "audio/x-mp3": "audio/mpeg",
  "audio/x-mpeg": "audio/mpeg",
  "audio/wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-flac": "audio/flac",
  "audio/x-aac": "audio/aac",
  "audio/x-m4a": "audio/mp4",
  "audio/m4a": "audio/mp4",
  "audio/opus": "audio/ogg",
  "audio/x-aiff": "audio/aiff",
}

/** What clients call formats of sound without a MIME type. */
const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  wav: "audio/wav",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  aac: "audio/aac",
  m4a: "audio/mp4",
  mp4: "audio/mp4",
  webm: "audio/webm",
  aiff: "audio/aiff",
}

/** Text that does not say so in the first half of its type; SVG is a text that models can read, and no image that they can see. */
const TEXT_TYPES = new Set([
  "application/json",
  "application/xml",
  "application/yaml",
  "application/x-yaml",
  "application/toml",
  "application/javascript",
  "application/x-javascript",
  "application/typescript",
  "application/sql",
  "application/x-sh",
  "application/x-ndjson",
  "application/jsonl",
  "application/csv",
])

/** In lower case, without parameters, under its best known name; empty for what says nothing. */
export function normaliseMediaType(declared: string | undefined): string {
  const named = (declared ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (named === "application/octet-stream" || named === "binary/octet-stream") return ""
  return (Object.hasOwn(OTHER_NAMES, named) ? OTHER_NAMES[named] : undefined) ?? named
}

export function audioTypeOf(format: string): string | undefined {
  const name = format.toLowerCase()
  return Object.hasOwn(AUDIO_FORMATS, name) ? AUDIO_FORMATS[name] : undefined
}

export const audioFormats = (): readonly string[] => Object.keys(AUDIO_FORMATS)

export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith("text/") || TEXT_TYPES.has(mediaType) || /\+(?:json|xml|yaml)$/.test(mediaType)
}

/** Undefined for a type that is not carried, and for text, which is carried as text. */
export function mediaKindOf(mediaType: string): MediaKind | undefined {
  if (isTextType(mediaType)) return undefined
  if (mediaType === "application/pdf") return "document"
  const [kind] = mediaType.split("/")
  return kind === "image" || kind === "audio" || kind === "video" ? kind : undefined
}

/** From the beginning of a file. Undefined: it begins like nothing that is known here. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, SNIFF_BYTES))
  const known = BEGINNINGS.find(([beginning]) => text.startsWith(beginning))
  if (known !== undefined) return known[1]
  if (text.startsWith("RIFF")) return RIFF_TYPES[text.slice(8, 12)]
  if (text.startsWith("FORM")) return text.startsWith("AIF", 8) ? "audio/aiff" : undefined
  if (text.startsWith("ftyp", 4)) return isoMediaType(text.slice(8, 12))
  return isMpegSound(bytes) ? mpegSoundType(bytes) : undefined
}

const BEGINNINGS: readonly (readonly [beginning: string, mediaType: string])[] = [
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF8", "image/gif"],
  ["%PDF-", "application/pdf"],
  ["OggS", "audio/ogg"],
  ["fLaC", "audio/flac"],
  ["ID3", "audio/mpeg"],
  ["\x1a\x45\xdf\xa3", "video/webm"],
]

const RIFF_TYPES: Readonly<Record<string, string>> = {
  WEBP: "image/webp",
  WAVE: "audio/wav",
  "AVI ": "video/x-msvideo",
}

/** By the brand of an ISO base media file. */
function isoMediaType(brand: string): string {
  if (brand === "avif") return "image/avif"
  if (brand === "heic" || brand === "heix" || brand === "hevc") return "image/heic"
  if (brand === "mif1" || brand === "msf1") return "image/heif"
  if (brand === "M4A ") return "audio/mp4"
  return brand === "qt  " ? "video/quicktime" : "video/mp4"
}

/** Eleven set bits begin a frame of MPEG sound. */
function isMpegSound([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xe0) === 0xe0
}

/** Layer 0 is what AAC uses of that frame. */
function mpegSoundType([, second = 0]: Uint8Array): string {
  return (second & 0x06) === 0 ? "audio/aac" : "audio/mpeg"
}
