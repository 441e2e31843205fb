/**
 * Where a request goes: from the name it asks for over the operator's rules to a model, the accounts that may serve it, and what
 * follows when none of them can. Pure and made once for a snapshot; the data plane asks it for every request, and `explainRoute` of
 * the control plane asks the very same with `tell`, which hears of each step.
 */
import type { ClientDialectName } from "./client-dialect.ts"
import { LONGEST_NAME, type ModelResolution } from "./model-name.ts"
import { mergeWishes, readWishedName, type NameWish, type WishedName } from "./name-wish.ts"
import { withNamedTraits, type Named, type OwnTraits } from "./named-traits.ts"
import type { PoolStrategyName } from "./pool-strategy.ts"
import { traitMask, type TraitMask } from "./request-trait.ts"
import { NO_ROUTING, type RuleAction, type RuleMatch, type Routing } from "./routing.ts"

/** Accounts with any of these tags. Equal ones are one object. */
export interface AccountGroup {
  /** The same for the same tags. */
  readonly name: string
  readonly tags: readonly string[]
}

export interface RouteAsk {
  /** As the client wrote it. */
  readonly asked: string
  readonly key: { readonly id: string; readonly tags?: readonly string[] }
  readonly dialect: ClientDialectName
  /** Called at most once, and only where a rule asks for some; those that the name gives are added here. */
  readonly traits: () => OwnTraits
}

export type ModelRoute = {
  readonly type: "model"
  readonly model: string
  readonly via: Extract<ModelResolution, { model: string }>["via"]
  readonly wish?: NameWish
  /** Not offered by any account: `model` is the first that follows it. */
  readonly unoffered?: string
  readonly group?: AccountGroup
  readonly strategy?: PoolStrategyName
  /** Models that follow, in turn, when nobody can serve this one. */
  readonly fallbacks: readonly string[]
} & ByRule

export type Route =
  | ModelRoute
  | ({ readonly type: "refused"; readonly rule: string; readonly message: string } & ByRule)
  | ({ readonly type: "not-found" } & Extract<ModelResolution, { notFound: string }> & ByRule)

interface ByRule {
  /** The rule that decided; absent: none did. */
  readonly rule?: string
}

/** Why a rule does not decide; `not-offered`: it would, but nobody offers its model. */
export type RuleMiss = "key" | "dialect" | "model" | "traits" | "not-offered"

export type RouteStep =
  | { readonly type: "name"; readonly resolution: ModelResolution }
  | { readonly type: "rule"; readonly rule: string; readonly miss?: RuleMiss; readonly action: RuleAction }
  | { readonly type: "unoffered"; readonly name: string; readonly model: string }
  | { readonly type: "fallbacks"; readonly models: readonly string[] }

export interface Router {
  readonly route: (ask: RouteAsk, tell?: (step: RouteStep) => void) => Route
  /** Models that follow this one, in turn, when nobody can serve it. */
  readonly fallbacksOf: (model: string) => readonly string[]
  /** Strategies that some rule names. */
  readonly strategies: ReadonlySet<PoolStrategyName>
  /** Tags that some rule names: what else accounts are tagged with is of no concern to the pool. */
  readonly tags: ReadonlySet<string>
}

type Resolve = (asked: string) => ModelResolution

/** A name that leads to a model, perhaps over its chain. */
type Lead = Omit<ModelRoute, "type" | "rule" | "group" | "strategy">

interface Rule {
  readonly name: string
  readonly action: RuleAction
  readonly group: AccountGroup | undefined
  readonly keyIds: ReadonlySet<string> | undefined
  readonly keyTags: ReadonlySet<string> | undefined
  readonly dialects: ReadonlySet<string> | undefined
  readonly models: readonly NamePattern[] | undefined
  readonly needs: TraitMask
  readonly forbids: TraitMask
}

const NOTHING: readonly string[] = []

