/** A piece of a turn. Tool and media parts join the union with the dialects that carry them. */
export type Part = TextPart | ReasoningPart

export interface TextPart {
  readonly type: "text"
  readonly text: string
}

/** The model's thinking. `signature` is opaque and goes back to the family it came from, unaltered. */
export interface ReasoningPart {
  readonly type: "reasoning"
  readonly text: string
  readonly signature?: string
}
