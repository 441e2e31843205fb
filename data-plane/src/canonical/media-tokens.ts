/**
 * About how many tokens a piece of media is. Rules of thumb of the vendors, applied to what the file itself says; never exact, and
 * cheap for any length: of a long file only the beginning is read.
 */
import { readImageSize } from "./image-size.ts"
import type { MediaPart, RemoteMediaPart } from "./part.ts"

const PIXELS_PER_TOKEN = 750
/** Larger images are made smaller before a model looks at them. */
const MOST_PER_IMAGE = 1600
const PER_PAGE = 1500
/** Gemini's rates for a second of sound and of film, over what a second takes at common bit rates. */
const BYTES_PER_AUDIO_TOKEN = 16_000 / 32
const BYTES_PER_VIDEO_TOKEN = 250_000 / 300
/** What nobody here can look into. */
const PER_REMOTE = MOST_PER_IMAGE

/** At least 1. */
export function mediaTokens(part: MediaPart | RemoteMediaPart): number {
  if (part.type === "remote-media") return PER_REMOTE
  const { mediaType, data } = part
  if (mediaType === "application/pdf") return PER_PAGE * pdfPages(data)
  if (mediaType.startsWith("audio/")) return Math.max(1, Math.ceil(byteLength(data) / BYTES_PER_AUDIO_TOKEN))
  if (mediaType.startsWith("video/")) return Math.max(1, Math.ceil(byteLength(data) / BYTES_PER_VIDEO_TOKEN))
  return imageTokens(data)
}

function imageTokens(data: string): number {
  const size = readImageSize(data)
  if (size === undefined) return MOST_PER_IMAGE
  return Math.min(MOST_PER_IMAGE, Math.ceil((size.width * size.height) / PIXELS_PER_TOKEN))
}

function byteLength(data: string): number {
  return (data.length / 4) * 3
}

/** Of a PDF only this much is searched; the rest is taken to be like it. In base64 characters, a multiple of four. */
const SEARCHED_LENGTH = 4 * 1024 * 1024
/** What a page takes where pages are packed, so that none can be counted. */
const BYTES_PER_PACKED_PAGE = 64 * 1024

/** At least 1. */
export function pdfPages(data: string): number {
  const bytes = Buffer.from(data.slice(0, SEARCHED_LENGTH), "base64")
  const stated = linearizedPages(bytes)
  if (stated !== undefined) return stated
  const share = Math.max(1, data.length / SEARCHED_LENGTH)
  const found = countPageObjects(bytes) * share
  return Math.max(1, Math.round(found > 0 ? found : byteLength(data) / BYTES_PER_PACKED_PAGE))
}

/** A PDF made for the web says at its beginning how many pages it has. */
function linearizedPages(bytes: Buffer): number | undefined {
  const head = bytes.toString("latin1", 0, 1024)
  const pages = head.includes("/Linearized") ? Number(/\/N\s+(\d{1,6})\b/.exec(head)?.[1]) : Number.NaN
  return pages > 0 ? pages : undefined
}

const TYPE = "/Type"
const PAGE_TYPE = /^\s*\/Page(?![A-Za-z])/

function countPageObjects(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(TYPE); at >= 0; at = bytes.indexOf(TYPE, at + TYPE.length)) {
    if (PAGE_TYPE.test(bytes.toString("latin1", at + TYPE.length, at + TYPE.length + 16))) count += 1
  }
  return count
}
