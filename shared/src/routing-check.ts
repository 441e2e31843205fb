/** What is wrong with a routing as a whole: told to who sets it, and looked for again wherever a snapshot is checked. Pure. */
import { matchPattern } from "./model-alias.ts"
import { readWishedName } from "./name-wish.ts"
import { bareName } from "./route.ts"
import {
  MAX_CHAINS,
  MAX_LISTED,
  MAX_MODEL_NAME,
  MAX_NEXT,
  MAX_OWN_ALIASES,
  MAX_REFUSAL,
  MAX_RULE_NAME,
  MAX_RULES,
  MAX_TAG,
  type FallbackChain,
  type Routing,
  type RoutingRule,
} from "./routing.ts"

export interface RoutingProblem {
  readonly code: string
  /** One sentence. */
  readonly message: string
  /** From the routing's own root: `rules`, `2`, `match`, `models`. */
  readonly path: readonly string[]
}

type Aliases = readonly (readonly [name: string, target: string])[]

/** The first problem of each kind of thing; empty: it may be put in force. Of aliases that were given as a list, doubles too. */
export function routingProblems(
  routing: Routing,
  aliases: Aliases = Object.entries(routing.aliases),
): RoutingProblem[] {
  return [...aliasProblems(aliases), ...ruleProblems(routing.rules), ...chainProblems(routing.fallbacks)]
}

function problem(code: string, message: string, ...path: readonly (string | number)[]): RoutingProblem {
  return { code, message, path: path.map(String) }
}

function aliasProblems(aliases: Aliases): RoutingProblem[] {
  if (aliases.length > MAX_OWN_ALIASES) {
    return [problem("too_many", `There are at most ${MAX_OWN_ALIASES} aliases of your own.`, "aliases")]
  }
  const found: RoutingProblem[] = []
  const names = new Set<string>()
  for (const [index, [name, target]] of aliases.entries()) {
    found.push(...nameProblems(name, "An alias", ["aliases", index, "name"]))
    found.push(...nameProblems(target, "An alias's target", ["aliases", index, "target"]))
    if (names.has(name)) {
      found.push(problem("twice", `The alias ${name} is there twice.`, "aliases", index, "name"))
    }
    names.add(name)
    if (target.includes("*") && !name.includes("*")) {
      const message = `The target of ${name} repeats with * what a * in the name stands for, and there is none.`
      found.push(problem("malformed_pattern", message, "aliases", index, "target"))
    }
    if (name === target) {
      found.push(problem("cycle", `The alias ${name} means itself and asks nothing.`, "aliases", index, "target"))
    }
  }
  return found.length > 0 ? found : aliasCycle(aliases)
}

/** What one alias makes of another's target counts only where it is another name: who means one model is at the end there. */
function aliasCycle(aliases: Aliases): RoutingProblem[] {
  const targets = aliases.map(([, target]) => readWishedName(target).name)
  const leadsTo = (index: number): number[] => {
    const target = targets[index] ?? ""
    return aliases.flatMap(([name], other) => {
      const matched = name === target ? "*" : matchPattern(name, target)
      const next = matched === undefined ? target : (targets[other] ?? "").replace("*", () => matched)
      return next === target ? [] : [other]
    })
  }
  const cycle = findCycle(aliases.length, leadsTo)
  const [at] = cycle ?? []
  if (cycle === undefined || at === undefined) return []
  const names = [...cycle, at].map((index) => aliases[index]?.[0]).join(" → ")
  return [problem("cycle", `These aliases lead in a circle: ${names}.`, "aliases", at, "target")]
}

function ruleProblems(rules: readonly RoutingRule[]): RoutingProblem[] {
  if (rules.length > MAX_RULES) return [problem("too_many", `There are at most ${MAX_RULES} rules.`, "rules")]
  const names = new Set<string>()
  return rules.flatMap((rule, index) => {
    const isDouble = names.has(rule.name)
    names.add(rule.name)
    const double = problem("twice", `Two rules are called ${rule.name}.`, "rules", index, "name")
    return [...(isDouble ? [double] : []), ...ruleProblemsOf(rule, index)]
  })
}

function ruleProblemsOf({ name, match, action }: RoutingRule, index: number): RoutingProblem[] {
  const at = (...path: string[]): (string | number)[] => ["rules", index, ...path]
  const { model, accountTags, strategy, refuse } = action
  const found = textProblems(name, MAX_RULE_NAME, "The name of a rule", at("name"))
  for (const [list, most] of [
    ["apiKeyIds", MAX_MODEL_NAME],
    ["keyTags", MAX_TAG],
    ["dialects", MAX_TAG],
    ["models", MAX_MODEL_NAME],
    ["traits", MAX_TAG],
    ["withoutTraits", MAX_TAG],
  ] as const) {
    found.push(...listProblems(match[list], most, at("match", list)))
  }
  for (const pattern of match.models ?? []) found.push(...starProblems(pattern, at("match", "models")))
  const both = match.traits?.find((trait) => match.withoutTraits?.includes(trait) === true)
  if (both !== undefined) {
    const message = `No request both has and lacks the trait ${both}: the rule would never match.`
    found.push(problem("never_matches", message, ...at("match", "withoutTraits")))
  }
  if (model !== undefined) {
    found.push(...textProblems(model, MAX_MODEL_NAME, "A model's name", at("action", "model")))
    if (model.includes("*")) {
      found.push(problem("malformed_pattern", "A rule leads to one model, not to a pattern.", ...at("action", "model")))
    }
  }
  found.push(...listProblems(accountTags, MAX_TAG, at("action", "accountTags")))
  if (refuse !== undefined) found.push(...textProblems(refuse, MAX_REFUSAL, "A refusal's text", at("action", "refuse")))
  const others = [model, accountTags, strategy].filter((one) => one !== undefined).length
  if (refuse === undefined && others === 0) {
    found.push(problem("empty", "A rule names a model, account tags or a strategy, or it refuses.", ...at("action")))
  }
  if (refuse !== undefined && others > 0) {
    found.push(problem("contradiction", "A rule that refuses leads nowhere: name nothing beside it.", ...at("action")))
  }
  return found
}

