import type { ServerResponse } from "node:http"

/** Everything comes from this origin, scripts and styles as files only. The one Trusted Types policy is that of Solid's templates (web/vite.config.ts). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lagrange-templates",
].join("; ")

/** Headers of every answer; `strict-transport-security` only where TLS is known to be in front. */
export function setSecurityHeaders(response: ServerResponse, behindTls: boolean): void {
  response.setHeader("content-security-policy", CONTENT_SECURITY_POLICY)
  response.setHeader("x-content-type-options", "nosniff")
  response.setHeader("referrer-policy", "no-referrer")
  response.setHeader("cross-origin-opener-policy", "same-origin")
  response.setHeader("cross-origin-resource-policy", "same-origin")
  response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
  response.setHeader("x-frame-options", "DENY")
  if (behindTls) response.setHeader("strict-transport-security", "max-age=31536000")
}
