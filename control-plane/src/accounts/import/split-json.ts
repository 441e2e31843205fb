/** JSON as people bring it: one value, or several one after the other, as `cat` makes of many files. Pure. */

export interface JsonPiece {
  readonly value: unknown
  /** Where it begins, from 1. */
  readonly line: number
}

export type JsonPieces =
  | { readonly type: "pieces"; readonly pieces: readonly JsonPiece[] }
  /** `line` is where it stops being JSON. */
  | { readonly type: "broken"; readonly line: number }
  | { readonly type: "too-many" }

/** At most `most` values. A text of millions costs no more than one of as many as are taken. */
export function splitJson(text: string, most: number): JsonPieces {
  const whole = parse(text)
  if (whole.type === "value") return { type: "pieces", pieces: [{ value: whole.value, line: 1 }] }
  const pieces: JsonPiece[] = []
  let line = 1
  let nextBreak = text.indexOf("\n")
  for (let at = firstSign(text, 0); at < text.length; at = firstSign(text, at)) {
    if (pieces.length >= most) return { type: "too-many" }
    for (; nextBreak !== -1 && nextBreak < at; nextBreak = text.indexOf("\n", nextBreak + 1)) line += 1
    const end = endOf(text, at)
    const piece = end === undefined ? undefined : parse(text.slice(at, end))
    if (end === undefined || piece?.type !== "value") {
      // Of a single value the parser knows the place better than the brackets do.
      return { type: "broken", line: pieces.length === 0 ? lineAt(text, whole.at) : line }
    }
    pieces.push({ value: piece.value, line })
    at = end
  }
  return { type: "pieces", pieces }
}

type Parsed = { readonly type: "value"; readonly value: unknown } | { readonly type: "broken"; readonly at: number }

function parse(text: string): Parsed {
  try {
    return { type: "value", value: JSON.parse(text) }
  } catch (error) {
    // The message quotes the document; only the place is taken from it.
    const place = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
    return { type: "broken", at: place === undefined ? text.length : Number(place) }
  }
}

/** The next place that is neither space nor a comma between values. */
function firstSign(text: string, from: number): number {
  let at = from
  while (at < text.length && " \t\r\n,".includes(text.charAt(at))) at += 1
  return at
}

/** Behind the bracket that closes the one at `start`; undefined: it is no bracket, or stays open. */
function endOf(text: string, start: number): number | undefined {
  if (text.charAt(start) !== "{" && text.charAt(start) !== "[") return undefined
  let depth = 0
  let isText = false
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at)
    if (isText) {
      if (sign === "\\") at += 1
      else if (sign === '"') isText = false
    } else if (sign === '"') isText = true
    else if (sign === "{" || sign === "[") depth += 1
    else if (sign === "}" || sign === "]") {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

function lineAt(text: string, at: number): number {
  let line = 1
  for (let end = text.indexOf("\n"); end !== -1 && end < at; end = text.indexOf("\n", end + 1)) line += 1
  return line
}
