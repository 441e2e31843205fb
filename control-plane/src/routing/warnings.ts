/** What of a routing has no effect as the world is now. No error: lists of models change, and keys and tags may come. */
import { bareName } from "#shared/route.ts"
import { isEmptyMatch } from "#shared/routing.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { texts } from "../json.ts"
import { chainOf, ruleOf, type RoutingRows } from "./rows.ts"

export interface RoutingWarning {
  /** From the routing's root: `rules`, `2`, `action`, `model`. */
  readonly path: readonly string[]
  readonly message: string
}

export interface KnownTags {
  readonly accounts: readonly { readonly tags: unknown }[]
  readonly apiKeys: readonly { readonly id: string; readonly tags: unknown }[]
}

export function routingWarnings(rows: RoutingRows, world: CompiledSnapshot, known: KnownTags): RoutingWarning[] {
  const isKnown = world.modelById.size > 0
  const isOffered = (name: string): boolean => !isKnown || "model" in world.resolve(name)
  const accountTags = new Set(known.accounts.flatMap(({ tags }) => texts(tags)))
  const keyTags = new Set(known.apiKeys.flatMap(({ tags }) => texts(tags)))
  const keyIds = new Set(known.apiKeys.map(({ id }) => id))
  const chains = new Set(rows.fallbacks.map(({ model }) => bareName(model)))
  const found: RoutingWarning[] = []
  const warn = (message: string, ...path: (string | number)[]): void =>
    void found.push({ message, path: path.map(String) })

  for (const [index, { name, target }] of rows.aliases.entries()) {
    if (!target.includes("*") && !isOffered(target))
      warn(`Nobody offers ${target}, so ${name} means what it meant before.`, "aliases", index, "target")
  }
  let covering: string | undefined
  for (const [index, row] of rows.rules.entries()) {
    const { match, action } = ruleOf(row)
    const { model } = action
    const isNowhere = model !== undefined && !isOffered(model) && !chains.has(bareName(model))
    if (isNowhere) warn(`Nobody offers ${model}: the rule is passed over.`, "rules", index, "action", "model")
    for (const id of match.apiKeyIds ?? [])
      if (!keyIds.has(id)) warn(`There is no key ${id}.`, "rules", index, "match", "apiKeyIds")
    for (const tag of match.keyTags ?? [])
      if (!keyTags.has(tag)) warn(`No key is tagged ${tag}.`, "rules", index, "match", "keyTags")
    if (action.accountTags?.some((tag) => accountTags.has(tag)) === false)
      warn(
        "No account has one of these tags: what the rule matches is refused.",
        "rules",
        index,
        "action",
        "accountTags",
      )
    if (!row.enabled) continue
    if (covering !== undefined) warn(`The rule ${covering} before it matches everything.`, "rules", index, "match")
    else if (isEmptyMatch(match) && !isNowhere) covering = row.name
  }
  for (const [index, row] of rows.fallbacks.entries()) {
    const { next } = chainOf(row)
    for (const name of next) {
      if (!isOffered(name)) warn(`Nobody offers ${name}: it is passed over.`, "fallbacks", index, "next")
    }
  }
  return found
}
