/**
 * The table of failure classes as data: one row each, tried from top to bottom, the first that matches wins. A reason meant
 * for machines outranks the status. Every function here is pure.
 */
import type { ErrorCode } from "../error-code.ts"
import { linksOf, type Facts } from "./facts.ts"
import { QUOTA_STEPS_MS, type FailureClass, type FailureRetry, type FailureScope } from "./failure.ts"
import {
  ABORTS,
  BROKEN_STREAM,
  CAPACITY,
  CONTEXT,
  EGRESS_PAGE,
  LOCATION,
  MALFORMED,
  MINUTE,
  PROJECT,
  RATE_REASONS,
  RATE_WITHOUT_TIME_MS,
  SECOND,
  SIGNATURE,
  TERMS,
  TIMEOUTS,
  VERIFY,
  isClientFault,
  isClientStatus,
  isOAuthRefusal,
  isOwnNetworkFault,
  isQuota,
  isRateStatus,
  isRefusal,
  isSuccess,
  rateDelayMs,
  settled,
} from "./predicates.ts"

export interface Rule {
  readonly class: FailureClass
  readonly matches: (facts: Facts) => boolean
  readonly scope: FailureScope | ((facts: Facts) => FailureScope)
  readonly retry: (facts: Facts) => Partial<FailureRetry>
  readonly code: ErrorCode | ((facts: Facts) => ErrorCode)
  readonly cooldownMs?: (facts: Facts) => number | undefined
  /** Absent: the time is always our own. */
  readonly isTimeTold?: (facts: Facts) => boolean
  readonly retryAfterMs?: (facts: Facts) => number | undefined
  readonly accountState?: (facts: Facts) => string | undefined
  readonly link?: (facts: Facts) => string | undefined
  /** What the client reads; undefined: the first sentence of the upstream's own message. */
  readonly clientMessage?: string | ((facts: Facts) => string | undefined)
}

const HOUR = 60 * MINUTE
const SHORT_RATE_MS = 3 * SECOND
const CAPACITY_COOLDOWN_MS = 10 * SECOND

const UNTIL_BUDGET: Partial<FailureRetry> = { nextAccount: Number.POSITIVE_INFINITY }
const NEVER: Partial<FailureRetry> = {}

