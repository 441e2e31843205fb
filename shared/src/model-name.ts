/**
 * What model a name means: `deprecatedModelIds` of the live lists first, then aliases, then the exact id. A rewrite counts
 * only where its target is in a live list, or where no list is known; then an unknown name is passed through.
 */
import type { Catalogue } from "./catalogue.ts"
import { editDistance } from "./edit-distance.ts"
import { matchPattern } from "./model-alias.ts"

export { DEFAULT_ALIASES } from "./model-alias.ts"

export interface ResolveModelInput {
  readonly asked: string
  /** Exact names and patterns with one `*`. */
  readonly aliases: Readonly<Record<string, string>>
  /** The live lists of usable accounts; empty, or all of them without a model: no list is known. */
  readonly catalogues: readonly Catalogue[]
}

export type ModelResolution =
  | { readonly model: string; readonly via: "deprecated" | "alias" | "exact" | "pass-through" }
  | {
      /** The name as asked. */
      readonly notFound: string
      /** At most three ids of the live lists, the nearest first. */
      readonly nearest: readonly string[]
    }

/** Resolves one name. For many names against the same lists make a resolver once. */
export function resolveModel({ asked, aliases, catalogues }: ResolveModelInput): ModelResolution {
  return createModelResolver({ aliases, catalogues })(asked)
}

export function createModelResolver(input: Omit<ResolveModelInput, "asked">): (asked: string) => ModelResolution {
  const world = readWorld(input)
  return (asked) => {
    const name = asked.startsWith("models/") ? asked.slice("models/".length) : asked
    if (!world.isListKnown) {
      const target = world.exact.get(name) ?? fixedPatternTarget(world, name)
      return target === undefined ? { model: name, via: "pass-through" } : { model: target, via: "alias" }
    }
    const successor = liveTarget(world, world.deprecated.get(name))
    if (successor !== undefined) return { model: successor, via: "deprecated" }
    const alias = liveTarget(world, world.exact.get(name))
    if (alias !== undefined) return { model: alias, via: "alias" }
    if (world.live.has(name)) return { model: name, via: "exact" }
    const match = liveTarget(world, patternTarget(world, name))
    if (match !== undefined) return { model: match, via: "alias" }
    return { notFound: asked, nearest: nearestIds(world, name) }
  }
}

interface World {
  readonly isListKnown: boolean
  readonly live: ReadonlySet<string>
  readonly deprecated: ReadonlyMap<string, string>
  readonly exact: ReadonlyMap<string, string>
  /** The most specific first. */
  readonly patterns: readonly (readonly [string, string])[]
}

function readWorld({ aliases, catalogues }: Omit<ResolveModelInput, "asked">): World {
  const entries = Object.entries(aliases)
  const live = new Set(catalogues.flatMap((catalogue) => catalogue.models.map((model) => model.id)))
  return {
    isListKnown: live.size > 0,
    live,
    deprecated: new Map(catalogues.flatMap((catalogue) => Object.entries(catalogue.deprecatedModelIds))),
    exact: new Map(entries.filter(([name]) => !name.includes("*"))),
    patterns: entries
      .filter(([name]) => name.includes("*"))
      .toSorted(([left], [right]) => right.length - left.length || (left < right ? -1 : 1)),
  }
}

function patternTarget(world: World, name: string): string | undefined {
  for (const [pattern, target] of world.patterns) {
    const matched = matchPattern(pattern, name)
    if (matched !== undefined) return target.replace("*", () => matched)
  }
  return undefined
}

/** While no list is known a successor is a guess, and the name itself may well be offered. */
function fixedPatternTarget(world: World, name: string): string | undefined {
  const found = world.patterns.find(([pattern]) => matchPattern(pattern, name) !== undefined)?.[1]
  return found?.includes("*") === true ? undefined : found
}

const MAX_STEPS = 10

/** The target itself when it is live, else where the successors and aliases of the target lead, if that is live. */
function liveTarget(world: World, target: string | undefined): string | undefined {
  let name = target
  const seen = new Set<string>()
  for (let step = 0; step < MAX_STEPS && name !== undefined && !seen.has(name); step += 1) {
    if (world.live.has(name)) return name
    seen.add(name)
    name = world.deprecated.get(name) ?? world.exact.get(name) ?? patternTarget(world, name)
  }
  return undefined
}

const NEAREST = 3
/** Longer names are not measured to their end: a name is client input. */
const MAX_MEASURED = 128

function nearestIds(world: World, name: string): readonly string[] {
  const asked = name.slice(0, MAX_MEASURED)
  return [...world.live]
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
