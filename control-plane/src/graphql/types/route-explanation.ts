import type { RouteExplanation as RouteExplanationShape } from "../../routing/explain.ts"
import { type ExplainedStep, type RoutedModel, STEP_CODES, type StepCode } from "../../routing/explained-step.ts"
import { builder } from "../builder.ts"
import { PoolCensus } from "./pool-census.ts"
import { PoolStrategy } from "./routing.ts"

const RouteOutcome = builder.enumType("RouteOutcome", {
  description: "What becomes of a request, before an account is chosen.",
  values: {
    ROUTED: { description: "It goes to a model." },
    REFUSED: { description: "A rule or its key refuses it: 403." },
    NOT_FOUND: { description: "Nobody offers what it asks for: 404." },
  } as const,
})

const RouteModel = builder.objectRef<RoutedModel>("RouteModel").implement({
  description: "A model that a request may go to.",
  fields: (t) => ({
    model: t.exposeString("model", { description: "Its upstream id." }),
    census: t.field({
      type: PoolCensus,
      description: "As far as is known here: slots in use and short rests are the data planes' own.",
      resolve: ({ census }) => ({
        ...census,
        outside: census.outside ?? 0,
        probing: 0,
        busy: undefined,
        tried: 0,
        modelLimit: undefined,
        keyLimit: undefined,
      }),
    }),
  }),
})

const stepCodes = Object.fromEntries(
  Object.entries(STEP_CODES).map(([value, description]) => [value, { value, description }]),
) as Record<StepCode, { value: StepCode; description: string }> // every entry was just made so

const RouteStepCode = builder.enumType("RouteStepCode", {
  description: "What a step of an explanation says.",
  values: stepCodes,
})

const RouteStep = builder.objectRef<ExplainedStep>("RouteStep").implement({
  description: "One thing that was found on the way of a request.",
  fields: (t) => ({
    code: t.expose("code", { type: RouteStepCode, description: "For whoever says it in other words." }),
    text: t.exposeString("text", { description: "In plain words, as in `steps`." }),
    rule: t.string({ nullable: true, description: "The rule that it is about.", resolve: ({ rule }) => rule ?? null }),
    models: t.stringList({ description: "Those that it speaks of, in turn.", resolve: ({ models }) => [...models] }),
  }),
})

export const RouteExplanation = builder.objectRef<RouteExplanationShape>("RouteExplanation").implement({
  description: "How a name would be routed, by the function that data planes route with.",
  fields: (t) => ({
    asked: t.exposeString("asked", { description: "The name that was asked about." }),
    outcome: t.expose("outcome", { type: RouteOutcome, description: "What becomes of the request." }),
    rule: t.string({ nullable: true, description: "The rule that decides.", resolve: ({ rule }) => rule ?? null }),
    accountTags: t.stringList({
      description: "Only accounts with one of these serve it; empty: any.",
      resolve: ({ accountTags }) => [...accountTags],
    }),
    strategy: t.field({
      type: PoolStrategy,
      nullable: true,
      description: "Null: as POOL_STRATEGY says.",
      resolve: ({ strategy }) => strategy ?? null,
    }),
    models: t.field({
      type: [RouteModel],
      description: "The one that it goes to, then its fallbacks in turn. Empty: it is not routed.",
      resolve: ({ models }) => [...models],
    }),
    nearest: t.stringList({
      description: "Where it is not found: the nearest ids.",
      resolve: ({ nearest }) => [...nearest],
    }),
    steps: t.stringList({
      description: "In plain words, in order.",
      resolve: ({ steps }) => steps.map(({ text }) => text),
    }),
    trace: t.field({
      type: [RouteStep],
      description: "The same steps, each with what it is about.",
      resolve: ({ steps }) => [...steps],
    }),
  }),
})
