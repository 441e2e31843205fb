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

/** What the upstream takes from the account's quota; what it does not tell cannot be counted. */
export function chargedTokens({ inputTokens = 0, cachedInputTokens = 0, outputTokens = 0 }: Usage): number {
  return Math.max(0, inputTokens - cachedInputTokens) + outputTokens
}
