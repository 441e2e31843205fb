import type { Grounding } from "../../canonical/grounding.ts"
import type { ChatAnnotation } from "./wire.ts"

/** One for each page that a stretch of the content rests on; a page that nothing is cited from has no place on this wire. */
export function annotationsOf({ citations, sources }: Grounding): readonly ChatAnnotation[] {
  return citations.flatMap(({ start, end, sources: positions }) =>
    positions.flatMap((position): readonly ChatAnnotation[] => {
      const source = sources[position]
      if (source === undefined) return []
      const { url, title } = source
      return [{ type: "url_citation", url_citation: { url, title, start_index: start, end_index: end } }]
    }),
  )
}
