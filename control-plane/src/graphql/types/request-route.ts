import { POOL_STRATEGY_NAMES, type PoolStrategyName } from "#shared/pool-strategy.ts"
import { field, items, numberField, textField, texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { PoolStrategy } from "./routing.ts"

interface FallbackShape {
  readonly from: string
  readonly to: string
  readonly because: string
  readonly attempts: number
}

interface RouteShape {
  readonly rule: string | undefined
  readonly accountTags: readonly string[]
  readonly strategy: PoolStrategyName | undefined
  readonly fallbacks: readonly FallbackShape[]
}

/** The route of a request's row; undefined where no rule and no fallback had a part in it. */
export function readRoute(json: unknown): RouteShape | undefined {
  if (json === null || json === undefined) return undefined
  const strategy = textField(json, "strategy")
  return {
    rule: textField(json, "rule"),
    accountTags: texts(field(json, "accountTags")),
    strategy: POOL_STRATEGY_NAMES.find((name) => name === strategy),
    fallbacks: items(field(json, "fallbacks")).map((one) => ({
      from: textField(one, "from") ?? "",
      to: textField(one, "to") ?? "",
      because: textField(one, "because") ?? "",
      attempts: numberField(one, "attempts") ?? 0,
    })),
  }
}

const RequestFallback = builder.objectRef<FallbackShape>("RequestFallback").implement({
  description: "A model that gave way to the next, because nobody could serve it.",
  fields: (t) => ({
    from: t.exposeString("from", { description: "The model that nobody could serve." }),
    to: t.exposeString("to", { description: "The model that was tried instead." }),
    because: t.exposeString("because", { description: "The error code that the client would have been told." }),
    attempts: t.exposeInt("attempts", { description: "Calls to the upstream that came before." }),
  }),
})

export const RequestRoute = builder.objectRef<RouteShape>("RequestRoute").implement({
  description: "What routing made of a request.",
  fields: (t) => ({
    rule: t.string({ nullable: true, description: "The rule that decided.", resolve: ({ rule }) => rule ?? null }),
    accountTags: t.stringList({
      description: "Only accounts with one of these could serve it; empty: any.",
      resolve: ({ accountTags }) => [...accountTags],
    }),
    strategy: t.field({
      type: PoolStrategy,
      nullable: true,
      description: "By which one of them was to be chosen; null: as POOL_STRATEGY says.",
      resolve: ({ strategy }) => strategy ?? null,
    }),
    fallbacks: t.field({
      type: [RequestFallback],
      description: "In turn.",
      resolve: ({ fallbacks }) => [...fallbacks],
    }),
  }),
})
