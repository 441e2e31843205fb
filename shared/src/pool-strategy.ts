/** By which rule the pool chooses among accounts that may serve: one rule for each group of models, which are the quota buckets. */
import { isQuotaBucket, QUOTA_BUCKETS, type QuotaBucket } from "./quota-bucket.ts"

/** The rules by their names, and what each takes, for who chooses one. */
export const POOL_STRATEGIES = {
  "round-robin": "Each in turn.",
  weighted: "In turn, each as often as its weight says.",
  "least-in-flight": "The one with the fewest requests running.",
  "most-quota": "The one with the most of the quota left.",
  "fill-first": "One after the other, until its quota is used up.",
} as const

export type PoolStrategyName = keyof typeof POOL_STRATEGIES

export const POOL_STRATEGY_NAMES = Object.keys(POOL_STRATEGIES) as readonly PoolStrategyName[] // its own keys

export const DEFAULT_POOL_STRATEGY: PoolStrategyName = "round-robin"

export type PoolStrategies = Readonly<Record<QuotaBucket, PoolStrategyName>>

/** `weighted,third_party=most-quota`: a name alone is for all groups that are not named. Undefined: not of that form. */
export function parsePoolStrategies(text: string): PoolStrategies | undefined {
  let everywhere: PoolStrategyName | undefined
  const named: Partial<Record<QuotaBucket, PoolStrategyName>> = {}
  for (const entry of text.split(",")) {
    const parts = entry.split("=").map((part) => part.trim())
    const strategy = parts.at(-1) ?? ""
    const [group = ""] = parts
    if (!isPoolStrategyName(strategy)) return undefined
    if (parts.length === 1 && everywhere === undefined) everywhere = strategy
    else if (parts.length === 2 && isQuotaBucket(group) && named[group] === undefined) named[group] = strategy
    else return undefined
  }
  return poolStrategies((group) => named[group] ?? everywhere ?? DEFAULT_POOL_STRATEGY)
}

export function poolStrategies(of: (group: QuotaBucket) => PoolStrategyName): PoolStrategies {
  const [gemini, thirdParty, image] = QUOTA_BUCKETS
  return { [gemini]: of(gemini), [thirdParty]: of(thirdParty), [image]: of(image) }
}

export function isPoolStrategyName(name: string): name is PoolStrategyName {
  return Object.hasOwn(POOL_STRATEGIES, name)
}
