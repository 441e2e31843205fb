/** Browsers may call from any page: keys travel in headers, never in cookies, so that no page gains what it was not given. */
import { headerText, type Incoming } from "./incoming.ts"

const ALLOWED = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "content-type",
  "x-lagrange-explain",
]
const EXPOSED = "request-id,x-request-id,retry-after,retry-after-ms,x-should-retry"

export function corsHeaders(incoming: Incoming): Record<string, string> {
  if (headerText(incoming, "origin") === undefined) return {}
  return { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED }
}

/** `x-stainless-*` headers change with every SDK release: those that were asked for are allowed by their beginning. */
export function preflightHeaders(incoming: Incoming): Record<string, string> {
  const asked = (headerText(incoming, "access-control-request-headers") ?? "").toLowerCase().split(",")
  const stainless = asked.map((name) => name.trim()).filter((name) => /^x-stainless-[a-z0-9-]{1,40}$/.test(name))
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, HEAD, OPTIONS",
    "access-control-allow-headers": [...ALLOWED, ...STAINLESS, ...stainless].join(","),
    "access-control-max-age": "86400",
  }
}

const STAINLESS = ["arch", "lang", "os", "package-version", "retry-count", "runtime", "runtime-version", "timeout"].map(
  (name) => `x-stainless-${name}`,
)
