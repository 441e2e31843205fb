/** One spelling and one shape for everything that this wire lets clients write in several. */
import { isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** Values that are the client's own: names inside them mean nothing to the wire. */
const OPAQUE: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
  "labels",
])

/**
 * Names in camelCase; `contents` a list of contents, `parts` lists of parts, `systemInstruction` one content, `tools` a list. What
 * has no shape that could be meant stays as it is, for the decoder to refuse.
 */
export function regularForm(wire: WireObject): WireObject {
  const body = camelCased(wire)
  const { contents, systemInstruction, tools } = body
  return {
    ...body,
    ...(isAbsent(contents) ? {} : { contents: contentList(contents) }),
    ...(isAbsent(systemInstruction) ? {} : { systemInstruction: oneContent(systemInstruction) }),
    ...(isAbsent(tools) || Array.isArray(tools) ? {} : { tools: [tools] }),
  }
}

/** `a_b` to `aB`: proto-JSON takes both spellings. One that is written in both keeps the camelCase value. */
export function camelCased(wire: WireObject): WireObject {
  let copy: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(wire)) {
    const camel = name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
    const inner = OPAQUE.has(camel) ? value : camelCasedValue(value)
    if (camel === name && inner === value) continue
    copy ??= { ...wire }
    if (camel !== name) {
      delete copy[name]
      if (Object.hasOwn(wire, camel)) continue
    }
    copy[camel] = inner
  }
  return copy ?? wire
}

function camelCasedValue(value: unknown): unknown {
  if (isObject(value)) return camelCased(value)
  if (!Array.isArray(value)) return value
  const items = value.map(camelCasedValue)
  return items.some((item, index) => item !== value[index]) ? items : value
}

/** Texts and parts next to each other are one content of the user's. */
function contentList(wire: unknown): readonly unknown[] {
  const contents: unknown[] = []
  let loose: unknown[] | undefined
  for (const item of listOf(wire)) {
    if (!isPart(item)) {
      loose = undefined
      contents.push(isObject(item) ? withPartList(item) : item)
    } else if (loose === undefined) {
      loose = [toPart(item)]
      contents.push({ role: "user", parts: loose })
    } else loose.push(toPart(item))
  }
  return contents
}

/** System text may be a text, a part, a content, or a list of any of them. */
function oneContent(wire: unknown): unknown {
  const contents = contentList(wire)
  if (!contents.every(isObject)) return wire
  return { parts: contents.flatMap(({ parts }) => (Array.isArray(parts) ? parts : [])) }
}

function withPartList(content: WireObject): WireObject {
  const { parts } = content
  return isAbsent(parts) ? content : { ...content, parts: listOf(parts).map(toPart) }
}

function listOf(wire: unknown): readonly unknown[] {
  return Array.isArray(wire) ? wire : [wire]
}

function isPart(wire: unknown): boolean {
  return typeof wire === "string" || (isObject(wire) && !("parts" in wire) && !("role" in wire))
}

function toPart(wire: unknown): unknown {
  return typeof wire === "string" ? { text: wire } : wire
}
