/** Rows to what data planes are told of routing, and what in them the snapshot has to know of accounts and keys. Pure. */
import { createHash } from "node:crypto"
import type { FallbackChainModel, ModelAliasModel, RoutingRuleModel } from "#generated/sqlite/models.ts"
import type { FallbackChain, RuleAction, RuleMatch, Routing, RoutingRule } from "#shared/routing.ts"
import type { Database, Transaction } from "../database/open.ts"
import { texts } from "../json.ts"

export interface RoutingRows {
  readonly aliases: readonly ModelAliasModel[]
  readonly rules: readonly RoutingRuleModel[]
  readonly fallbacks: readonly FallbackChainModel[]
}

/** What `rowsOf` takes, in the order in which it counts; to be read at one moment. */
export function routingReads(prisma: Transaction | Database["prisma"]) {
  return [
    prisma.modelAlias.findMany({ orderBy: { name: "asc" } }),
    prisma.routingRule.findMany({ orderBy: [{ position: "asc" }, { name: "asc" }] }),
    prisma.fallbackChain.findMany({ orderBy: [{ position: "asc" }, { model: "asc" }] }),
  ] as const
}

export function rowsOf([aliases, rules, fallbacks]: readonly [
  ModelAliasModel[],
  RoutingRuleModel[],
  FallbackChainModel[],
]): RoutingRows {
  return { aliases, rules, fallbacks }
}

export async function readRows(prisma: Transaction | Database["prisma"]): Promise<RoutingRows> {
  const [aliases, rules, fallbacks] = routingReads(prisma)
  return rowsOf([await aliases, await rules, await fallbacks])
}

export function ruleOf({ name, match, action }: RoutingRuleModel): RoutingRule {
  // Both were written from these types; checkSnapshot looks again.
  return { name, match: match as RuleMatch, action: action as RuleAction } // as just said
}

export function chainOf({ model, next }: FallbackChainModel): FallbackChain {
  return { model, next: texts(next) }
}

/** With the rules that are enabled. Undefined: there is nothing. */
export function routingOf({ aliases, rules, fallbacks }: RoutingRows): Routing | undefined {
  if (aliases.length + rules.length + fallbacks.length === 0) return undefined
  return {
    aliases: Object.fromEntries(aliases.map(({ name, target }) => [name, target])),
    rules: rules.filter(({ enabled }) => enabled).map(ruleOf),
    fallbacks: fallbacks.map(chainOf),
  }
}

/** Tags that some rule names: others are not told to data planes. */
export function namedTags(routing: Routing | undefined): {
  readonly accounts: Set<string>
  readonly keys: Set<string>
} {
  const rules = routing?.rules ?? []
  return {
    accounts: new Set(rules.flatMap(({ action }) => action.accountTags ?? [])),
    keys: new Set(rules.flatMap(({ match }) => match.keyTags ?? [])),
  }
}

/** Changes with whatever is set. */
export function revisionOf(rows: RoutingRows): string {
  const { aliases, rules, fallbacks } = rows
  const text = JSON.stringify([
    aliases.map(({ name, target, note }) => [name, target, note]),
    rules.map(({ name, enabled, note, match, action }) => [name, enabled, note, match, action]),
    fallbacks.map(({ model, next }) => [model, next]),
  ])
  return createHash("sha256").update(text).digest("base64url").slice(0, 16)
}
