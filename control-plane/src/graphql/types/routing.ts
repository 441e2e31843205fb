import type { FallbackChainModel, ModelAliasModel, RoutingRuleModel } from "#generated/sqlite/models.ts"
import { DEFAULT_ALIASES } from "#shared/model-name.ts"
import { POOL_STRATEGIES, POOL_STRATEGY_NAMES, type PoolStrategyName } from "#shared/pool-strategy.ts"
import { REQUEST_TRAITS, type RequestTrait } from "#shared/request-trait.ts"
import type { RuleAction, RuleMatch } from "#shared/routing.ts"
import { texts } from "../../json.ts"
import type { RoutingState } from "../../routing/routing.ts"
import { ruleOf } from "../../routing/rows.ts"
import { type RoutingWarning, WARNING_CODES, type WarningCode } from "../../routing/warnings.ts"
import { builder } from "../builder.ts"
import { Dialect } from "./enums.ts"

const TRAITS: Readonly<Record<RequestTrait, string>> = {
  "image-output": "An image is wanted: through the Images API, or of a model that draws.",
  "image-input": "It holds a picture, also in a tool's result.",
  "file-input": "It holds a document, sound or film.",
  tools: "It brings tools that the model may call.",
  "web-search": "It asks for the vendor's own web search.",
  thinking: "It, or the model's name, asks for thinking.",
  "structured-output": "The answer has to be JSON.",
  stream: "The answer is to be streamed.",
  background: "A side call of an agent, such as one for a title: docs/reference/routing.md.",
}

const enumName = (word: string): string => word.toUpperCase().replaceAll("-", "_")

/** `image-output` is `IMAGE_OUTPUT`. */
const traitNames = Object.fromEntries(
  REQUEST_TRAITS.map((value) => [enumName(value), { value, description: TRAITS[value] }]),
) as Record<string, { value: RequestTrait; description: string }> // every entry was just made so
export const RequestTraitType = builder.enumType("RequestTrait", {
  description: "What a routing rule can ask of a request.",
  values: traitNames,
})

const strategyNames = Object.fromEntries(
  POOL_STRATEGY_NAMES.map((value) => [enumName(value), { value, description: POOL_STRATEGIES[value] }]),
) as Record<string, { value: PoolStrategyName; description: string }> // every entry was just made so
export const PoolStrategy = builder.enumType("PoolStrategy", {
  description: "How an account is chosen: docs/reference/pool.md.",
  values: strategyNames,
})

export const ROUTING_DESCRIPTIONS = {
  alias: "May hold one * for any text.",
  target:
    "A name as a client would write it, also with words in brackets; a * repeats what the one in the name stood for.",
  note: "For people, at most 1,000 characters.",
  rule: "No other rule has it; records of requests name it.",
  enabled: "False: it is kept and does not count.",
  apiKeyIds: "One of these keys, or one with one of keyTags.",
  keyTags: "A key with one of these tags, or one of apiKeyIds.",
  dialects: "Through one of these APIs.",
  models: "The name as it is asked for, without words in brackets, or the model that it leads to; each may hold one *.",
  traits: "It has all of these.",
  withoutTraits: "It has none of these.",
  model:
    "A name, which is resolved as a client's is; no rule looks at it again. While nobody offers it the rule is passed over.",
  accountTags: "Only accounts with one of these tags serve it.",
  strategy: "One of the accounts is chosen so, in place of what POOL_STRATEGY says.",
  refuse: "The request is refused with 403 and this text. Nothing else may be named beside it.",
  chain: "A name as clients write it.",
  next: "Tried in turn when nobody can serve the model, each followed by its own; at most 8.",
}

const orNull = <T>(list: readonly T[] | undefined): T[] | null => (list === undefined ? null : [...list])

const ModelAlias = builder.objectRef<ModelAliasModel>("ModelAlias").implement({
  description: "A name for a model.",
  fields: (t) => ({
    name: t.exposeString("name", { description: ROUTING_DESCRIPTIONS.alias }),
    target: t.exposeString("target", { description: ROUTING_DESCRIPTIONS.target }),
    note: t.exposeString("note", { nullable: true, description: "For people." }),
  }),
})

const RoutingMatch = builder.objectRef<RuleMatch>("RoutingMatch").implement({
  description: "All that is given must hold; null holds for every request.",
  fields: (t) => ({
    apiKeyIds: t.idList({
      nullable: true,
      description: ROUTING_DESCRIPTIONS.apiKeyIds,
      resolve: ({ apiKeyIds }) => orNull(apiKeyIds),
    }),
    keyTags: t.stringList({
      nullable: true,
      description: ROUTING_DESCRIPTIONS.keyTags,
      resolve: ({ keyTags }) => orNull(keyTags),
    }),
    dialects: t.field({
      type: [Dialect],
      nullable: true,
      description: ROUTING_DESCRIPTIONS.dialects,
      resolve: ({ dialects }) => orNull(dialects),
    }),
    models: t.stringList({
      nullable: true,
      description: ROUTING_DESCRIPTIONS.models,
      resolve: ({ models }) => orNull(models),
    }),
    traits: t.field({
      type: [RequestTraitType],
      nullable: true,
      description: ROUTING_DESCRIPTIONS.traits,
      resolve: ({ traits }) => orNull(traits),
    }),
    withoutTraits: t.field({
      type: [RequestTraitType],
      nullable: true,
      description: ROUTING_DESCRIPTIONS.withoutTraits,
      resolve: ({ withoutTraits }) => orNull(withoutTraits),
    }),
  }),
})

