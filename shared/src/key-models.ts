/** Which models a key may use, by its own list. */
import { matchPattern } from "./model-alias.ts"
import type { ModelResolution } from "./model-name.ts"
import { readWishedName } from "./name-wish.ts"
import type { ModelRoute } from "./route.ts"
import type { SnapshotApiKey } from "./snapshot.ts"

export type KeyModels = Pick<SnapshotApiKey, "models">

/** By the model's own id, whatever name leads to it. */
export function mayUse({ models }: KeyModels, model: string): boolean {
  return models === undefined || models.some((pattern) => matchPattern(pattern, model) !== undefined)
}

/**
 * May the key ask for this name, which leads to this model? Patterns are about the model that answers, so that no alias leads round
 * them; an alias that stands in the list as it is asked for was meant.
 */
export function mayAsk(key: KeyModels, asked: string, model: string): boolean {
  if (mayUse(key, model)) return true
  const whole = asked.startsWith("models/") ? asked.slice("models/".length) : asked
  const names = [whole, readWishedName(whole).name]
  return key.models?.some((pattern) => !pattern.includes("*") && names.includes(pattern)) === true
}

/** The same where a rule may have led elsewhere: a name in the list stands for what it means by itself, `own`, and for nothing else. */
export function mayTake(key: KeyModels, asked: string, own: ModelResolution, model: string): boolean {
  return "model" in own && own.model === model ? mayAsk(key, asked, model) : mayUse(key, model)
}

/** Of the chain of a model that nobody offers the part that the key may use; where that is none of it, the route as it is. */
export function usableLead(key: KeyModels, route: ModelRoute): ModelRoute {
  if (route.unoffered === undefined || mayUse(key, route.model)) return route
  const [model, ...fallbacks] = route.fallbacks.filter((one) => mayUse(key, one))
  return model === undefined ? route : { ...route, model, fallbacks }
}
