/** Where a key stands with its limits of a minute, as all of OpenAI's wires tell it. */
import type { KeyStanding, RateStanding } from "./dialect.ts"

export function encodeLimits({ requests, tokens }: KeyStanding): Record<string, string> {
  return { ...headersOf("requests", requests), ...headersOf("tokens", tokens) }
}

function headersOf(name: string, standing: RateStanding | undefined): Record<string, string> {
  if (standing === undefined) return {}
  return {
    [`x-ratelimit-limit-${name}`]: String(standing.limit),
    [`x-ratelimit-remaining-${name}`]: String(standing.remaining),
    [`x-ratelimit-reset-${name}`]: duration(standing.resetMs),
  }
}

/** `340ms`, `1.5s`, `6m0s`: as OpenAI writes a time, which clients read apart. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 100) / 10
  if (seconds < 60) return `${seconds}s`
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}m${whole % 60}s`
}