function chainProblems(chains: readonly FallbackChain[]): RoutingProblem[] {
  if (chains.length > MAX_CHAINS) {
    return [problem("too_many", `There are at most ${MAX_CHAINS} fallback chains.`, "fallbacks")]
  }
  const names = new Set<string>()
  const found = chains.flatMap(({ model, next }, index): RoutingProblem[] => {
    const bare = bareName(model)
    const isDouble = names.has(bare)
    names.add(bare)
    const at = ["fallbacks", index]
    return [
      ...textProblems(model, MAX_MODEL_NAME, "A model's name", [...at, "model"]),
      ...[model, ...next].flatMap((name) =>
        name.includes("*")
          ? [problem("malformed_pattern", `A fallback is between models, and ${name} is a pattern.`, ...at)]
          : [],
      ),
      ...(isDouble ? [problem("twice", `${model} has two fallback chains.`, ...at, "model")] : []),
      ...(next.length === 0 ? [problem("empty_list", `Nothing follows ${model}.`, ...at, "next")] : []),
      ...(next.length > MAX_NEXT
        ? [problem("too_many", `At most ${MAX_NEXT} models follow ${model}.`, ...at, "next")]
        : []),
      ...(new Set(next).size < next.length ? [problem("twice", `A model follows ${model} twice.`, ...at, "next")] : []),
      ...next.flatMap((name) => textProblems(name, MAX_MODEL_NAME, "A model's name", [...at, "next"])),
    ]
  })
  return found.length > 0 ? found : chainCycle(chains)
}

function chainCycle(chains: readonly FallbackChain[]): RoutingProblem[] {
  const byName = new Map(chains.map(({ model }, index) => [bareName(model), index]))
  const leadsTo = (index: number): number[] =>
    (chains[index]?.next ?? []).map((name) => byName.get(bareName(name))).filter((other) => other !== undefined)
  const cycle = findCycle(chains.length, leadsTo)
  const [at] = cycle ?? []
  if (cycle === undefined || at === undefined) return []
  const names = [...cycle, at].map((index) => chains[index]?.model).join(" → ")
  return [problem("cycle", `These fallbacks lead in a circle: ${names}.`, "fallbacks", at, "next")]
}

/** Numbers from 0 that lead round to the first of them; undefined: there are none. */
function findCycle(count: number, leadsTo: (index: number) => readonly number[]): number[] | undefined {
  const done = new Set<number>()
  for (let start = 0; start < count; start++) {
    const trail: { readonly index: number; readonly next: number[] }[] = []
    const onTrail = new Set<number>()
    const enter = (index: number): void => {
      trail.push({ index, next: [...leadsTo(index)] })
      onTrail.add(index)
    }
    if (!done.has(start)) enter(start)
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.next.shift()
      if (next === undefined) {
        done.add(top.index)
        onTrail.delete(top.index)
        trail.pop()
      } else if (onTrail.has(next)) {
        const indices = trail.map(({ index }) => index)
        return indices.slice(indices.indexOf(next))
      } else if (!done.has(next)) enter(next)
    }
  }
  return undefined
}

function nameProblems(name: string, what: string, path: readonly (string | number)[]): RoutingProblem[] {
  const text = textProblems(name, MAX_MODEL_NAME, what, path)
  return text.length > 0 ? text : starProblems(name, path)
}

function starProblems(name: string, path: readonly (string | number)[]): RoutingProblem[] {
  if (name.split("*").length <= 2) return []
  return [problem("malformed_pattern", `${name} has more than one *, which stands for any text.`, ...path)]
}

function listProblems(
  list: readonly string[] | undefined,
  most: number,
  path: readonly (string | number)[],
): RoutingProblem[] {
  if (list === undefined) return []
  if (list.length === 0) return [problem("empty_list", "Name at least one, or leave it out: that is any.", ...path)]
  if (list.length > MAX_LISTED) return [problem("too_many", `There are at most ${MAX_LISTED} in a list.`, ...path)]
  return list.flatMap((entry) => textProblems(entry, most, "An entry", path))
}

function textProblems(text: string, most: number, what: string, path: readonly (string | number)[]): RoutingProblem[] {
  if (text.trim() === "") return [problem("empty", `${what} is empty.`, ...path)]
  if (text.trim() !== text) return [problem("blank", `${what} begins or ends with a blank.`, ...path)]
  if (text.length > most) return [problem("too_long", `${what} has at most ${most} characters.`, ...path)]
  if (/\p{Cc}/u.test(text)) return [problem("control_character", `${what} holds no control characters.`, ...path)]
  return []
}
