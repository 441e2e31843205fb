/** What models can be shown, and which addresses an upstream reads itself. */
import { GatewayError } from "../canonical/error.ts"
import type { MediaKind, RemoteMediaPart } from "../canonical/part.ts"
import { mediaKindOf } from "./media-type.ts"
import { isImageModel, modelFamily } from "./model-family.ts"

const WORDS: Readonly<Record<MediaKind, string>> = {
  image: "images",
  document: "documents",
  audio: "audio",
  video: "video",
}

/** An error is better than an answer about a picture that nobody saw. `param`: the client's field, where it is known. */
export function refuseModality(modelId: string, mediaType: string, param?: string): void {
  const kind = mediaKindOf(mediaType)
  if (kind !== undefined) refuseKind(modelId, kind, mediaType, param)
}

/** The same before a file is fetched: only by what its field may hold. A document may still turn out to be a text. */
export function refuseRemoteModality(modelId: string, { accepts, param }: RemoteMediaPart): void {
  if (accepts !== "document") refuseKind(modelId, accepts, WORDS[accepts], param)
}

function refuseKind(modelId: string, kind: MediaKind, what: string, param: string | undefined): void {
  const taken = modalitiesOf(modelId)
  if (taken.includes(kind)) return
  const takes = taken.length === 0 ? "text only" : `text and ${taken.map((one) => WORDS[one]).join(" and ")}`
  const message = `The model ${modelId} does not take ${WORDS[kind]}, it takes ${takes}; the request holds ${what}.`
  throw new GatewayError("invalid_request", message, param === undefined ? {} : { param })
}

function modalitiesOf(modelId: string): readonly MediaKind[] {
  const family = modelFamily(modelId)
  if (family === "gpt-oss") return []
  if (isImageModel(modelId)) return ["image"]
  return family === "claude" ? ["image", "document"] : ["image", "document", "audio", "video"]
}

/** Films of YouTube, which Gemini's models watch there. */
export function isReadUpstream({ url }: RemoteMediaPart, modelId: string): boolean {
  return modelFamily(modelId) === "gemini" && !isImageModel(modelId) && isYouTube(url)
}

function isYouTube(address: string): boolean {
  const { protocol, hostname, pathname, searchParams } = new URL(address)
  if (protocol !== "https:") return false
  if (hostname === "youtu.be") return pathname.length > 1
  if (!/^(?:(?:www|m|music)\.)?youtube\.com$/.test(hostname)) return false
  return (pathname === "/watch" && searchParams.has("v")) || /^\/(?:shorts|live|embed)\/[^/]+/.test(pathname)
}