const RoutingAction = builder.objectRef<RuleAction>("RoutingAction").implement({
  description: "Where the request goes; null: that stays as it is.",
  fields: (t) => ({
    model: t.string({ nullable: true, description: ROUTING_DESCRIPTIONS.model, resolve: ({ model }) => model ?? null }),
    accountTags: t.stringList({
      nullable: true,
      description: ROUTING_DESCRIPTIONS.accountTags,
      resolve: ({ accountTags }) => orNull(accountTags),
    }),
    strategy: t.field({
      type: PoolStrategy,
      nullable: true,
      description: ROUTING_DESCRIPTIONS.strategy,
      resolve: ({ strategy }) => strategy ?? null,
    }),
    refuse: t.string({
      nullable: true,
      description: ROUTING_DESCRIPTIONS.refuse,
      resolve: ({ refuse }) => refuse ?? null,
    }),
  }),
})

const RoutingRule = builder.objectRef<RoutingRuleModel>("RoutingRule").implement({
  description: "Where some requests go. The first in the list that matches counts.",
  fields: (t) => ({
    name: t.exposeString("name", { description: ROUTING_DESCRIPTIONS.rule }),
    enabled: t.exposeBoolean("enabled", { description: ROUTING_DESCRIPTIONS.enabled }),
    note: t.exposeString("note", { nullable: true, description: "For people." }),
    match: t.field({
      type: RoutingMatch,
      description: "Which requests it is for.",
      resolve: (row) => ruleOf(row).match,
    }),
    action: t.field({
      type: RoutingAction,
      description: "Where the requests go.",
      resolve: (row) => ruleOf(row).action,
    }),
  }),
})

const FallbackChain = builder.objectRef<FallbackChainModel>("FallbackChain").implement({
  description: "What follows when nobody can serve a model.",
  fields: (t) => ({
    model: t.exposeString("model", { description: ROUTING_DESCRIPTIONS.chain }),
    next: t.stringList({ description: ROUTING_DESCRIPTIONS.next, resolve: ({ next }) => texts(next) }),
  }),
})

const warningCodes = Object.fromEntries(
  Object.entries(WARNING_CODES).map(([value, description]) => [value, { value, description }]),
) as Record<WarningCode, { value: WarningCode; description: string }> // every entry was just made so

const RoutingWarningCode = builder.enumType("RoutingWarningCode", {
  description: "Why something of a routing has no effect.",
  values: warningCodes,
})

export const Warning = builder.objectRef<RoutingWarning>("RoutingWarning").implement({
  description: "Something that has no effect as the world is now.",
  fields: (t) => ({
    code: t.expose("code", { type: RoutingWarningCode, description: "For whoever says it in other words." }),
    about: t.exposeString("about", { description: "The model, key, tags or rule that it names." }),
    message: t.exposeString("message", { description: "What is the matter, for a person." }),
    path: t.stringList({
      description: "From the routing's root, such as rules, 2, action, model.",
      resolve: ({ path }) => [...path],
    }),
  }),
})

export const Routing = builder.objectRef<RoutingState>("Routing").implement({
  description: "Names, rules and fallbacks of the operator.",
  fields: (t) => ({
    revision: t.exposeString("revision", {
      description: "Changes with whatever is set; updateRouting can ask that it did not.",
    }),
    aliases: t.field({
      type: [ModelAlias],
      description: "Before those that are built in.",
      resolve: ({ aliases }) => [...aliases],
    }),
    rules: t.field({ type: [RoutingRule], description: "In order.", resolve: ({ rules }) => [...rules] }),
    fallbacks: t.field({
      type: [FallbackChain],
      description: "What follows when nobody can serve a model.",
      resolve: ({ fallbacks }) => [...fallbacks],
    }),
    warnings: t.field({
      type: [Warning],
      description: "What of it has no effect now; empty: all has.",
      resolve: ({ warnings }) => [...warnings],
    }),
    accountTags: t.stringList({
      description: "Tags that accounts have, which an action can name; 1,000 at most.",
      resolve: (state) => [...state.accountTags],
    }),
    keyTags: t.stringList({
      description: "Tags that API keys have, which a match can name; 1,000 at most.",
      resolve: (state) => [...state.keyTags],
    }),
    builtInAliases: t.field({
      type: [ModelAlias],
      description: "Those that come with this version; one of yours with the same name goes before.",
      resolve: () => Object.entries(DEFAULT_ALIASES).map(([name, target]) => ({ name, target, note: null })),
    }),
  }),
})
