/** What a web search that the upstream ran itself brought: its words, its pages, and which words of the answer rest on which page. */
export interface Grounding {
  readonly queries: readonly string[]
  readonly sources: readonly GroundingSource[]
  readonly citations: readonly Citation[]
}

export interface GroundingSource {
  readonly url: string
  readonly title: string
}

/** A stretch of the answer's visible text, all text blocks joined. */
export interface Citation {
  /** UTF-16 units from the text's begin, `end` not included. */
  readonly start: number
  readonly end: number
  /** The stretch itself. */
  readonly text: string
  /** Positions in `sources`, at least one. */
  readonly sources: readonly number[]
}
