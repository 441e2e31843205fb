import type { IncomingMessage } from "node:http"
import { BROWSER_MS } from "./browser-token.ts"
import { SESSION_ABSOLUTE_MS } from "./sessions.ts"

const SESSION = "lagrange"
const BROWSER = "lagrange-browser"

/** The browser itself refuses a `__Host-` cookie that is not secure, for this host and for the whole path. */
function fullName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name
}

function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const at = pair.indexOf("=")
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined
  }
  return undefined
}

function cookie(name: string, value: string, ageMs: number, secure: boolean): string {
  const age = `Max-Age=${ageMs / 1_000}`
  const attributes = ["Path=/", "HttpOnly", "SameSite=Strict", age, ...(secure ? ["Secure"] : [])]
  return [`${fullName(name, secure)}=${value}`, ...attributes].join("; ")
}

/** The session token of a request, if any. */
export function readSessionCookie(request: IncomingMessage, secure: boolean): string | undefined {
  return readCookie(request, fullName(SESSION, secure))
}

/** By which the browser shows that somebody signed in with it before. */
export function readBrowserCookie(request: IncomingMessage, secure: boolean): string | undefined {
  return readCookie(request, fullName(BROWSER, secure))
}

/** The `Set-Cookie` value that keeps a session, or with undefined the one that forgets it. */
export function sessionCookie(token: string | undefined, secure: boolean): string {
  return cookie(SESSION, token ?? "", token === undefined ? 0 : SESSION_ABSOLUTE_MS, secure)
}

/** The `Set-Cookie` value that lets the browser be known again; it outlives the session. */
export function browserCookie(token: string, secure: boolean): string {
  return cookie(BROWSER, token, BROWSER_MS, secure)
}
