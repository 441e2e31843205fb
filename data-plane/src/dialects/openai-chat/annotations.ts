import type { Grounding } from "../../canonical/grounding.ts"
import type { ChatAnnotation } from "./wire.ts"

/**
 * One for each page that a stretch of the content rests on. Where the upstream tells of no stretches, the content as a whole rests
 * on all pages: this wire has no other place for them.
 */
export function annotationsOf({ citations, sources }: Grounding, contentLength: number): readonly ChatAnnotation[] {
  const all = { start: 0, end: contentLength, sources: [...sources.keys()] }
  return (citations.length === 0 ? [all] : citations).flatMap(({ start, end, sources: positions }) =>
    positions.flatMap((position): readonly ChatAnnotation[] => {
      const source = sources[position]
      if (source === undefined) return []
      const { url, title } = source
      return [{ type: "url_citation", url_citation: { url, title, start_index: start, end_index: end } }]
    }),
  )
}
