import type { KeyStanding, RateStanding } from "../dialect.ts"

/**
 * Where a key stands with its limits of a minute, as Anthropic's wire tells it. Never its `unified` headers: Claude Code takes them for
 * a subscription's.
 */
export function encodeLimits({ requests, tokens }: KeyStanding, now: number): Record<string, string> {
  return { ...headersOf("requests", requests, now), ...headersOf("tokens", tokens, now) }
}

function headersOf(name: string, standing: RateStanding | undefined, now: number): Record<string, string> {
  if (standing === undefined) return {}
  const { limit, remaining, resetMs } = standing
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(remaining),
    // To the second, as the vendor has it, and not before it is true.
    [`anthropic-ratelimit-${name}-reset`]: new Date(Math.ceil((now + resetMs) / 1_000) * 1_000)
      .toISOString()
      .replace(".000Z", "Z"),
  }
}