export const RULES: readonly Rule[] = [
  {
    class: "client_cancel",
    matches: ({ failure }) => ABORTS.has(failure.network ?? ""),
    scope: "request",
    retry: () => NEVER,
    code: "client_cancelled",
    clientMessage: "The request was cancelled.",
  },
  {
    class: "egress_block",
    matches: ({ body, failure }) => body.isHtml && EGRESS_PAGE.test(failure.body?.slice(0, 65_536) ?? ""),
    scope: "egress",
    retry: () => NEVER,
    code: "egress_blocked",
    cooldownMs: () => MINUTE,
    retryAfterMs: () => MINUTE,
    clientMessage: "The upstream refuses requests from this gateway's network address.",
  },
  {
    class: "client_version",
    matches: (facts) => facts.versionText !== "no" && (facts.status === undefined || facts.status < 500),
    scope: ({ versionText }) => (versionText === "retired-model" ? "model" : "configuration"),
    retry: () => NEVER,
    code: "client_version_unsupported",
    cooldownMs: ({ versionText }) => (versionText === "retired-model" ? 10 * MINUTE : undefined),
    clientMessage: ({ versionText }) =>
      versionText === "retired-model"
        ? "The upstream no longer offers this model."
        : "The upstream does not accept this gateway's client version.",
  },
  {
    class: "validation",
    matches: (facts) => facts.hasReason("VALIDATION_REQUIRED") || (facts.status === 403 && facts.says(VERIFY)),
    scope: "account",
    retry: () => UNTIL_BUDGET,
    code: "no_upstream_account",
    accountState: () => "NEEDS_VERIFICATION",
    link: ({ body }) =>
      linksOf(body, ["validation_url", "validation_link"], (host) => host === "accounts.google.com")[0],
    clientMessage: "No account can serve this model now. The panel shows what each account needs.",
  },
  {
    class: "tos_disabled",
    matches: (facts) => facts.hasReason("TOS_VIOLATION") || (facts.status === 403 && facts.says(TERMS)),
    scope: "account",
    retry: () => UNTIL_BUDGET,
    code: "no_upstream_account",
    accountState: () => "DISABLED_BY_PROVIDER",
    link: ({ body }) => linksOf(body, ["appeal_url"], () => true)[0],
    clientMessage: "No account can serve this model now. The panel shows what each account needs.",
  },
  {
    class: "project_fault",
    matches: (facts) =>
      facts.hasReason("SERVICE_DISABLED", "SUBSCRIPTION_REQUIRED") ||
      (facts.status === 403 && facts.says(PROJECT)) ||
      (facts.status === 500 && facts.failure.projectId === ""),
    scope: "account",
    // The project is found anew by the control plane; until then the same request fails the same way here.
    retry: () => UNTIL_BUDGET,
    code: "no_upstream_account",
    accountState: () => "NEEDS_PROJECT",
    clientMessage: "No account can serve this model now. The panel shows what each account needs.",
  },
  {
    class: "auth",
    matches: ({ status, body }) => status === 401 || body.status === "UNAUTHENTICATED" || isOAuthRefusal(body.status),
    scope: ({ body }) => (isClientFault(body.status) ? "configuration" : "account"),
    retry: ({ body }) =>
      isOAuthRefusal(body.status) ? UNTIL_BUDGET : { ...UNTIL_BUDGET, sameAccount: 1, forceRenewal: true },
    code: "no_upstream_account",
    accountState: ({ body }) => (body.status === "invalid_grant" ? "NEEDS_LOGIN" : undefined),
    clientMessage: "No account can serve this model now. The panel shows what each account needs.",
  },
  {
    class: "forbidden_other",
    matches: (facts) => facts.status === 403 && !facts.hasReason(...RATE_REASONS),
    scope: "account",
    retry: () => UNTIL_BUDGET,
    code: "no_upstream_account",
    cooldownMs: () => 10 * MINUTE,
    clientMessage: "No account can serve this model now. The panel shows what each account needs.",
  },
  {
    class: "location",
    matches: (facts) => isRefusal(facts) && facts.says(LOCATION),
    scope: "account-bucket",
    retry: () => UNTIL_BUDGET,
    code: "upstream_rejected_request",
    cooldownMs: () => HOUR,
    clientMessage: "The upstream does not offer this model in the place it is asked from.",
  },
  {
    class: "signature",
    matches: (facts) => facts.status === 400 && facts.says(SIGNATURE),
    scope: "request",
    retry: () => ({ sameAccount: 1 }),
    code: "upstream_rejected_request",
  },
  {
    class: "bad_request",
    matches: (facts) => isClientStatus(facts.status) && !facts.hasReason(...RATE_REASONS),
    scope: "request",
    retry: () => NEVER,
    code: (facts) => (facts.says(CONTEXT) ? "context_length_exceeded" : "upstream_rejected_request"),
  },
  {
    class: "model_missing",
    matches: (facts) => facts.status === 404 && !facts.hasReason(...RATE_REASONS),
    scope: "account-model",
    retry: () => ({ nextHost: true, nextAccount: 2 }),
    code: "model_not_found",
    cooldownMs: () => 10 * MINUTE,
    clientMessage: "The upstream does not know this model.",
  },
  {
    class: "credits",
    matches: (facts) => facts.hasReason("INSUFFICIENT_G1_CREDITS_BALANCE"),
    scope: "account",
    // The repeat goes without credits. Only the credits rest, not the account: no cool-down.
    retry: () => ({ ...UNTIL_BUDGET, sameAccount: 1 }),
    code: "upstream_rate_limited",
    retryAfterMs: ({ delayMs }) => delayMs,
    clientMessage: "The upstream's paid credits are used up.",
  },
  {
    class: "capacity",
    matches: (facts) =>
      facts.hasReason("MODEL_CAPACITY_EXHAUSTED") ||
      facts.status === 529 ||
      facts.status === 503 ||
      (isRefusal(facts) && facts.says(CAPACITY)),
    scope: "model",
    retry: ({ delayMs = 0 }) => {
      const isDelayTold = delayMs > 0 && delayMs <= 10 * SECOND
      return { sameAccount: 3, sameAccountDelayMs: isDelayTold ? delayMs : SECOND, isDelayTold, nextAccount: 1 }
    },
    code: "upstream_overloaded",
    cooldownMs: () => CAPACITY_COOLDOWN_MS,
    retryAfterMs: ({ delayMs }) => Math.max(delayMs ?? 0, CAPACITY_COOLDOWN_MS),
    clientMessage: "The upstream has no capacity for this model right now.",
  },
  {
    class: "rate_short",
    matches: (facts) => !isQuota(facts) && (rateDelayMs(facts) ?? Number.POSITIVE_INFINITY) < SHORT_RATE_MS,
    scope: "account-model",
    retry: (facts) => {
      const sameAccountDelayMs = settled(rateDelayMs(facts) ?? 0)
      return { ...UNTIL_BUDGET, sameAccount: 2, sameAccountDelayMs, isDelayTold: true }
    },
    code: "upstream_rate_limited",
    retryAfterMs: (facts) => settled(rateDelayMs(facts) ?? 0),
    clientMessage: "The upstream's rate limit is reached.",
  },
  {
    class: "rate",
    matches: (facts) => !isQuota(facts) && rateDelayMs(facts) !== undefined,
    scope: "account-model",
    retry: () => UNTIL_BUDGET,
    code: "upstream_rate_limited",
    cooldownMs: rateRestMs,
    isTimeTold: ({ delayMs }) => delayMs !== undefined,
    retryAfterMs: rateRestMs,
    clientMessage: "The upstream's rate limit is reached.",
  },
  {
    class: "quota",
    matches: isQuota,
    scope: "account-bucket",
    retry: () => UNTIL_BUDGET,
    code: "upstream_rate_limited",
    cooldownMs: ({ delayMs }) => (delayMs === undefined ? QUOTA_STEPS_MS[0] : settled(delayMs)),
    isTimeTold: ({ delayMs }) => delayMs !== undefined,
    retryAfterMs: ({ delayMs }) => (delayMs === undefined ? QUOTA_STEPS_MS[0] : settled(delayMs)),
    clientMessage: "The upstream quota for this model is used up.",
  },
  {
    class: "bare_429",
    matches: isRateStatus,
    scope: "account-model",
    retry: () => ({ nextAccount: 1 }),
    code: "upstream_refused_request",
    cooldownMs: () => 5 * SECOND,
    retryAfterMs: ({ delayMs }) => delayMs,
    clientMessage:
      "The upstream refused this request without giving a reason: it either dislikes something in the request's text, most often in the system prompt, or limits the rate for a moment.",
  },
  {
    class: "malformed_call",
    matches: ({ failure }) => MALFORMED.has(failure.finish ?? ""),
    scope: "request",
    retry: () => ({ sameAccount: 1 }),
    code: "upstream_malformed_call",
    clientMessage: "The model wrote a tool call that cannot be read.",
  },
  {
    class: "truncated",
    matches: (facts) => facts.afterContent && !isRefusal(facts),
    scope: "request",
    retry: () => NEVER,
    code: ({ failure }) => (failure.network === "IDLE_TIMEOUT" ? "upstream_timeout" : "upstream_interrupted"),
    clientMessage: "The upstream's answer broke off before its end.",
  },
  {
    class: "empty",
    matches: ({ failure, status }) =>
      BROKEN_STREAM.has(failure.network ?? "") || (isSuccess(status) && !isOwnNetworkFault(failure.network)),
    scope: "request",
    retry: () => ({ sameAccount: 2, sameAccountDelayMs: 500, nextAccount: 1 }),
    code: ({ failure }) =>
      failure.network === undefined || failure.network === "EMPTY" ? "upstream_empty_answer" : "upstream_interrupted",
    clientMessage: ({ failure }) =>
      failure.network === undefined || failure.network === "EMPTY"
        ? "The upstream's answer held nothing."
        : "The upstream's answer broke off before it began.",
  },
  {
    class: "server",
    matches: () => true,
    // A connection that was never made says nothing about the account.
    scope: ({ failure }) => (failure.phase === "connect" ? "egress" : "account"),
    retry: serverRetry,
    code: ({ failure }) => (TIMEOUTS.has(failure.network ?? "") ? "upstream_timeout" : "upstream_failed"),
    clientMessage: ({ failure }) => {
      if (TIMEOUTS.has(failure.network ?? "")) return "The upstream did not answer in time."
      return failure.phase === "connect" ? "The upstream cannot be reached." : "The upstream failed."
    },
  },
]

/** Only a time that was told is the upstream's clock's. */
function rateRestMs(facts: Facts): number {
  const ms = rateDelayMs(facts) ?? RATE_WITHOUT_TIME_MS
  return facts.delayMs === undefined ? ms : settled(ms)
}

function serverRetry({ failure }: Facts): Partial<FailureRetry> {
  // The proxy is the same for every host and account.
  if (failure.network?.startsWith("PROXY_") === true) return { sameAccount: 1, sameAccountDelayMs: SECOND }
  // Waiting as long again on the same account is rarely worth it: another one gets the last chance.
  if (TIMEOUTS.has(failure.network ?? "")) return { nextAccount: 1 }
  return { nextHost: true, sameAccount: 1, sameAccountDelayMs: SECOND, nextAccount: 2 }
}
