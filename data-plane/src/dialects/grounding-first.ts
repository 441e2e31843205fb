import type { StreamPart } from "../canonical/stream-part.ts"

/**
 * Wires show a search before the text that rests on it; upstreams tell of it after the text. So text is held until the sources are
 * known, or until something says that none will come. Thoughts before it pass, thoughts behind it wait with it.
 */
export function groundingFirst(emit: (part: StreamPart) => void): (part: StreamPart) => void {
  let held: StreamPart[] = []
  let isKnown = false
  const release = (): void => {
    for (const part of held) emit(part)
    held = []
  }
  return (part) => {
    if (isKnown || part.type === "usage") return emit(part)
    if (part.type === "grounding") {
      isKnown = true
      emit(part)
      return release()
    }
    const isText = part.type === "text-start" || part.type === "text-delta" || part.type === "text-end"
    const isThought =
      part.type === "reasoning-start" || part.type === "reasoning-delta" || part.type === "reasoning-end"
    if (isText || (isThought && held.length > 0)) held.push(part)
    else {
      release()
      emit(part)
    }
  }
}
