/**
 * What model a name means: `deprecatedModelIds` of the live lists first, then aliases, then the exact id. A rewrite counts
 * only where its target is in a live list, or where no list is known; then an unknown name is passed through.
 */
import type { Catalogue } from "./catalogue.ts"
import { editDistance } from "./edit-distance.ts"
import { matchPattern } from "./model-alias.ts"
import { mergeWishes, readWishedName, type NameWish, type WishedName } from "./name-wish.ts"

export { DEFAULT_ALIASES } from "./model-alias.ts"

export interface ResolveModelInput {
  readonly asked: string
  /** Exact names and patterns with one `*`. */
  readonly aliases: Readonly<Record<string, string>>
  /** The operator's own, which come before the others: its patterns also before their exact names. */
  readonly ownAliases?: Readonly<Record<string, string>>
  /** The live lists of usable accounts; empty, or all of them without a model: no list is known. */
  readonly catalogues: readonly Catalogue[]
}

export type ModelResolution =
  | {
      readonly model: string
      readonly via: "deprecated" | "alias" | "exact" | "pass-through"
      /** What the name asks beside the model; absent: nothing. */
      readonly wish?: NameWish
    }
  | {
      /** The name as asked. */
      readonly notFound: string
      /** At most three ids of the live lists, the nearest first. */
      readonly nearest: readonly string[]
    }

/** Resolves one name. For many names against the same lists make a resolver once. */
export function resolveModel({ asked, ...input }: ResolveModelInput): ModelResolution {
  return createModelResolver(input)(asked)
}

export function createModelResolver(input: Omit<ResolveModelInput, "asked">): (asked: string) => ModelResolution {
  const world = readWorld(input)
  return (asked) => {
    const whole = asked.startsWith("models/") ? asked.slice("models/".length) : asked
    if (whole.length > LONGEST_NAME) return { notFound: asked, nearest: nearestIds(world.live, whole) }
    // An id may itself end in brackets.
    const isKnown = world.live.has(whole) || world.exact.has(whole) || world.ownExact.has(whole)
    const { name, wish: own } = isKnown ? { name: whole, wish: {} } : readWishedName(whole)
    const found = world.isListKnown ? lookUp(world, name) : passThrough(world, name)
    if (found === undefined) return { notFound: asked, nearest: nearestIds(world.live, name) }
    const wish = mergeWishes(mergeWishes(own, found.wish), askedByPattern(world, name))
    return { model: found.name, via: found.via, ...(Object.keys(wish).length === 0 ? {} : { wish }) }
  }
}

/** No model's id is as long; a name is client input, and looking it up takes time by its length. */
export const LONGEST_NAME = 256

interface Found extends WishedName {
  readonly via: "deprecated" | "alias" | "exact" | "pass-through"
}

interface World {
  readonly isListKnown: boolean
  readonly live: ReadonlySet<string>
  readonly deprecated: ReadonlyMap<string, string>
  /** The operator's names without `*`. */
  readonly ownExact: ReadonlyMap<string, WishedName>
  readonly exact: ReadonlyMap<string, WishedName>
  /** The operator's; the most specific first, as below. */
  readonly ownPatterns: readonly Pattern[]
  /** The operator's and then the others. */
  readonly patterns: readonly Pattern[]
  /** Those that only ask something. */
  readonly asking: readonly Pattern[]
}

interface Pattern {
  readonly pattern: string
  readonly target: WishedName
}

function readWorld({ aliases, ownAliases = {}, catalogues }: Omit<ResolveModelInput, "asked">): World {
  const own = readAliases(ownAliases)
  const others = readAliases(aliases)
  const live = new Set(catalogues.flatMap((catalogue) => catalogue.models.map((model) => model.id)))
  const patterns = [...own.patterns, ...others.patterns]
  return {
    isListKnown: live.size > 0,
    live,
    deprecated: new Map(catalogues.flatMap((catalogue) => Object.entries(catalogue.deprecatedModelIds))),
    ownExact: new Map(own.exact),
    exact: new Map(others.exact),
    ownPatterns: own.patterns.filter(isLeading),
    patterns: patterns.filter(isLeading),
    asking: patterns.filter((pattern) => !isLeading(pattern)),
  }
}

function readAliases(aliases: Readonly<Record<string, string>>): {
  readonly exact: readonly (readonly [string, WishedName])[]
  readonly patterns: readonly Pattern[]
} {
  const entries = Object.entries(aliases).map(([pattern, target]) => ({ pattern, target: readWishedName(target) }))
  return {
    exact: entries.flatMap(({ pattern, target }) => (pattern.includes("*") ? [] : [[pattern, target] as const])),
    patterns: entries
      .filter(({ pattern }) => pattern.includes("*"))
      .toSorted((left, right) => right.pattern.length - left.pattern.length || (left.pattern < right.pattern ? -1 : 1)),
  }
}

