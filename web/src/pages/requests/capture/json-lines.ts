/** JSON as lines that are read, each with the JSON pointer (RFC 6901) of the value it shows. Pure. */

export interface JsonLine {
  readonly text: string
  readonly indent: number
  /** Of the value that begins on the line, or ends there. */
  readonly pointer: string
}

/** A longer text is cut in the view; it can be copied whole. */
const mostText = 500

const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1")

function shown(value: unknown): string {
  if (typeof value !== "string" || value.length <= mostText) return JSON.stringify(value)
  return `${JSON.stringify(value.slice(0, mostText)).slice(0, -1)}… (+${value.length - mostText})"`
}

/** Undefined: it is no JSON. */
export function jsonLines(text: string): readonly JsonLine[] | undefined {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return undefined // which is said by showing it as it came
  }
  const lines: JsonLine[] = []
  const write = (value: unknown, pointer: string, indent: number, head: string, tail: string) => {
    const isList = Array.isArray(value)
    const entries = isList
      ? value.map((one, index) => [String(index), one] as const)
      : typeof value === "object" && value !== null
        ? Object.entries(value)
        : undefined
    if (entries === undefined || entries.length === 0) {
      const short = entries === undefined ? shown(value) : isList ? "[]" : "{}"
      lines.push({ text: `${head}${short}${tail}`, indent, pointer })
      return
    }
    lines.push({ text: `${head}${isList ? "[" : "{"}`, indent, pointer })
    entries.forEach(([key, one], index) => {
      const comma = index < entries.length - 1 ? "," : ""
      write(one, `${pointer}/${escaped(key)}`, indent + 1, isList ? "" : `${JSON.stringify(key)}: `, comma)
    })
    lines.push({ text: `${isList ? "]" : "}"}${tail}`, indent, pointer })
  }
  write(whole, "", 0, "", "")
  return lines
}

/** Whether a line belongs to what a pointer names. */
export const isWithin = (line: string, pointer: string): boolean => line === pointer || line.startsWith(`${pointer}/`)
