/** Images, sounds, films and files of chat messages, in OpenAI's shapes and those that others have added to them. */
import type { RemoteMediaPart } from "../../canonical/part.ts"
import { decodeAudio, decodeFile } from "../openai-media.ts"
import { readAddress, type ReadMedia } from "../read-media.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** A part of the types `image_url` or `input_image`, `input_audio`, `video_url` or `file`. */
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
