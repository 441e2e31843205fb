/** Why an answer ended, in our words, beside the upstream's own word (`raw`) where it gave one. */
export interface FinishReason {
  readonly unified: "stop" | "length" | "refusal" | "tool-calls"
  readonly raw?: string
  /** The upstream's own sentence about it, fit for the client. */
  readonly message?: string
}
