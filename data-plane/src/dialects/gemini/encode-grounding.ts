import type { Grounding } from "../../canonical/grounding.ts"

/** As `groundingMetadata`, whose places are bytes of the answer's text. */
export function encodeGrounding({ queries, sources, citations }: Grounding, text: string): object {
  const byteAt = (offset: number): number => Buffer.byteLength(text.slice(0, offset))
  return {
    webSearchQueries: queries,
    groundingChunks: sources.map(({ url, title }) => ({ web: { uri: url, title } })),
    groundingSupports: citations.map(({ start, end, text: words, sources: indices }) => ({
      segment: { startIndex: byteAt(start), endIndex: byteAt(end), text: words },
      groundingChunkIndices: indices,
    })),
  }
}
