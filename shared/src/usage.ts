/**
 * Token counts of one exchange. A count that the upstream did not report is `undefined`, never 0.
 * `inputTokens` includes `cachedInputTokens`; `outputTokens` includes `reasoningTokens`.
 */
export interface Usage {
  readonly inputTokens?: number
  readonly cachedInputTokens?: number
  readonly outputTokens?: number
  readonly reasoningTokens?: number
}
