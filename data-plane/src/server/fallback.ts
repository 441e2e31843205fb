/** Which model takes the place of one that nobody can serve, before anything of an answer went to the client. */
import { mayUse } from "#shared/key-models.ts"
import type { FallbackRecord } from "#shared/link-protocol.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { AttemptPorts } from "../pool/attempt-loop.ts"
import { SLOT_WAIT_MS, type LeaseAsk } from "../pool/lease.ts"
import { otherModelError } from "../pool/pool-error.ts"
import { amongOf, callerOf } from "./generate.ts"
import type { Plan } from "./plan.ts"

export interface FallbackAsk {
  readonly pool: Pick<AttemptPorts["pool"], "refusal">
  readonly key: SnapshotApiKey
  /** Calls that were made already. */
  readonly attempts: number
}

export interface Detour {
  readonly plan: Plan
  readonly record: FallbackRecord
}

/**
 * The plan for the first of the models that follow which somebody can serve, at once or after a wait; undefined: the plan's own model can be
 * served so, or none that follows can. The caller lets go of the plan that was left.
 */
export function detourOf(plan: Plan, { pool, key, attempts }: FallbackAsk): Detour | undefined {
  const { fallbacks } = plan.route
  if (fallbacks.length === 0) return undefined
  const because = refusalOf(plan, plan.model, key, pool)
  if (because === undefined) return undefined
  // What stood before the model in its chain was refused already.
  for (const model of fallbacks.slice(fallbacks.indexOf(plan.model) + 1)) {
    if (!mayUse(key, model) || refusalOf(plan, model, key, pool) !== undefined) continue
    const other = plan.forModel(model)
    // A request that is nothing but a search is answered by a model that can search, whichever is asked.
    if (other === undefined || other.model === plan.model) continue
    return { plan: other, record: { from: plan.model, to: other.model, because: because.code, attempts } }
  }
  return undefined
}

/** Who was refused comes again when the first of the chain is back, whichever model was asked last. `error`: of the plan's own model. */
export function soonestError(
  error: GatewayError,
  plan: Plan,
  { pool, key }: Pick<FallbackAsk, "pool" | "key">,
): GatewayError {
  const { model: first, fallbacks } = plan.route
  if (fallbacks.length === 0 || refusalOf(plan, plan.model, key, pool)?.code !== error.code) return error
  const others = [first, ...fallbacks.filter((model) => mayUse(key, model))].filter((model) => model !== plan.model)
  const errors = others
    .map((model) => ({ model, error: refusalOf(plan, model, key, pool) ?? otherModelError() }))
    .toSorted((left, right) => waitOf(left.error) - waitOf(right.error))
  const sooner = errors.find((one) => {
    if (waitOf(one.error) >= waitOf(error)) return false
    const other = plan.forModel(one.model)
    return other !== undefined && other.model !== plan.model
  })
  return sooner?.error ?? error
}

function refusalOf(
  plan: Plan,
  model: string,
  key: SnapshotApiKey,
  pool: FallbackAsk["pool"],
): GatewayError | undefined {
  const { compiled } = plan
  const waitMs = compiled.snapshot.settings.poolWaitMs ?? SLOT_WAIT_MS
  const ask: LeaseAsk = {
    model,
    exclude: new Set(),
    snapshot: compiled,
    waitMs,
    ...amongOf(plan),
    ...callerOf(key, plan),
  }
  return pool.refusal(ask)
}

/** Beyond any that is told. */
const NEVER_MS = Number.MAX_SAFE_INTEGER

function waitOf({ retryAfterMs = NEVER_MS }: GatewayError): number {
  return retryAfterMs
}
