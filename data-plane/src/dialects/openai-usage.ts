/** Usage as OpenAI's completion wires count it. */
import type { Usage } from "#shared/usage.ts"

export interface CompletionUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
  readonly completion_tokens_details: { readonly reasoning_tokens: number }
}

/** Stand-ins for what the upstream did not report: these wires always have numbers. */
export interface UsageEstimate {
  readonly inputTokens: number
  readonly outputTokens: number
}

export function encodeUsage(usage: Usage, estimate: UsageEstimate): CompletionUsage {
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

/** Of several answers to one request: each was a call of its own, with the whole prompt. */
export function sumUsage(usages: readonly CompletionUsage[]): CompletionUsage {
  return usages.reduce((one, other) => ({
    prompt_tokens: one.prompt_tokens + other.prompt_tokens,
    completion_tokens: one.completion_tokens + other.completion_tokens,
    total_tokens: one.total_tokens + other.total_tokens,
    prompt_tokens_details: {
      cached_tokens: one.prompt_tokens_details.cached_tokens + other.prompt_tokens_details.cached_tokens,
    },
    completion_tokens_details: {
      reasoning_tokens:
        one.completion_tokens_details.reasoning_tokens + other.completion_tokens_details.reasoning_tokens,
    },
  }))
}
