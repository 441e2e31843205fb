import type { Usage } from "#shared/usage.ts"
import type { ChatUsage } from "./wire.ts"

/** Stand-ins for what the upstream did not report: this wire always has numbers. */
export interface UsageEstimate {
  readonly inputTokens: number
  readonly outputTokens: number
}

export function encodeUsage(usage: Usage, estimate: UsageEstimate): ChatUsage {
  const prompt = usage.inputTokens ?? estimate.inputTokens
  const completion = usage.outputTokens ?? estimate.outputTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  }
}
