/** A web search in an answer of this wire: the search, the pages that it found, then the text in stretches with what they rest on. */
import type { Grounding } from "../../canonical/grounding.ts"
import type { ServerToolUseBlock, TextBlock, WebSearchCitation, WebSearchToolResultBlock } from "./wire.ts"

/** Stands before the answer's first text. */
export function searchBlocks(
  { queries, sources }: Grounding,
  exchangeId: string,
): readonly [ServerToolUseBlock, WebSearchToolResultBlock] {
  const id = `srvtoolu_${exchangeId.replace(/^req_/, "")}`
  const content = sources.map(({ url, title }) => {
    return { type: "web_search_result", url, title, encrypted_content: "", page_age: null } as const
  })
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query: queries[0] ?? "" } },
    { type: "web_search_tool_result", tool_use_id: id, content },
  ]
}

/** One text of the answer, cut where what it rests on changes; `before` is the length of the texts before it. */
export function citedBlocks(text: string, before: number, { citations, sources }: Grounding): readonly TextBlock[] {
  const stretches = citations
    .map((citation) => ({ ...citation, start: citation.start - before, end: citation.end - before }))
    .filter(({ start, end }) => end > 0 && start < text.length)
  const places = stretches.flatMap(({ start, end }) => [Math.max(start, 0), Math.min(end, text.length)])
  const cuts = [...new Set([0, ...places, text.length])].toSorted((left, right) => left - right)
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0
    const piece = text.slice(start, end)
    const covering = stretches.filter((stretch) => stretch.start <= start && end <= stretch.end)
    const cited = covering.flatMap((stretch) =>
      stretch.sources.flatMap((position): readonly WebSearchCitation[] => {
        const source = sources[position]
        if (source === undefined) return []
        const { url, title } = source
        return [{ type: "web_search_result_location", url, title, cited_text: stretch.text, encrypted_index: "" }]
      }),
    )
    return { type: "text", text: piece, ...(cited.length === 0 ? {} : { citations: cited }) }
  })
}
