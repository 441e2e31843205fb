import type { IncomingMessage } from "node:http"
import { SESSION_ABSOLUTE_MS } from "./sessions.ts"

/** The browser itself refuses a `__Host-` cookie that is not secure, for this host and for the whole path. */
function cookieName(secure: boolean): string {
  return secure ? "__Host-lagrange" : "lagrange"
}

/** The session token of a request, if any. */
export function readSessionCookie(request: IncomingMessage, secure: boolean): string | undefined {
  const name = cookieName(secure)
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const at = pair.indexOf("=")
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined
  }
  return undefined
}

/** The `Set-Cookie` value that keeps a session, or with undefined the one that forgets it. */
export function sessionCookie(token: string | undefined, secure: boolean): string {
  const age = token === undefined ? 0 : SESSION_ABSOLUTE_MS / 1_000
  const attributes = ["Path=/", "HttpOnly", "SameSite=Strict", `Max-Age=${age}`, ...(secure ? ["Secure"] : [])]
  return [`${cookieName(secure)}=${token ?? ""}`, ...attributes].join("; ")
}
