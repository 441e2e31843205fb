import type { Usage } from "#shared/usage.ts"
import { isObject } from "../read-wire.ts"

/**
 * `usageMetadata` to ours. Input is the prompt with the built-in tools' share; output is the larger of candidates + thoughts and
 * what the total leaves, because upstreams disagree on whether candidates include thoughts. Undefined when nothing was reported.
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined
  const prompt = count(wire["promptTokenCount"])
  const toolUsePrompt = count(wire["toolUsePromptTokenCount"]) ?? 0
  const cached = count(wire["cachedContentTokenCount"])
  const reasoning = count(wire["thoughtsTokenCount"])
  const output = outputTokens(wire, prompt === undefined ? undefined : prompt + toolUsePrompt)
  const usage: Usage = {
    ...(prompt === undefined ? {} : { inputTokens: prompt + toolUsePrompt }),
    ...(cached === undefined ? {} : { cachedInputTokens: cached }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  }
  return Object.keys(usage).length === 0 ? undefined : usage
}

function outputTokens(wire: Readonly<Record<string, unknown>>, input: number | undefined): number | undefined {
  const candidates = count(wire["candidatesTokenCount"])
  const thoughts = count(wire["thoughtsTokenCount"])
  const total = count(wire["totalTokenCount"])
  const parts = candidates === undefined && thoughts === undefined ? undefined : (candidates ?? 0) + (thoughts ?? 0)
  if (total === undefined || input === undefined) return parts
  return Math.max(parts ?? 0, total - input)
}

/** proto-JSON may write 64-bit counts as strings. */
function count(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** Counts as a client of this wire reads them. */
export interface UsageMetadata {
  readonly promptTokenCount: number
  readonly cachedContentTokenCount?: number
  readonly candidatesTokenCount: number
  readonly thoughtsTokenCount?: number
  readonly totalTokenCount: number
}

/** Stand-ins for what the upstream did not report: the last event always has numbers. */
export interface UsageEstimate {
  readonly inputTokens: number
  readonly outputTokens: number
}

export function encodeUsage(usage: Usage, estimate: UsageEstimate): UsageMetadata {
  const input = usage.inputTokens ?? estimate.inputTokens
  const output = usage.outputTokens ?? estimate.outputTokens
  const thoughts = Math.min(usage.reasoningTokens ?? 0, output)
  return {
    promptTokenCount: input,
    ...(usage.cachedInputTokens === undefined ? {} : { cachedContentTokenCount: usage.cachedInputTokens }),
    candidatesTokenCount: output - thoughts,
    ...(usage.reasoningTokens === undefined ? {} : { thoughtsTokenCount: thoughts }),
    totalTokenCount: input + output,
  }
}
