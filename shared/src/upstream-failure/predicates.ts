/**
 * What the rows of the table ask of a failure: texts, reasons and statuses as the upstream words them. Patterns are bounded, so
 * that a hostile body costs linear time.
 */
import type { Facts } from "./facts.ts"

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
/** Added to a reset time: the upstream's clock and ours differ a little. */
const SETTLE_MS = 500
const LONG_RATE_MS = 5 * MINUTE
export const RATE_WITHOUT_TIME_MS = 30 * SECOND

/** Reasons that have a row of their own, whatever status they come with. */
export const RATE_REASONS = [
  "RATE_LIMIT_EXCEEDED",
  "QUOTA_EXHAUSTED",
  "INSUFFICIENT_G1_CREDITS_BALANCE",
  "MODEL_CAPACITY_EXHAUSTED",
]

export const EGRESS_PAGE = /<title>\s*Sorry|automated queries|support\.google\.com\/websearch\/answer\/86640/i
export const TERMS = /violation of (?:the )?terms of service/i
export const VERIFY = /verify your account to continue|account verification (?:is )?required|VALIDATION_REQUIRED/i
export const PROJECT =
  /lack a Gemini Code Assist license|has not been used in project .{1,80} or it is disabled|Permission 'cloudaicompanion\.[\w.]{1,80}' denied/i
export const LOCATION = /user location is not supported/i
export const SIGNATURE =
  /thought[ _]?signature|Invalid `signature`|signature.{0,3} in .{0,3}thinking|Expected .{0,2}thinking|thinking\.(?:signature|thinking): Field required|must be `thinking`|thinking block|failed to deseriali[sz]e.{0,80}(?:thinking|signature)/i
export const CONTEXT =
  /prompt is too long|prompt_too_long|input token count.{0,80}exceeds|exceeds the maximum (?:number of )?(?:input )?tokens|exceeds the (?:model's )?(?:maximum )?context/i
export const CAPACITY = /\bno capacity\b/i
const QUOTA_TEXT =
  /exhausted your (?:capacity|quota)|individual quota reached|upgrade your subscription|quota will reset (?:after|in)|\blimit: 0\b/i
export const MALFORMED = new Set(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"])
export const BROKEN_STREAM = new Set(["NO_FINISH", "EMPTY"])
export const ABORTS = new Set(["ABORT", "ABORT_ERR"])
export const TIMEOUTS = new Set(["FIRST_BYTE_TIMEOUT", "IDLE_TIMEOUT"])

export function isRefusal(facts: Facts): boolean {
  return facts.status !== undefined && facts.status >= 400
}

export function isRateStatus(facts: Facts): boolean {
  return facts.status === 429 || facts.body.status === "RESOURCE_EXHAUSTED" || facts.hasReason(...RATE_REASONS)
}

/** Undefined: the answer speaks of no rate at all. */
export function rateDelayMs(facts: Facts): number | undefined {
  if (!isRateStatus(facts)) return undefined
  if (facts.hasReason("RATE_LIMIT_EXCEEDED")) return facts.delayMs ?? RATE_WITHOUT_TIME_MS
  if (/per_?minute/i.test(facts.quotaViolations)) return facts.delayMs ?? MINUTE
  // A header alone is what a front end adds to a refusal without a reason.
  return facts.bodyDelayMs
}

export function isQuota(facts: Facts): boolean {
  if (!isRateStatus(facts)) return false
  const isNamed = facts.hasReason("QUOTA_EXHAUSTED") || /per_?day|\blimit: 0\b/i.test(facts.quotaViolations)
  const isLong = (rateDelayMs(facts) ?? 0) > LONG_RATE_MS
  // The text alone decides only where nothing else speaks: "exhausted your capacity" also comes with RATE_LIMIT_EXCEEDED.
  const isTextOnly =
    !facts.hasReason("RATE_LIMIT_EXCEEDED") && facts.bodyDelayMs === undefined && facts.says(QUOTA_TEXT)
  return isNamed || isLong || isTextOnly
}

export function settled(delayMs: number): number {
  return Math.ceil(delayMs + SETTLE_MS)
}

/** 408 and 409 are races of the upstream, 499 its own cancellation, 404 and 429 have rows of their own. */
export function isClientStatus(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && ![404, 408, 409, 429, 499].includes(status)
}

export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}

/** Faults after a good head that belong to the class `server` all the same: time-outs and an event that is not JSON. */
export function isOwnNetworkFault(network: string | undefined): boolean {
  return network === "NOT_JSON" || TIMEOUTS.has(network ?? "")
}

const OAUTH_CLIENT_FAULTS = new Set(["invalid_client", "unauthorized_client"])

export function isClientFault(status: string | undefined): boolean {
  return OAUTH_CLIENT_FAULTS.has(status ?? "")
}

export function isOAuthRefusal(status: string | undefined): boolean {
  return status === "invalid_grant" || isClientFault(status)
}
