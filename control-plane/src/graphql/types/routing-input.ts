import type { RoutingUpdate, RuleInput } from "../../routing/routing.ts"
import { builder } from "../builder.ts"
import { Dialect } from "./enums.ts"
import { PoolStrategy, RequestTraitType, ROUTING_DESCRIPTIONS as SAID } from "./routing.ts"

const ModelAliasInput = builder.inputType("ModelAliasInput", {
  description: "A name for a model.",
  fields: (t) => ({
    name: t.string({ required: true, description: SAID.alias }),
    target: t.string({ required: true, description: SAID.target }),
    note: t.string({ description: SAID.note }),
  }),
})

const RoutingMatchInput = builder.inputType("RoutingMatchInput", {
  description: "All that is given must hold; what is left out or null holds for every request.",
  fields: (t) => ({
    apiKeyIds: t.idList({ description: SAID.apiKeyIds }),
    keyTags: t.stringList({ description: SAID.keyTags }),
    dialects: t.field({ type: [Dialect], description: SAID.dialects }),
    models: t.stringList({ description: SAID.models }),
    traits: t.field({ type: [RequestTraitType], description: SAID.traits }),
    withoutTraits: t.field({ type: [RequestTraitType], description: SAID.withoutTraits }),
  }),
})

const RoutingActionInput = builder.inputType("RoutingActionInput", {
  description: "Either a refusal or at least one of the others.",
  fields: (t) => ({
    model: t.string({ description: SAID.model }),
    accountTags: t.stringList({ description: SAID.accountTags }),
    strategy: t.field({ type: PoolStrategy, description: SAID.strategy }),
    refuse: t.string({ description: SAID.refuse }),
  }),
})

const RoutingRuleInput = builder.inputType("RoutingRuleInput", {
  description: "Where some requests go. The first in the list that matches counts.",
  fields: (t) => ({
    name: t.string({ required: true, description: SAID.rule }),
    enabled: t.boolean({ defaultValue: true, description: SAID.enabled }),
    note: t.string({ description: SAID.note }),
    match: t.field({ type: RoutingMatchInput, description: "Left out: every request." }),
    action: t.field({ type: RoutingActionInput, required: true, description: "Where the requests go." }),
  }),
})

const FallbackChainInput = builder.inputType("FallbackChainInput", {
  description: "What follows when nobody can serve a model.",
  fields: (t) => ({
    model: t.string({ required: true, description: SAID.chain }),
    next: t.stringList({ required: true, description: SAID.next }),
  }),
})

export const UpdateRoutingInput = builder.inputType("UpdateRoutingInput", {
  description: "A list that is given takes the place of the whole list; one that is left out stays as it is.",
  fields: (t) => ({
    aliases: t.field({ type: [ModelAliasInput], description: "Names for models." }),
    rules: t.field({ type: [RoutingRuleInput], description: "In the order in which they count." }),
    fallbacks: t.field({ type: [FallbackChainInput], description: "What follows when nobody can serve a model." }),
    revision: t.string({ description: "Refuse the update when the routing is no longer this." }),
  }),
})

/** What is null is left out: nothing is set back to nothing in a list that is given whole. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> } // of the same names
}

type GivenRule = typeof RoutingRuleInput.$inferInput

function ruleOf({ name, enabled, note, match, action }: GivenRule): RuleInput {
  return { name, enabled: enabled ?? true, note: note ?? undefined, match: given(match ?? {}), action: given(action) }
}

/** What a client gave, as use cases take it. */
export function routingUpdateOf(input: typeof UpdateRoutingInput.$inferInput): RoutingUpdate {
  return {
    aliases: input.aliases?.map(({ name, target, note }) => ({ name, target, note: note ?? undefined })),
    rules: input.rules?.map(ruleOf),
    fallbacks: input.fallbacks ?? undefined,
    revision: input.revision ?? undefined,
  }
}
