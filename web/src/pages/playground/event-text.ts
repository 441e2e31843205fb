/** Server-sent events out of pieces of text, each as it came. Pure. */

export interface RawEvent {
  /** As it stood on the wire, without the empty line that ends it. */
  readonly text: string
  /** Its JSON; undefined: it has none, such as a comment or `[DONE]`. */
  readonly value: unknown
}

/** Gives the events that a piece of text completes; what is left waits for the next. */
export function createEventReader(): (piece: string) => readonly RawEvent[] {
  let rest = ""
  return (piece) => {
    rest += piece
    const texts = rest.split(/\r?\n\r?\n/)
    rest = texts.pop() ?? ""
    return texts.filter((text) => text.trim() !== "").map((text) => ({ text, value: valueOf(text) }))
  }
}

function valueOf(text: string): unknown {
  const data = text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).replace(/^ /, ""))
    .join("\n")
  try {
    return JSON.parse(data)
  } catch {
    // It is shown as it came all the same.
    return undefined
  }
}
