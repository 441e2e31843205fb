/** What a key may be used for: in which dialects, and for which models. Where and when it may be used at all: `authenticate.ts`. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { matchPattern } from "#shared/model-alias.ts"
import { readWishedName } from "#shared/name-wish.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"

type KeyModels = Pick<SnapshotApiKey, "models">

/** Throws `permission_denied`. */
export function authoriseDialect({ dialects }: SnapshotApiKey, dialect: ClientDialectName): void {
  if (dialects === undefined || dialects.includes(dialect)) return
  const own = dialects.join(", ")
  throw new GatewayError("permission_denied", `This API key may not be used for ${dialect}, only for ${own}.`)
}

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

export function modelDenied(asked: string): GatewayError {
  const name = JSON.stringify(asked.slice(0, 200))
  const message = `This API key may not use the model ${name}. GET /v1/models lists those that it may.`
  return new GatewayError("permission_denied", message, { param: "model" })
}