/** `routing` has passed its check; where it has not, this ends all the same. */
export function createRouter(routing: Routing = NO_ROUTING, resolve: Resolve): Router {
  const groups = new Map<string, AccountGroup>()
  const rules = routing.rules.map((rule) => compileRule(rule.name, rule.match, rule.action, groups))
  const chains = compileChains(routing, resolve)
  const fallbacksOf = (model: string): readonly string[] => chains.byModel.get(model) ?? NOTHING

  function lead(resolution: ModelResolution, name: string): Lead | undefined {
    if ("model" in resolution) {
      const { model, via, wish } = resolution
      const fallbacks = fallbacksOf(model)
      return wish === undefined ? { model, via, fallbacks } : { model, via, wish, fallbacks }
    }
    const [model, ...fallbacks] = chains.byName.get(name) ?? NOTHING
    if (model === undefined) return undefined
    return { model, via: "alias", wish: wishOf(resolution), unoffered: name, fallbacks }
  }

  /** Where a rule's target leads; without one, where the request's own name does. */
  function leadOf(target: string | undefined, resolution: ModelResolution, name: string): Lead | undefined {
    return target === undefined ? lead(resolution, name) : lead(resolve(target), bareName(target))
  }

  return {
    fallbacksOf,
    strategies: new Set(rules.flatMap(({ action }) => action.strategy ?? [])),
    tags: new Set([...groups.values()].flatMap(({ tags }) => tags)),
    route: (ask, tell) => {
      const resolution = resolve(ask.asked)
      tell?.({ type: "name", resolution })
      const name = bareName(ask.asked)
      let traits: TraitMask | undefined
      const traitsOf = (): TraitMask => (traits ??= withNamedTraits(ask.traits(), namedBy(resolution)))
      for (const rule of rules) {
        const target = rule.action.model
        const miss = missOf(rule, ask, name, resolution, traitsOf)
        const led = miss === undefined ? leadOf(target, resolution, name) : undefined
        // A model that nobody offers is no place to go: the next rule is asked, as with aliases.
        const isNowhere = miss === undefined && target !== undefined && led === undefined
        const why = isNowhere ? "not-offered" : miss
        tell?.({ type: "rule", rule: rule.name, action: rule.action, ...(why === undefined ? {} : { miss: why }) })
        if (why !== undefined) continue
        if (rule.action.refuse !== undefined) return { type: "refused", rule: rule.name, message: rule.action.refuse }
        return end(led, resolution, rule, tell)
      }
      return end(lead(resolution, name), resolution, undefined, tell)
    },
  }
}

function end(
  led: Lead | undefined,
  asked: ModelResolution,
  rule: Rule | undefined,
  tell: ((step: RouteStep) => void) | undefined,
): Route {
  const by = rule === undefined ? {} : { rule: rule.name }
  if (led === undefined) {
    const nearest = "notFound" in asked ? asked : { notFound: asked.model, nearest: NOTHING }
    return { type: "not-found", ...nearest, ...by }
  }
  if (led.unoffered !== undefined) tell?.({ type: "unoffered", name: led.unoffered, model: led.model })
  if (led.fallbacks.length > 0) tell?.({ type: "fallbacks", models: led.fallbacks })
  const own = wishOf(asked)
  // What the name asked for goes with the request, wherever a rule leads it.
  const wish = rule?.action.model === undefined ? led.wish : mergeWishes(own, led.wish ?? {})
  const strategy = rule?.action.strategy
  return {
    type: "model",
    model: led.model,
    via: led.via,
    ...(wish === undefined || Object.keys(wish).length === 0 ? {} : { wish }),
    ...(led.unoffered === undefined ? {} : { unoffered: led.unoffered }),
    ...by,
    ...(rule?.group === undefined ? {} : { group: rule.group }),
    ...(strategy === undefined ? {} : { strategy }),
    fallbacks: led.fallbacks,
  }
}

function missOf(
  rule: Rule,
  { asked, key, dialect }: RouteAsk,
  name: string,
  resolution: ModelResolution,
  traits: () => TraitMask,
): RuleMiss | undefined {
  const { keyIds, keyTags, dialects, models, needs, forbids } = rule
  if (keyIds !== undefined || keyTags !== undefined) {
    const isKey = keyIds?.has(key.id) === true || key.tags?.some((tag) => keyTags?.has(tag) === true) === true
    if (!isKey) return "key"
  }
  if (dialects !== undefined && !dialects.has(dialect)) return "dialect"
  if (models !== undefined && !matchesAny(models, name, asked, resolution)) return "model"
  if ((needs | forbids) !== 0 && ((traits() & needs) !== needs || (traits() & forbids) !== 0)) return "traits"
  return undefined
}

function matchesAny(models: readonly NamePattern[], name: string, asked: string, resolution: ModelResolution): boolean {
  const model = "model" in resolution ? resolution.model : name
  for (const pattern of models) {
    if (matches(pattern, name) || matches(pattern, model) || (asked !== name && matches(pattern, asked))) return true
  }
  return false
}

