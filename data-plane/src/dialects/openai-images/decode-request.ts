import { GatewayError } from "../../canonical/error.ts"
import type { Part } from "../../canonical/part.ts"
import type { ChatRequest, Decoded, ImageWish } from "../../canonical/request.ts"
import type { CallAddress, RequestHeaders } from "../dialect.ts"
import { droppedPaths } from "../field-table.ts"
import { readImageSize } from "../image-wish.ts"
import { readAddress, readData, unknownFile } from "../read-media.ts"
import { invalid, isAbsent, isObject, readBody, readInteger, readString, type WireObject } from "../read-wire.ts"
import type { ImagesExtra } from "./extra.ts"
import { IMAGES_TREE } from "./wire.ts"

/** What a request without a model means: names of this kind lead to whatever image model there is (`#shared/model-alias.ts`). */
const DEFAULT_MODEL = "gpt-image-1"

/** Of one request; each is a call of its own upstream. */
const MAX_IMAGES = 10

const QUALITIES: Readonly<Record<string, NonNullable<ImageWish["size"]>>> = {
  hd: "4K",
  high: "4K",
  medium: "2K",
  standard: "1K",
  low: "1K",
  auto: "1K",
}

/** The form `edits` needs an image to begin with; the other may have one. */
export function decodeRequest(wire: unknown, _headers: RequestHeaders, address?: CallAddress): Decoded<ChatRequest> {
  const body = readBody(wire)
  const isEdit = address?.form === "edits"
  const prompt = readString(body, "prompt")
  if (prompt === undefined || prompt.trim() === "") throw invalid("prompt", "say what the image is to show")
  const images = decodeImages(body)
  if (isEdit && images.length === 0) throw invalid("image", "an edit needs an image to begin with")
  if (!isAbsent(body["mask"])) throw noMask()
  const count = readCount(body)
  const user = readString(body, "user")
  const extra: ImagesExtra = { asUrl: readFormat(body) === "url", isEdit }
  const value: ChatRequest = {
    model: readString(body, "model") || DEFAULT_MODEL,
    stream: readFlag(body, "stream"),
    system: [],
    turns: [{ role: "user", parts: [...images, { type: "text", text: prompt }] }],
    sampling: {},
    image: { isRequired: true, ...decodeLook(body) },
    ...(count === 1 ? {} : { choices: count }),
    ...(user === undefined || user === "" ? {} : { conversation: user }),
    extra: { "openai-images": { ...extra } },
  }
  return { value, dropped: droppedPaths(body, IMAGES_TREE) }
}

/** In a form everything is text. */
function readCount(body: WireObject): number {
  const { n } = body
  const counted = typeof n === "string" && /^\d{1,3}$/.test(n) ? { n: Number(n) } : body
  const count = readInteger(counted, "n", 1) ?? 1
  if (count > MAX_IMAGES) throw invalid("n", `must be at most ${MAX_IMAGES}`)
  return count
}

function readFlag(body: WireObject, key: string): boolean {
  const value = body[key]
  if (isAbsent(value) || value === false || value === "false" || value === "") return false
  if (value === true || value === "true") return true
  throw invalid(key, "must be true or false")
}

function readFormat(body: WireObject): "b64_json" | "url" {
  const format = readString(body, "response_format") || "b64_json"
  if (format === "b64_json" || format === "url") return format
  throw invalid("response_format", "must be b64_json or url")
}

/** The size goes before the quality. */
function decodeLook(body: WireObject): ImageWish {
  const size = readString(body, "size") || "auto"
  const shape = size === "auto" ? {} : readImageSize(size)
  if (shape === undefined) throw invalid("size", "must be WIDTHxHEIGHT, a ratio such as 16:9, or auto")
  const quality = readString(body, "quality")
  if (quality === undefined || quality === "") return shape
  const resolution = Object.hasOwn(QUALITIES, quality) ? QUALITIES[quality] : undefined
  if (resolution === undefined) throw invalid("quality", `must be one of ${Object.keys(QUALITIES).join(", ")}`)
  return { size: resolution, ...shape }
}

function decodeImages(body: WireObject): readonly Part[] {
  return (["image", "images"] as const).flatMap((key) => {
    const value = body[key]
    if (isAbsent(value)) return []
    if (!Array.isArray(value)) return [decodeImage(value, key)]
    return value.map((one: unknown, index) => decodeImage(one, `${key}[${index}]`))
  })
}

/** A file of a form, or what JSON has in its place. */
function decodeImage(value: unknown, path: string): Part {
  if (typeof value === "string") {
    return /^(?:data|https?):/i.test(value)
      ? readAddress(value, { path, accepts: "image" })
      : readData(value, { path, accepts: "image" })
  }
  if (!isObject(value)) throw invalid(path, "must be an image")
  if (value["type"] === "file" && typeof value["data"] === "string") {
    return readData(value["data"], { path, accepts: "image", declaredType: String(value["mediaType"]) })
  }
  if (!isAbsent(value["file_id"])) throw unknownFile(`${path}.file_id`)
  const url = value["image_url"]
  const at = `${path}.image_url`
  if (typeof url !== "string") throw invalid(at, "must be a data: URL or an http(s) address")
  return readAddress(url, { path: at, accepts: "image" })
}

function noMask(): GatewayError {
  const sentence = "mask: image models here take no mask; say in the prompt what is to change."
  return new GatewayError("unsupported_parameter", sentence, { param: "mask" })
}
