/** Images, sounds, films and files of chat messages, in OpenAI's shapes and those that others have added to them. */
import type { RemoteMediaPart } from "../../canonical/part.ts"
import { audioFormats, audioTypeOf } from "../media-type.ts"
import { readAddress, readData, unknownFile, type ReadMedia } from "../read-media.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** A part of the types `image_url`, `input_audio`, `video_url` or `file`. */
export function decodeMedia(wire: WireObject, path: string): ReadMedia | RemoteMediaPart {
  switch (wire["type"]) {
    case "input_audio":
      return decodeAudio(wire["input_audio"], `${path}.input_audio`)
    case "video_url":
      return decodeUrl(wire["video_url"], `${path}.video_url`, "video")
    case "file":
      return decodeFile(wire["file"], `${path}.file`)
    default:
      return decodeUrl(wire["image_url"], `${path}.image_url`, "image")
  }
}

/** What an answer of ours held as `images`, given back with the turn. */
export function decodeImages(images: unknown, path: string): readonly (ReadMedia | RemoteMediaPart)[] {
  if (isAbsent(images)) return []
  if (!Array.isArray(images)) throw invalid(path, "must be a list of images")
  return images.map((image: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(image)) throw invalid(at, "must be an object with an image_url")
    return decodeUrl(image["image_url"], `${at}.image_url`, "image")
  })
}

/** An object with the address, or the address itself. */
function decodeUrl(wire: unknown, path: string, accepts: "image" | "video"): ReadMedia | RemoteMediaPart {
  const url = isObject(wire) ? wire["url"] : wire
  if (typeof url !== "string") throw invalid(`${path}.url`, "must be a string")
  return readAddress(url, { path: `${path}.url`, accepts })
}

function decodeAudio(wire: unknown, path: string): ReadMedia {
  if (!isObject(wire) || typeof wire["data"] !== "string") throw invalid(`${path}.data`, "must be base64 data")
  const { data, format } = wire
  if (isAbsent(format)) return readData(data, { path: `${path}.data`, accepts: "audio" })
  const declaredType = typeof format === "string" ? audioTypeOf(format) : undefined
  if (declaredType === undefined) throw invalid(`${path}.format`, `must be one of ${audioFormats().join(", ")}`)
  return readData(data, { path: `${path}.data`, accepts: "audio", declaredType })
}

/** `file_url` is not OpenAI's, but what its Responses have. */
function decodeFile(wire: unknown, path: string): ReadMedia | RemoteMediaPart {
  if (!isObject(wire)) throw invalid(path, "must be an object with file_data")
  const { file_data: data, file_url: url, filename } = wire
  const title = typeof filename === "string" ? filename : undefined
  if (typeof data === "string") return readData(data, { path: `${path}.file_data`, accepts: "document", title })
  if (typeof url === "string") return readAddress(url, { path: `${path}.file_url`, accepts: "document", title })
  if (!isAbsent(wire["file_id"])) throw unknownFile(`${path}.file_id`)
  throw invalid(`${path}.file_data`, "must be the file's data, as base64 or in a data: URL")
}
