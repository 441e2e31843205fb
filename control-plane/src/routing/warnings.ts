/** What of a routing has no effect as the world is now. No error: lists of models change, and keys and tags may come. */
import { bareName } from "#shared/route.ts"
import { isEmptyMatch } from "#shared/routing.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { texts } from "../json.ts"
import { chainOf, ruleOf, type RoutingRows } from "./rows.ts"

/** Each with what it says. */
export const WARNING_CODES = {
  NOT_OFFERED: "Nobody offers the model.",
  NO_SUCH_KEY: "There is no such key.",
  NO_SUCH_KEY_TAG: "No key has the tag.",
  NO_SUCH_ACCOUNT_TAG: "No account has one of the tags.",
  COVERED: "A rule before it matches everything.",
} as const

export type WarningCode = keyof typeof WARNING_CODES

export interface RoutingWarning {
  readonly code: WarningCode
  /** The model, key, tags or rule that it names. */
  readonly about: string
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
  const warn = (code: WarningCode, about: string, message: string, ...path: (string | number)[]): void =>
    void found.push({ code, about, message, path: path.map(String) })

  for (const [index, { name, target }] of rows.aliases.entries()) {
    if (!target.includes("*") && !isOffered(target))
      warn(
        "NOT_OFFERED",
        target,
        `Nobody offers ${target}, so ${name} means what it meant before.`,
        "aliases",
        index,
        "target",
      )
  }
  let covering: string | undefined
  for (const [index, row] of rows.rules.entries()) {
    const { match, action } = ruleOf(row)
    const { model } = action
    const isNowhere = model !== undefined && !isOffered(model) && !chains.has(bareName(model))
    if (isNowhere)
      warn("NOT_OFFERED", model, `Nobody offers ${model}: the rule is passed over.`, "rules", index, "action", "model")
    for (const id of match.apiKeyIds ?? [])
      if (!keyIds.has(id)) warn("NO_SUCH_KEY", id, `There is no key ${id}.`, "rules", index, "match", "apiKeyIds")
    for (const tag of match.keyTags ?? [])
      if (!keyTags.has(tag))
        warn("NO_SUCH_KEY_TAG", tag, `No key is tagged ${tag}.`, "rules", index, "match", "keyTags")
    if (action.accountTags?.some((tag) => accountTags.has(tag)) === false)
      warn(
        "NO_SUCH_ACCOUNT_TAG",
        action.accountTags.join(", "),
        "No account has one of these tags: what the rule matches is refused.",
        "rules",
        index,
        "action",
        "accountTags",
      )
    if (!row.enabled) continue
    if (covering !== undefined)
      warn("COVERED", covering, `The rule ${covering} before it matches everything.`, "rules", index, "match")
    else if (isEmptyMatch(match) && !isNowhere) covering = row.name
  }
  for (const [index, row] of rows.fallbacks.entries()) {
    const { next } = chainOf(row)
    for (const name of next) {
      if (!isOffered(name))
        warn("NOT_OFFERED", name, `Nobody offers ${name}: it is passed over.`, "fallbacks", index, "next")
    }
  }
  return found
}
