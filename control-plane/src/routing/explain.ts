/** How a name would be routed, step by step, by the function that data planes route with. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { mayTake, mayUse, usableLead } from "#shared/key-models.ts"
import type { PoolCensus } from "#shared/link-protocol.ts"
import type { PoolStrategyName } from "#shared/pool-strategy.ts"
import { traitMask, type RequestTrait } from "#shared/request-trait.ts"
import type { AccountGroup, ModelRoute, RouteStep, RuleMiss } from "#shared/route.ts"
import type { RuleAction } from "#shared/routing.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { InvalidInputError } from "../failure.ts"
import { censusOf } from "./census.ts"

export interface ExplainAsk {
  readonly model: string
  /** Absent: a key without tags that may use everything. */
  readonly apiKeyId?: string | undefined
  readonly dialect: ClientDialectName
  readonly traits: readonly RequestTrait[]
}

export type RouteOutcome = "ROUTED" | "REFUSED" | "NOT_FOUND"

export interface RoutedModel {
  readonly model: string
  readonly census: PoolCensus
}

export interface RouteExplanation {
  readonly asked: string
  readonly outcome: RouteOutcome
  readonly rule?: string
  readonly accountTags: readonly string[]
  readonly strategy?: PoolStrategyName
  /** The one that answers first, and those that follow it. */
  readonly models: readonly RoutedModel[]
  readonly nearest: readonly string[]
  readonly steps: readonly string[]
}

type Asker = Pick<SnapshotApiKey, "id" | "name" | "tags" | "models" | "dialects">

const ANYBODY: Omit<Asker, "id"> & { readonly id: string } = { id: "", name: "a key" }

/** Throws `InvalidInputError` for a key that is not there. */
export function explainRoute(world: CompiledSnapshot, ask: ExplainAsk, now: number): RouteExplanation {
  const key = askerOf(world, ask.apiKeyId)
  const steps: string[] = []
  const end = (more: Partial<RouteExplanation> & Pick<RouteExplanation, "outcome">): RouteExplanation => {
    return { asked: ask.model, accountTags: [], models: [], nearest: [], steps, ...more }
  }
  if (key.dialects?.includes(ask.dialect) === false) {
    steps.push(`The key ${key.name} may not be used for ${ask.dialect}: the request is refused.`)
    return end({ outcome: "REFUSED" })
  }
  const traits = traitMask(ask.traits)
  const { asked, dialect } = { asked: ask.model, dialect: ask.dialect }
  const route = world.router.route({ asked, key, dialect, traits: () => traits }, (step) =>
    steps.push(stepText(step, asked)),
  )
  const rule = route.rule === undefined ? {} : { rule: route.rule }
  switch (route.type) {
    case "refused":
      return end({ outcome: "REFUSED", ...rule })
    case "not-found": {
      const nearest = route.nearest.filter((id) => mayUse(key, id))
      steps.push("The request is answered with 404, without a call to the upstream.")
      return end({ outcome: "NOT_FOUND", nearest, ...rule })
    }
    case "model": {
      const led = usableLead(key, route)
      if (!mayTake(key, asked, world.resolve(asked), led.model)) {
        steps.push(`The key ${key.name} may not use ${led.model}: the request is refused.`)
        return end({ outcome: "REFUSED", ...rule })
      }
      if (led !== route) steps.push(`The key ${key.name} may not use ${route.model}: ${led.model} takes its place.`)
      return end({ outcome: "ROUTED", ...rule, ...routed(world, led, key, now, steps) })
    }
  }
}

function askerOf(world: CompiledSnapshot, id: string | undefined): typeof ANYBODY {
  if (id === undefined) return ANYBODY
  const key = world.snapshot.apiKeys.find((known) => known.id === id)
  if (key === undefined) throw new InvalidInputError("not_found", "There is no such API key.", ["apiKeyId"])
  return key
}

function routed(
  world: CompiledSnapshot,
  { model, group, strategy, fallbacks }: ModelRoute,
  key: typeof ANYBODY,
  now: number,
  steps: string[],
): Pick<RouteExplanation, "accountTags" | "models" | "strategy"> {
  const allowed = fallbacks.filter((one) => mayUse(key, one))
  const denied = fallbacks.filter((one) => !allowed.includes(one))
  if (denied.length > 0) steps.push(`The key ${key.name} may not use ${denied.join(", ")}: passed over.`)
  const models = [model, ...allowed].map((one) => ({ model: one, census: censusOf(world, one, group, now) }))
  for (const one of models) steps.push(censusText(one, group))
  return { accountTags: group?.tags ?? [], models, ...(strategy === undefined ? {} : { strategy }) }
}

const MISSES: Readonly<Record<RuleMiss, string>> = {
  key: "it is for other keys",
  dialect: "it is for other APIs",
  model: "it is for other models",
  traits: "it is for requests with other traits",
  "not-offered": "nobody offers its model",
}

function stepText(step: RouteStep, asked: string): string {
  switch (step.type) {
    case "name":
      return nameText(step.resolution, asked)
    case "rule":
      return step.miss === undefined
        ? `The rule ${step.rule} decides: ${actionText(step.action)}.`
        : `The rule ${step.rule} does not count: ${MISSES[step.miss]}.`
    case "unoffered":
      return `No account lists ${step.name}; ${step.model} is the first of its fallbacks that one does.`
    case "fallbacks":
      return `When nobody can serve it: ${step.models.join(", then ")}.`
  }
}

function nameText(resolution: Extract<RouteStep, { type: "name" }>["resolution"], asked: string): string {
  if ("notFound" in resolution) {
    const { nearest } = resolution
    const hint = nearest.length === 0 ? "" : ` The nearest are ${nearest.join(", ")}.`
    return `No account's list has ${asked}, and no alias leads from it to one that is listed.${hint}`
  }
  switch (resolution.via) {
    case "deprecated":
      return `The upstream has retired ${asked}: its successor is ${resolution.model}.`
    case "alias":
      return `${asked} is an alias of ${resolution.model}.`
    case "exact":
      return `${asked} means ${resolution.model}, which accounts list.`
    case "pass-through":
      return `No list of models was read yet: ${resolution.model} is passed on as it is.`
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

function censusText({ model, census }: RoutedModel, group: AccountGroup | undefined): string {
  const away = KEPT_AWAY.flatMap(([name, words]) => ((census[name] ?? 0) === 0 ? [] : [`${census[name]} ${words}`]))
  const tagged = group === undefined ? "" : ` tagged ${group.tags.join(" or ")}`
  const others = away.length === 0 ? "" : `; of the others are ${away.join(", ")}`
  return `${census.candidates} of ${census.known} accounts${tagged} could serve ${model}${others}.`
}
