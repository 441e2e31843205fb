/** The steps of a route: a sentence for people, and a code for whoever says it in other words. */
import type { PoolCensus } from "#shared/link-protocol.ts"
import type { AccountGroup, RouteStep, RuleMiss } from "#shared/route.ts"
import type { RuleAction } from "#shared/routing.ts"

/** Each with what it says. */
export const STEP_CODES = {
  API_DENIED: "The key may not be used for this API.",
  NAME_EXACT: "The name is that of a model which accounts list.",
  NAME_ALIAS: "The name is an alias of a model.",
  NAME_RETIRED: "The upstream has retired the name, and says what took its place.",
  NAME_PASSED_ON: "No list of models was read yet: the name is passed on as it is.",
  NAME_UNKNOWN: "The name leads to nothing that accounts list.",
  RULE_DECIDES: "This rule matches, and no later one is looked at.",
  RULE_OTHER_KEY: "This rule is for other keys.",
  RULE_OTHER_API: "This rule is for other APIs.",
  RULE_OTHER_MODEL: "This rule is for other models.",
  RULE_OTHER_TRAITS: "This rule is for requests with other traits.",
  RULE_NOT_OFFERED: "This rule would match, but nobody offers its model.",
  FALLBACK_STANDS_IN: "Nobody lists the name; the first of its fallbacks stands for it.",
  FALLBACKS: "What follows when nobody can serve the model.",
  MODEL_DENIED: "The key may not use the model.",
  MODEL_REPLACED: "The key may not use the model, and a fallback takes its place.",
  FALLBACKS_DENIED: "Fallbacks that the key may not use are passed over.",
  ACCOUNTS: "How many accounts could serve a model, and what keeps the others.",
  NOT_FOUND: "The answer is a 404, without a call to the upstream.",
} as const

export type StepCode = keyof typeof STEP_CODES

export interface ExplainedStep {
  readonly code: StepCode
  /** One sentence. */
  readonly text: string
  /** The rule that it is about. */
  readonly rule?: string
  /** Those that it speaks of, in turn. */
  readonly models: readonly string[]
}

export interface RoutedModel {
  readonly model: string
  readonly census: PoolCensus
}

const MISSES: Readonly<Record<RuleMiss, readonly [code: StepCode, text: string]>> = {
  key: ["RULE_OTHER_KEY", "it is for other keys"],
  dialect: ["RULE_OTHER_API", "it is for other APIs"],
  model: ["RULE_OTHER_MODEL", "it is for other models"],
  traits: ["RULE_OTHER_TRAITS", "it is for requests with other traits"],
  "not-offered": ["RULE_NOT_OFFERED", "nobody offers its model"],
}

/** What the function that routes has told. */
export function explainedStep(step: RouteStep, asked: string): ExplainedStep {
  switch (step.type) {
    case "name":
      return nameStep(step.resolution, asked)
    case "rule":
      return ruleStep(step)
    case "unoffered":
      return {
        code: "FALLBACK_STANDS_IN",
        text: `No account lists ${step.name}; ${step.model} is the first of its fallbacks that one does.`,
        models: [step.model],
      }
    case "fallbacks": {
      const { models } = step
      return { code: "FALLBACKS", text: `When nobody can serve it: ${models.join(", then ")}.`, models }
    }
  }
}

function ruleStep({ rule, miss, action }: Extract<RouteStep, { type: "rule" }>): ExplainedStep {
  const models = action.model === undefined ? [] : [action.model]
  if (miss === undefined) {
    return { code: "RULE_DECIDES", text: `The rule ${rule} decides: ${actionText(action)}.`, rule, models }
  }
  const [code, why] = MISSES[miss]
  return { code, text: `The rule ${rule} does not count: ${why}.`, rule, models }
}

function nameStep(resolution: Extract<RouteStep, { type: "name" }>["resolution"], asked: string): ExplainedStep {
  if ("notFound" in resolution) {
    const { nearest } = resolution
    const hint = nearest.length === 0 ? "" : ` The nearest are ${nearest.join(", ")}.`
    const text = `No account's list has ${asked}, and no alias leads from it to one that is listed.${hint}`
    return { code: "NAME_UNKNOWN", text, models: [] }
  }
  const { model } = resolution
  const models = [model]
  switch (resolution.via) {
    case "deprecated":
      return { code: "NAME_RETIRED", text: `The upstream has retired ${asked}: its successor is ${model}.`, models }
    case "alias":
      return { code: "NAME_ALIAS", text: `${asked} is an alias of ${model}.`, models }
    case "exact":
      return { code: "NAME_EXACT", text: `${asked} means ${model}, which accounts list.`, models }
    case "pass-through": {
      const text = `No list of models was read yet: ${model} is passed on as it is.`
      return { code: "NAME_PASSED_ON", text, models }
    }
  }
}

function actionText({ model, accountTags, strategy, refuse }: RuleAction): string {
  if (refuse !== undefined) return `the request is refused with "${refuse}"`
  return [
    ...(model === undefined ? [] : [`it goes to ${model}`]),
    ...(accountTags === undefined ? [] : [`only accounts tagged ${accountTags.join(" or ")} serve it`]),
    ...(strategy === undefined ? [] : [`one of them is chosen by ${strategy}`]),
  ].join(", ")
}

const KEPT_AWAY = [
  ["unusable", "disabled or in need of a hand"],
  ["outside", "without such a tag"],
  ["notOffered", "without the model in the list"],
  ["modelOff", "not to serve this model"],
  ["resting", "out of quota"],
] as const

/** How many could serve it. */
export function accountsStep({ model, census }: RoutedModel, group: AccountGroup | undefined): ExplainedStep {
  const away = KEPT_AWAY.flatMap(([name, words]) => ((census[name] ?? 0) === 0 ? [] : [`${census[name]} ${words}`]))
  const tagged = group === undefined ? "" : ` tagged ${group.tags.join(" or ")}`
  const others = away.length === 0 ? "" : `; of the others are ${away.join(", ")}`
  const text = `${census.candidates} of ${census.known} accounts${tagged} could serve ${model}${others}.`
  return { code: "ACCOUNTS", text, models: [model] }
}
