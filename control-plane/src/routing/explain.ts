/** How a name would be routed, step by step, by the function that data planes route with. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { mayTake, mayUse, usableLead } from "#shared/key-models.ts"
import type { PoolStrategyName } from "#shared/pool-strategy.ts"
import { traitMask, type RequestTrait } from "#shared/request-trait.ts"
import type { ModelRoute } from "#shared/route.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { InvalidInputError } from "../failure.ts"
import { censusOf } from "./census.ts"
import { accountsStep, type ExplainedStep, explainedStep, type RoutedModel, type StepCode } from "./explained-step.ts"

export interface ExplainAsk {
  readonly model: string
  /** Absent: a key without tags that may use everything. */
  readonly apiKeyId?: string | undefined
  readonly dialect: ClientDialectName
  readonly traits: readonly RequestTrait[]
}

export type RouteOutcome = "ROUTED" | "REFUSED" | "NOT_FOUND"

export interface RouteExplanation {
  readonly asked: string
  readonly outcome: RouteOutcome
  readonly rule?: string
  readonly accountTags: readonly string[]
  readonly strategy?: PoolStrategyName
  /** The one that answers first, and those that follow it. */
  readonly models: readonly RoutedModel[]
  readonly nearest: readonly string[]
  readonly steps: readonly ExplainedStep[]
}

type Asker = Pick<SnapshotApiKey, "id" | "name" | "tags" | "models" | "dialects">

const ANYBODY: Omit<Asker, "id"> & { readonly id: string } = { id: "", name: "a key" }

/** Throws `InvalidInputError` for a key that is not there. */
export function explainRoute(world: CompiledSnapshot, ask: ExplainAsk, now: number): RouteExplanation {
  const key = askerOf(world, ask.apiKeyId)
  const steps: ExplainedStep[] = []
  const step = (code: StepCode, text: string, models: readonly string[] = []): void =>
    void steps.push({ code, text, models })
  const end = (more: Partial<RouteExplanation> & Pick<RouteExplanation, "outcome">): RouteExplanation => {
    return { asked: ask.model, accountTags: [], models: [], nearest: [], steps, ...more }
  }
  if (key.dialects?.includes(ask.dialect) === false) {
    step("API_DENIED", `The key ${key.name} may not be used for ${ask.dialect}: the request is refused.`)
    return end({ outcome: "REFUSED" })
  }
  // Of its own fields nothing else is known: whether it thinks is also for its name to say.
  const own = { traits: traitMask(ask.traits), saysThinking: false }
  const { asked, dialect } = { asked: ask.model, dialect: ask.dialect }
  const route = world.router.route({ asked, key, dialect, traits: () => own }, (told) =>
    steps.push(explainedStep(told, asked)),
  )
  const rule = route.rule === undefined ? {} : { rule: route.rule }
  switch (route.type) {
    case "refused":
      return end({ outcome: "REFUSED", ...rule })
    case "not-found": {
      const nearest = route.nearest.filter((id) => mayUse(key, id))
      step("NOT_FOUND", "The request is answered with 404, without a call to the upstream.")
      return end({ outcome: "NOT_FOUND", nearest, ...rule })
    }
    case "model": {
      const led = usableLead(key, route)
      if (!mayTake(key, asked, world.resolve(asked), led.model)) {
        step("MODEL_DENIED", `The key ${key.name} may not use ${led.model}: the request is refused.`, [led.model])
        return end({ outcome: "REFUSED", ...rule })
      }
      if (led !== route) {
        const text = `The key ${key.name} may not use ${route.model}: ${led.model} takes its place.`
        step("MODEL_REPLACED", text, [route.model, led.model])
      }
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
  steps: ExplainedStep[],
): Pick<RouteExplanation, "accountTags" | "models" | "strategy"> {
  const allowed = fallbacks.filter((one) => mayUse(key, one))
  const denied = fallbacks.filter((one) => !allowed.includes(one))
  if (denied.length > 0) {
    const text = `The key ${key.name} may not use ${denied.join(", ")}: passed over.`
    steps.push({ code: "FALLBACKS_DENIED", text, models: denied })
  }
  const models = [model, ...allowed].map((one) => ({ model: one, census: censusOf(world, one, group, now) }))
  for (const one of models) steps.push(accountsStep(one, group))
  return { accountTags: group?.tags ?? [], models, ...(strategy === undefined ? {} : { strategy }) }
}
