import type { ErrorCode } from "#shared/error-code.ts"
import type { GatewayError } from "../canonical/error.ts"

/** Waiting longer than this is not left to an SDK, whose client would sit silently for hours. */
export const LONGEST_RETRY_MS = 60_000
/** Another process takes over within this when one shuts down. */
const SHUTDOWN_RETRY_MS = 2_000

/** What no repeat by the client can mend: an operator must act, or the wait is hours. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "key_quota_used",
  "pool_exhausted",
  "no_upstream_account",
  "egress_blocked",
  "client_version_unsupported",
  "upstream_refused_request",
])

/** After which the connection is of no more use to the client. */
const CLOSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["shutting_down", "upgrade_refused"])

/** The headers of an error answer that tell clients whether and when to try again, the same in every dialect. */
export function answerHeaders(error: GatewayError): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" }
  const waitMs = error.retryAfterMs ?? (error.code === "shutting_down" ? SHUTDOWN_RETRY_MS : undefined)
  if (waitMs !== undefined) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(waitMs / 1000)))
    if (waitMs < LONGEST_RETRY_MS) headers["retry-after-ms"] = String(Math.max(0, Math.ceil(waitMs)))
  }
  if (error.shouldRetry === false || HOPELESS.has(error.code) || (waitMs ?? 0) > LONGEST_RETRY_MS) {
    headers["x-should-retry"] = "false"
  }
  if (CLOSING.has(error.code)) headers["connection"] = "close"
  return headers
}
