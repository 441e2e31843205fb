import type { ErrorCode } from "#shared/error-code.ts"
import { GatewayError } from "../../canonical/error.ts"
import { isObject } from "../read-wire.ts"

const MEANINGS: readonly { readonly status: number; readonly code: ErrorCode; readonly message: string }[] = [
  { status: 400, code: "upstream_rejected_request", message: "The upstream refused the request." },
  { status: 429, code: "upstream_rate_limited", message: "The upstream's rate limit was reached." },
  { status: 503, code: "upstream_overloaded", message: "The upstream has no capacity for this model now." },
  { status: 529, code: "upstream_overloaded", message: "The upstream has no capacity for this model now." },
  { status: 504, code: "upstream_timeout", message: "The upstream took too long." },
]

/**
 * An `error` object that came inside a 200, by its `code` alone. The message is ours, so that nothing of the upstream's leaks;
 * `cause` is the object as it came, for whoever decides about a retry from its details.
 */
export function decodeError(wire: unknown): GatewayError {
  const status = isObject(wire) ? Number(wire["code"]) : Number.NaN
  const meaning = MEANINGS.find((row) => row.status === status)
  const { code, message } = meaning ?? {
    code: "upstream_failed" as const,
    message: "The upstream failed while answering.",
  }
  return new GatewayError(code, message, { cause: wire })
}