/** It leads somewhere, and does not only ask something. */
function isLeading({ pattern, target }: Pattern): boolean {
  return pattern !== target.name
}

function lookUp(world: World, name: string): Found | undefined {
  const isLive = world.live.has(name)
  const found = (targets: readonly WishedName[], via: Found["via"]): Found | undefined => {
    const target = offered(world, name, targets)
    return target === undefined ? undefined : { ...target, via }
  }
  return (
    found(deprecatedTarget(world, name), "deprecated") ??
    found(exactTarget(world.ownExact, name), "alias") ??
    // Patterns count for names that nobody offers; an operator's also before the exact names that are built in.
    (isLive ? undefined : found(patternTargets(world.ownPatterns, name), "alias")) ??
    found(exactTarget(world.exact, name), "alias") ??
    (isLive ? { name, wish: {}, via: "exact" } : found(patternTargets(world.patterns, name), "alias"))
  )
}

/** What the patterns that only ask something ask of this name. */
function askedByPattern(world: World, name: string): NameWish {
  return world.asking.find(({ pattern }) => matchPattern(pattern, name) !== undefined)?.target.wish ?? {}
}

function deprecatedTarget(world: World, name: string): readonly WishedName[] {
  const target = world.deprecated.get(name)
  return target === undefined ? [] : [{ name: target, wish: {} }]
}

function exactTarget(exact: World["exact"], name: string): readonly WishedName[] {
  const target = exact.get(name)
  return target === undefined ? [] : [target]
}

function patternTargets(patterns: readonly Pattern[], name: string): readonly WishedName[] {
  return patterns.flatMap(({ pattern, target }) => {
    const matched = matchPattern(pattern, name)
    return matched === undefined ? [] : [{ ...target, name: target.name.replace("*", () => matched) }]
  })
}

/** Far more than any chain of retired names; a pattern can make ever longer names. */
const MOST_LOOKED_AT = 200

/** The first of these that is live, else the nearest name that they lead to and that is; never back to where it began. */
function offered(world: World, from: string, targets: readonly WishedName[]): WishedName | undefined {
  const queue = [...targets]
  const seen = new Set<string>()
  for (let at = 0; at < queue.length && at < MOST_LOOKED_AT; at += 1) {
    const candidate = queue[at]
    if (candidate === undefined || seen.has(candidate.name)) continue
    if (world.live.has(candidate.name)) return candidate
    seen.add(candidate.name)
    const { name, wish } = candidate
    const next = [
      ...deprecatedTarget(world, name),
      ...exactTarget(world.ownExact, name),
      ...exactTarget(world.exact, name),
      ...patternTargets(world.patterns, name),
    ]
    for (const target of next) {
      if (target.name !== from) queue.push({ name: target.name, wish: mergeWishes(wish, target.wish) })
    }
  }
  return undefined
}

/**
 * While no list is known a successor is a guess, and the name itself may well be offered. An exact alias and a pattern with one
 * target are applied all the same; a target of `*` alone takes away what was put before a name, which is no guess.
 */
function passThrough(world: World, name: string): Found {
  const exact = (names: World["exact"]): Found | undefined => {
    const target = names.get(name)
    return target === undefined ? undefined : { ...target, via: "alias" }
  }
  return (
    exact(world.ownExact) ??
    fixedTarget(world, world.ownPatterns, name) ??
    exact(world.exact) ??
    fixedTarget(world, world.patterns, name) ?? { name, wish: {}, via: "pass-through" }
  )
}

function fixedTarget(world: World, patterns: readonly Pattern[], name: string): Found | undefined {
  for (const { pattern, target } of patterns) {
    const matched = matchPattern(pattern, name)
    if (matched === undefined) continue
    if (!target.name.includes("*")) return { ...target, via: "alias" }
    const isPrefix = target.name === "*" && pattern.endsWith("*") && matched.length < name.length
    if (isPrefix) return passThrough(world, matched)
  }
  return undefined
}

const NEAREST = 3
/** Longer names are not measured to their end: a name is client input. */
const MAX_MEASURED = 128

/** At most three of these ids, the nearest to the name first; internal ones are not named. */
export function nearestIds(ids: Iterable<string>, name: string): readonly string[] {
  const asked = name.slice(0, MAX_MEASURED)
  return [...ids]
    .filter((id) => !isHiddenModel(id))
    .map((id) => ({ id, distance: editDistance(asked, id.slice(0, MAX_MEASURED)) }))
    .toSorted((left, right) => left.distance - right.distance || (left.id < right.id ? -1 : 1))
    .slice(0, NEAREST)
    .map(({ id }) => id)
}

const HIDDEN = /^(?:chat_|tab_|rev\d)/

/** Internal models of the upstream (completion, browser agent) that no list should show. */
export function isHiddenModel(id: string): boolean {
  return HIDDEN.test(id)
}
