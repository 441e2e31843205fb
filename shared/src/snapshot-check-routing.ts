/** The part of `snapshot-check.ts` that reads the routing: a rule that is not understood must not lead requests elsewhere. */
import { isClientDialect } from "./client-dialect.ts"
import { ID } from "./link-rules.ts"
import { isPoolStrategyName } from "./pool-strategy.ts"
import { isRequestTrait } from "./request-trait.ts"
import { routingProblems } from "./routing-check.ts"
import {
  MAX_CHAINS,
  MAX_LISTED,
  MAX_NEXT,
  MAX_OWN_ALIASES,
  MAX_REFUSAL,
  MAX_RULES,
  type FallbackChain,
  type RuleAction,
  type RuleMatch,
  type Routing,
  type RoutingRule,
} from "./routing.ts"
import { asFields, asText, field, listAt, mapAt, optionalAt, ShapeError, textAt, type Fields } from "./shape.ts"

/** Throws `ShapeError`. */
export function readRouting(value: unknown, path: string): Routing {
  const fields = asFields(value, path)
  const routing: Routing = {
    aliases: mapAt(fields, "aliases", path, { max: MAX_OWN_ALIASES }, (entry, at) => asText(entry, at, ID)),
    rules: listAt(fields, "rules", path, { max: MAX_RULES }, readRule),
    fallbacks: listAt(fields, "fallbacks", path, { max: MAX_CHAINS }, readChain),
  }
  const [wrong] = routingProblems(routing)
  if (wrong !== undefined) throw new ShapeError(`${[path, ...wrong.path].join(".")}: ${wrong.message.slice(0, -1)}`)
  return routing
}

function readRule(value: unknown, path: string): RoutingRule {
  const fields = asFields(value, path)
  return {
    name: textAt(fields, "name", path, ID),
    match: readMatch(asFields(field(fields, "match"), `${path}.match`), `${path}.match`),
    action: readAction(asFields(field(fields, "action"), `${path}.action`), `${path}.action`),
  }
}

function readMatch(fields: Fields, path: string): RuleMatch {
  const words =
    <Word extends string>(isWord: (name: string) => name is Word, what: string) =>
    (from: Fields, name: string): readonly Word[] =>
      listAt(from, name, path, { max: MAX_LISTED }, (entry, at) => {
        const word = asText(entry, at, ID)
        if (!isWord(word)) throw new ShapeError(`${at} is not a ${what} this program knows`)
        return word
      })
  return {
    ...optionalAt(fields, "apiKeyIds", texts(path)),
    ...optionalAt(fields, "keyTags", texts(path)),
    ...optionalAt(fields, "dialects", words(isClientDialect, "dialect")),
    ...optionalAt(fields, "models", texts(path)),
    ...optionalAt(fields, "traits", words(isRequestTrait, "trait")),
    ...optionalAt(fields, "withoutTraits", words(isRequestTrait, "trait")),
  }
}

function readAction(fields: Fields, path: string): RuleAction {
  return {
    ...optionalAt(fields, "model", (from, name) => textAt(from, name, path, ID)),
    ...optionalAt(fields, "accountTags", texts(path)),
    ...optionalAt(fields, "strategy", (from, name) => {
      const strategy = textAt(from, name, path, ID)
      if (!isPoolStrategyName(strategy)) throw new ShapeError(`${path}.${name} is not a strategy this program knows`)
      return strategy
    }),
    ...optionalAt(fields, "refuse", (from, name) => textAt(from, name, path, { max: MAX_REFUSAL })),
  }
}

function readChain(value: unknown, path: string): FallbackChain {
  const fields = asFields(value, path)
  return {
    model: textAt(fields, "model", path, ID),
    next: listAt(fields, "next", path, { max: MAX_NEXT }, (entry, at) => asText(entry, at, ID)),
  }
}

function texts(path: string) {
  return (from: Fields, name: string): readonly string[] =>
    listAt(from, name, path, { max: MAX_LISTED }, (entry, at) => asText(entry, at, ID))
}
