/**
 * What an operator says of names and of where requests go: aliases, rules in their order, and what follows when a model cannot be
 * served. It is the wire shape in a snapshot; `route.ts` makes of it what the hot path asks, `routing-check.ts` tells what is wrong.
 */
import type { ClientDialectName } from "./client-dialect.ts"
import type { PoolStrategyName } from "./pool-strategy.ts"
import type { RequestTrait } from "./request-trait.ts"

export interface Routing {
  /** Name or pattern with one `*` to a name; before those that are built in. */
  readonly aliases: Readonly<Record<string, string>>
  /** The first that matches counts. */
  readonly rules: readonly RoutingRule[]
  readonly fallbacks: readonly FallbackChain[]
}

export interface RoutingRule {
  /** No other rule has it. */
  readonly name: string
  readonly match: RuleMatch
  readonly action: RuleAction
}

/** All that is given must hold; what is absent holds for every request. */
export interface RuleMatch {
  /** One of these keys, or one with one of `keyTags`. */
  readonly apiKeyIds?: readonly string[]
  readonly keyTags?: readonly string[]
  readonly dialects?: readonly ClientDialectName[]
  /** Names and patterns with one `*`: of the name as it is asked for, or of the model that it leads to. */
  readonly models?: readonly string[]
  /** It has all of these. */
  readonly traits?: readonly RequestTrait[]
  /** It has none of these. */
  readonly withoutTraits?: readonly RequestTrait[]
}

/** Either a refusal or at least one of the others. */
export interface RuleAction {
  /** A name, which is resolved as a client's is; no rule looks at it again. */
  readonly model?: string
  /** Only accounts with one of these tags serve it. */
  readonly accountTags?: readonly string[]
  readonly strategy?: PoolStrategyName
  /** What the client is told. */
  readonly refuse?: string
}

/** Once nobody can serve `model`, the next ones are tried in turn, and after each of them its own. */
export interface FallbackChain {
  readonly model: string
  readonly next: readonly string[]
}

export const NO_ROUTING: Routing = { aliases: {}, rules: [], fallbacks: [] }

/** More than anybody has; each rule costs every request a look. */
export const MAX_OWN_ALIASES = 1_000
export const MAX_RULES = 200
export const MAX_CHAINS = 500
/** Of one chain. */
export const MAX_NEXT = 8
/** Of one list of a rule. */
export const MAX_LISTED = 100
export const MAX_MODEL_NAME = 200
export const MAX_RULE_NAME = 100
export const MAX_TAG = 50
export const MAX_REFUSAL = 300

/** It holds for every request. */
export function isEmptyMatch(match: RuleMatch): boolean {
  return Object.values(match).every((part) => part === undefined)
}
