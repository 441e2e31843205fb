import type { Part } from "../../canonical/part.ts"

/** A part of a content and where it stands. */
export interface PlacedPart {
  readonly part: Part
  readonly path: string
}

/**
 * Clients that keep the events of a stream give a model's turn back in its pieces: a thought in many parts of which the last bears
 * the signature, and after a text an empty one that bears the text's. Thoughts are joined, because a signature is known by the whole
 * text it is over; a signature on an empty text goes to the text before it. `dropped` gets the paths of those that have none.
 */
export function joinPieces(pieces: readonly PlacedPart[], dropped: string[]): readonly Part[] {
  const parts: Part[] = []
  for (const { part, path } of pieces) {
    const last = parts.at(-1)
    if (part.type === "reasoning" && last?.type === "reasoning" && last.signature === undefined) {
      parts[parts.length - 1] = { ...last, ...part, text: last.text + part.text }
    } else if (part.type !== "text" || part.text !== "") parts.push(part)
    else if (part.signature === undefined) continue
    else if (last?.type === "text") parts[parts.length - 1] = { ...last, signature: part.signature }
    else dropped.push(`${path}.thoughtSignature`)
  }
  return parts
}
