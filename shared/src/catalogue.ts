/** One model as an upstream's catalogue describes it. Limits are in tokens; what the catalogue does not say is `undefined`. */
export interface CatalogueModel {
  readonly id: string
  readonly displayName?: string
  readonly maxInputTokens?: number
  readonly maxOutputTokens?: number
  readonly supportsThinking?: boolean
  readonly supportsImages?: boolean
  readonly thinkingBudget?: number
  readonly minThinkingBudget?: number
  /** Takes requests that are nothing but a web search. */
  readonly supportsWebSearch?: boolean
}

/** What one account offers, as last read. Accounts with the same catalogue share one entry in a snapshot. */
export interface Catalogue {
  readonly models: readonly CatalogueModel[]
  /** Retired id to its successor, applied before aliases where the successor is in a live list. */
  readonly deprecatedModelIds: Readonly<Record<string, string>>
}
