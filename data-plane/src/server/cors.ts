/** Browsers may call from any page: keys travel in headers, never in cookies, so that no page gains what it was not given. */
import { headerText, type Incoming } from "./incoming.ts"

/** What SDKs are known to send. */
const ALLOWED = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "content-type",
  "x-goog-api-client",
  "x-lagrange-explain",
  ...["arch", "lang", "os", "package-version", "retry-count", "runtime", "runtime-version", "timeout"].map(
    (name) => `x-stainless-${name}`,
  ),
]
const EXPOSED = [
  "request-id",
  "x-request-id",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  ...["requests", "tokens"].flatMap((what) =>
    ["limit", "remaining", "reset"].flatMap((name) => [
      `x-ratelimit-${name}-${what}`,
      `anthropic-ratelimit-${what}-${name}`,
    ]),
  ),
  ...["account", "attempts", "choice", "refusal", "route", "timings", "tokens", "waterfall"].map(
    (name) => `x-lagrange-${name}`,
  ),
].join(",")

export function corsHeaders(incoming: Incoming): Record<string, string> {
  if (headerText(incoming, "origin") === undefined) return {}
  return { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED }
}

/** Headers of clients change with every release, and none of them gives a page more than it has: what is asked for is allowed. */
export function preflightHeaders(incoming: Incoming): Record<string, string> {
  const asked = (headerText(incoming, "access-control-request-headers") ?? "").toLowerCase().split(",", MOST_ASKED)
  const names = asked.map((name) => name.trim()).filter((name) => HEADER_NAME.test(name))
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, HEAD, OPTIONS",
    "access-control-allow-headers": [...new Set([...ALLOWED, ...names])].join(","),
    "access-control-max-age": "86400",
  }
}

const MOST_ASKED = 50
const HEADER_NAME = /^[a-z0-9!#$&'*+.^_|~-]{1,64}$/