function compileRule(name: string, match: RuleMatch, action: RuleAction, groups: Map<string, AccountGroup>): Rule {
  const setOf = (list: readonly string[] | undefined): ReadonlySet<string> | undefined =>
    list === undefined ? undefined : new Set(list)
  return {
    name,
    action,
    group: action.accountTags === undefined ? undefined : groupOf(action.accountTags, groups),
    keyIds: setOf(match.apiKeyIds),
    keyTags: setOf(match.keyTags),
    dialects: setOf(match.dialects),
    models: match.models?.map(compilePattern),
    needs: traitMask(match.traits ?? []),
    forbids: traitMask(match.withoutTraits ?? []),
  }
}

function groupOf(accountTags: readonly string[], groups: Map<string, AccountGroup>): AccountGroup {
  const tags = [...new Set(accountTags)].toSorted()
  const name = JSON.stringify(tags)
  let group = groups.get(name)
  if (group === undefined) groups.set(name, (group = { name, tags }))
  return group
}

/** What the name asks beside a model, whether it leads to one or not. */
function wishOf(resolution: ModelResolution): NameWish {
  return "model" in resolution ? (resolution.wish ?? {}) : readName(resolution.notFound).wish
}

function namedBy(resolution: ModelResolution): Named {
  return { model: "model" in resolution ? resolution.model : undefined, reasoning: wishOf(resolution).reasoning }
}

/** Without what stands before it and without the words in brackets. */
export function bareName(asked: string): string {
  return readName(asked).name
}

/** A longer one leads nowhere, and its words are not read: there could be millions. */
function readName(asked: string): WishedName {
  const name = asked.startsWith("models/") ? asked.slice("models/".length) : asked
  const mayAsk = name.length <= LONGEST_NAME && (name.endsWith(")") || name.endsWith("]"))
  return mayAsk ? readWishedName(name) : { name, wish: {} }
}

interface NamePattern {
  readonly before: string
  /** Undefined: there is no `*`. */
  readonly after: string | undefined
}

function compilePattern(pattern: string): NamePattern {
  const star = pattern.indexOf("*")
  if (star === -1) return { before: pattern, after: undefined }
  return { before: pattern.slice(0, star), after: pattern.slice(star + 1) }
}

function matches({ before, after }: NamePattern, name: string): boolean {
  if (after === undefined) return name === before
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
}

interface Chains {
  /** What follows an offered model. */
  readonly byModel: ReadonlyMap<string, readonly string[]>
  /** The same by the name that an operator wrote, which may not be offered. */
  readonly byName: ReadonlyMap<string, readonly string[]>
}

function compileChains({ fallbacks }: Routing, resolve: Resolve): Chains {
  const nextByName = new Map(fallbacks.map(({ model, next }) => [bareName(model), next]))
  const nextByModel = new Map<string, readonly string[]>()
  // Each name stands in many chains, and one that leads nowhere is the dearest to look up.
  const modelOf = remembered((name: string) => {
    const resolution = resolve(name)
    return "model" in resolution ? resolution.model : undefined
  })
  for (const { model: name, next } of fallbacks) {
    const model = modelOf(name)
    // Where two names lead to one model the first chain counts.
    if (model !== undefined && !nextByModel.has(model)) nextByModel.set(model, next)
  }
  const nextOf = remembered((name: string): readonly string[] => {
    const model = modelOf(name)
    return nextByName.get(bareName(name)) ?? (model === undefined ? NOTHING : (nextByModel.get(model) ?? NOTHING))
  })
  /** In the order in which they are tried, each once; names that nobody offers are passed over, not what follows them. */
  const follow = (first: readonly string[], from: string | undefined): readonly string[] => {
    const models = new Set<string>()
    const seen = new Set<string>()
    const walk = (names: readonly string[]): void => {
      for (const name of names) {
        if (seen.has(name)) continue
        seen.add(name)
        const model = modelOf(name)
        if (model !== undefined && model !== from) models.add(model)
        walk(nextOf(name))
      }
    }
    walk(first)
    return [...models]
  }
  return {
    byModel: new Map([...nextByModel].map(([model, next]) => [model, follow(next, model)])),
    byName: new Map([...nextByName].map(([name, next]) => [name, follow(next, undefined)])),
  }
}

function remembered<Value>(make: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined || known.has(name)) return before as Value // it is one of those that were made
    const value = make(name)
    known.set(name, value)
    return value
  }
}
