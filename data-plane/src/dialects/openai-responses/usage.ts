import type { Usage } from "#shared/usage.ts"
import type { ResponseUsage } from "./wire.ts"

/** Stand-ins for what the upstream did not report: this wire always has numbers. */
export interface UsageEstimate {
  readonly inputTokens: number
  readonly outputTokens: number
}

export function encodeUsage(usage: Usage, estimate: UsageEstimate): ResponseUsage {
  const input = usage.inputTokens ?? estimate.inputTokens
  const output = usage.outputTokens ?? estimate.outputTokens
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + output,
  }
}
