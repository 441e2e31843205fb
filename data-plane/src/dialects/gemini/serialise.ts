/**
 * A request's bytes, as `JSON.stringify` would make them. Base64 has nothing to escape: where it is long it is copied in, because to
 * look at each of its letters would hold up every stream of the process.
 */
import { isObject, type WireObject } from "../read-wire.ts"

/** Below it costs more than it saves. */
const LONG = 64 * 1024

export function serialise(value: WireObject): Buffer {
  const long: string[] = []
  const shortened = withPlaceholders(value, long)
  if (long.length === 0) return Buffer.from(JSON.stringify(value))
  const pieces = JSON.stringify(shortened).split(PLACEHOLDER)
  // Whoever writes the placeholder himself is served as everybody without long data.
  if (pieces.length !== long.length + 1) return Buffer.from(JSON.stringify(value))
  return joined(pieces, long)
}

/** Written once, into what it will be. */
function joined(pieces: readonly string[], long: readonly string[]): Buffer {
  const texts = pieces.map((piece, index) =>
    Buffer.from(`${index === 0 ? "" : QUOTE}${piece}${index < long.length ? QUOTE : ""}`),
  )
  const length = [...texts, ...long].reduce((sum, one) => sum + one.length, 0)
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const [index, text] of texts.entries()) {
    at += text.copy(bytes, at)
    at += bytes.write(long[index] ?? "", at, "latin1")
  }
  return bytes
}

const QUOTE = '"'

/** Stands for data that were checked to be base64; with the quotes that `JSON.stringify` puts around it. */
const MARK = "\u0001media\u0001"
const PLACEHOLDER = JSON.stringify(MARK)

function withPlaceholders(value: WireObject, long: string[]): WireObject {
  const { contents } = value
  if (!Array.isArray(contents)) return value
  const shortened = contents.map((content: unknown) => {
    if (!isObject(content) || !Array.isArray(content["parts"])) return content
    return { ...content, parts: content["parts"].map((part: unknown) => shortPart(part, long)) }
  })
  return long.length === 0 ? value : { ...value, contents: shortened }
}

function shortPart(part: unknown, long: string[]): unknown {
  const inline = isObject(part) ? part["inlineData"] : undefined
  if (!isObject(part) || !isObject(inline)) return part
  const { data } = inline
  if (typeof data !== "string" || data.length < LONG) return part
  long.push(data)
  return { ...part, inlineData: { ...inline, data: MARK } }
}
