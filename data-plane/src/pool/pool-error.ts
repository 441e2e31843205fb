/** What a client is told when the pool cannot serve: which of busy, cooling, exhausted or broken it is, and from when it can. */
import { formatDuration } from "#shared/duration.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Cooldown } from "./cooldown.ts"

/** Beyond this, a client that waits by itself would look hung: it is told not to. */
const LONG_WAIT_MS = 60_000
/** A slot can come free at any moment; this is when asking again is sensible. */
const BUSY_RETRY_MS = 1_000

export function busyError(): GatewayError {
  return new GatewayError("pool_busy", "All accounts for this model are busy. Please try again in 1s.", {
    retryAfterMs: BUSY_RETRY_MS,
  })
}

/** One request has spent its attempts on a model that rests now; the next begins with the one that follows. */
export function otherModelError(): GatewayError {
  const message = "All accounts for this model rest, and another model can answer in its place. Please try again in 1s."
  return new GatewayError("pool_cooling", message, { retryAfterMs: BUSY_RETRY_MS })
}

export function probingError(): GatewayError {
  const message = "The accounts for this model have rested, and one request tries them first. Please try again in 1s."
  return new GatewayError("pool_busy", message, { retryAfterMs: BUSY_RETRY_MS })
}

export function lineFullError(): GatewayError {
  return new GatewayError("pool_busy", "Too many requests wait for this model already. Please try again in 1s.", {
    retryAfterMs: BUSY_RETRY_MS,
  })
}

export function keyBusyError(limit: number): GatewayError {
  const many = limit === 1 ? "one request" : `${limit} requests`
  const message = `This API key has ${many} running already, as many as it may have. Please try again in 1s.`
  return new GatewayError("pool_busy", message, { retryAfterMs: BUSY_RETRY_MS })
}

export function noAccountError(known: number): GatewayError {
  const message =
    known === 0
      ? "No account is configured. Add one in the panel."
      : "No account can serve this model now. The panel shows what each account needs."
  return new GatewayError("no_upstream_account", message, { shouldRetry: false })
}

/** `earliest` is the cool-down that ends first among those that keep the model from being served: in `waitMs`. */
export function coolingError(earliest: Cooldown, waitMs: number): GatewayError {
  if (earliest.scope.type === "pool") {
    const message = "The pool of accounts has paused itself to protect them. The panel shows why, and ends it."
    return new GatewayError("no_upstream_account", message, { shouldRetry: false })
  }
  if (!Number.isFinite(earliest.until)) return noAccountError(1)
  // No account has the model: the answer stays what the upstream's own was.
  if (earliest.cause === "model_missing") {
    return new GatewayError("model_not_found", "The upstream does not know this model.")
  }
  // The client hears what the upstream's own refusal would have told it.
  if (earliest.cause === "client_version") {
    return new GatewayError("client_version_unsupported", "The upstream no longer offers this model.")
  }
  const retry = { retryAfterMs: waitMs, ...(waitMs > LONG_WAIT_MS ? { shouldRetry: false } : {}) }
  const when = `Please try again in ${toldWait(waitMs)}.`
  if (earliest.scope.type === "egress") {
    return new GatewayError("egress_blocked", `The upstream refuses this gateway's address. ${when}`, {
      retryAfterMs: waitMs,
      shouldRetry: false,
    })
  }
  if (earliest.cause === "location") {
    const message = "The upstream does not offer this model in the place it is asked from."
    return new GatewayError("upstream_rejected_request", message)
  }
  if (earliest.cause === "forbidden_other") {
    const message = `The upstream refuses all accounts for this model. The panel shows why. ${when}`
    return new GatewayError("no_upstream_account", message, retry)
  }
  if (earliest.cause === "capacity") {
    return new GatewayError("upstream_overloaded", `The upstream has no capacity for this model. ${when}`, retry)
  }
  if (earliest.cause === "quota" && waitMs > LONG_WAIT_MS) {
    return new GatewayError("pool_exhausted", `The quota of all accounts for this model is used up. ${when}`, retry)
  }
  return new GatewayError("pool_cooling", `All accounts for this model are cooling down. ${when}`, retry)
}

/** Clients that wait by themselves read seconds; nobody is to come too early. */
function toldWait(waitMs: number): string {
  if (waitMs > LONG_WAIT_MS) return formatDuration(waitMs)
  return `${Math.max(1, Math.ceil(waitMs / 1_000))}s`
}
