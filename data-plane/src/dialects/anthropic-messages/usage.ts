import type { Usage } from "#shared/usage.ts"
import type { MessagesUsage } from "./wire.ts"

/** Stand-ins for what the upstream did not report: this wire always has numbers. */
export interface UsageEstimate {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** The three input counts add up to the real prompt: clients' context meters add them. */
export function encodeUsage(usage: Usage, estimate: UsageEstimate, hasSearched = false): MessagesUsage {
  const input = usage.inputTokens ?? estimate.inputTokens
  const cached = Math.min(usage.cachedInputTokens ?? 0, input)
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: usage.outputTokens ?? estimate.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens ?? 0 },
    ...(hasSearched ? { server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } } : {}),
  }
}
