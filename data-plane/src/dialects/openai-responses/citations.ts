/** A web search of the upstream as this wire shows it: an item of its own, and citations on the text. */
import type { Grounding } from "../../canonical/grounding.ts"
import type { CallItem } from "./call-items.ts"
import type { UrlCitation } from "./wire.ts"

export function searchItem({ queries, sources }: Grounding, suffix: string): CallItem {
  const base = { id: `ws_${suffix}`, type: "web_search_call" }
  const action = {
    type: "search",
    query: queries[0] ?? "",
    queries,
    sources: sources.map(({ url }) => ({ type: "url", url })),
  }
  const events = ["in_progress", "searching", "completed"] as const
  return {
    begun: { ...base, status: "in_progress", action: { type: "search", query: action.query } },
    whole: { ...base, status: "completed", action },
    events: events.map((event) => [`response.web_search_call.${event}`, {}]),
  }
}

/** Citations of `text`, of which `before` units of the answer's text come before; counted from its own begin, cut to it. */
export function citationsIn(grounding: Grounding | undefined, before: number, text: string): readonly UrlCitation[] {
  if (grounding === undefined) return []
  return grounding.citations.flatMap(({ start, end, sources }) => {
    const stretch = { start_index: Math.max(start - before, 0), end_index: Math.min(end - before, text.length) }
    if (stretch.start_index >= stretch.end_index) return []
    return sources.flatMap((at) => {
      const source = grounding.sources[at]
      return source === undefined ? [] : [{ type: "url_citation" as const, ...stretch, ...source }]
    })
  })
}
