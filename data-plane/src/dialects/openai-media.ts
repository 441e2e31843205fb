/** Files and sounds as all of OpenAI's wires write them. */
import type { RemoteMediaPart } from "../canonical/part.ts"
import { audioFormats, audioTypeOf } from "./media-type.ts"
import { readAddress, readData, unknownFile, type ReadMedia } from "./read-media.ts"
import { invalid, isAbsent, isObject } from "./read-wire.ts"

/** `{data, format}`. */
export function decodeAudio(wire: unknown, path: string): ReadMedia {
  if (!isObject(wire) || typeof wire["data"] !== "string") throw invalid(`${path}.data`, "must be base64 data")
  const { data, format } = wire
  if (isAbsent(format)) return readData(data, { path: `${path}.data`, accepts: "audio" })
  const declaredType = typeof format === "string" ? audioTypeOf(format) : undefined
  if (declaredType === undefined) throw invalid(`${path}.format`, `must be one of ${audioFormats().join(", ")}`)
  return readData(data, { path: `${path}.data`, accepts: "audio", declaredType })
}

/** `{file_data, file_url, filename}`; chat's own have no address, but it is understood there too. */
export function decodeFile(wire: unknown, path: string): ReadMedia | RemoteMediaPart {
  if (!isObject(wire)) throw invalid(path, "must be an object with file_data")
  const { file_data: data, file_url: url, filename } = wire
  const title = typeof filename === "string" ? filename : undefined
  if (typeof data === "string") return readData(data, { path: `${path}.file_data`, accepts: "document", title })
  if (typeof url === "string") return readAddress(url, { path: `${path}.file_url`, accepts: "document", title })
  if (!isAbsent(wire["file_id"])) throw unknownFile(`${path}.file_id`)
  throw invalid(`${path}.file_data`, "must be the file's data, as base64 or in a data: URL")
}
