/**
 * Every path the data plane answers, as a table: what a request needs before it is served (its policy) and what serves it. No handler
 * can be reached around the table, and a path that is not in it is a 404.
 */
import type { ClientDialectName } from "../dialects/index.ts"

/** What must hold before the action runs. */
export interface Policy {
  /** A valid API key. The body is not read before it is accepted. */
  readonly key: boolean
}

export type Action =
  /** `form` is a variant of the dialect's call; the dialect gets it, and what follows the route's path, as the call's address. */
  | { readonly type: "exchange"; readonly dialect: ClientDialectName; readonly form?: string }
  /** A count made here: no upstream call, no exchange. The dialect has `countTokens`. */
  | { readonly type: "count-tokens"; readonly dialect: ClientDialectName; readonly form?: string }
  | { readonly type: "model-list" }
  /** The model's id is what follows the route's path. */
  | { readonly type: "model" }
  | { readonly type: "live" }
  | { readonly type: "ready" }
  | { readonly type: "health" }
  | { readonly type: "panel" }
  /** 200 and nothing in it, for clients that only try whether somebody is there. */
  | { readonly type: "empty" }
  /** Telemetry meant for another vendor: taken, not read. */
  | { readonly type: "discard" }

export interface Route {
  readonly method: "GET" | "POST" | "HEAD"
  /** Segments joined by `/`; a last `*` takes one or more segments. */
  readonly path: string
  readonly policy: Policy
  readonly action: Action
}

const KEY: Policy = { key: true }
const OPEN: Policy = { key: false }
const CHAT: Action = { type: "exchange", dialect: "openai-chat" }
const MESSAGES: Action = { type: "exchange", dialect: "anthropic-messages" }
const COUNT_MESSAGES: Action = { type: "count-tokens", dialect: "anthropic-messages" }

export const ROUTES: readonly Route[] = [
  { method: "POST", path: "v1/chat/completions", policy: KEY, action: CHAT },
  { method: "POST", path: "chat/completions", policy: KEY, action: CHAT },
  { method: "POST", path: "v1/messages", policy: KEY, action: MESSAGES },
  { method: "POST", path: "messages", policy: KEY, action: MESSAGES },
  { method: "POST", path: "anthropic/v1/messages", policy: KEY, action: MESSAGES },
  { method: "POST", path: "v1/messages/count_tokens", policy: KEY, action: COUNT_MESSAGES },
  { method: "POST", path: "messages/count_tokens", policy: KEY, action: COUNT_MESSAGES },
  { method: "POST", path: "anthropic/v1/messages/count_tokens", policy: KEY, action: COUNT_MESSAGES },
  { method: "GET", path: "v1/models", policy: KEY, action: { type: "model-list" } },
  { method: "GET", path: "models", policy: KEY, action: { type: "model-list" } },
  { method: "GET", path: "v1/models/*", policy: KEY, action: { type: "model" } },
  { method: "GET", path: "models/*", policy: KEY, action: { type: "model" } },
  { method: "GET", path: "live", policy: OPEN, action: { type: "live" } },
  { method: "GET", path: "ready", policy: OPEN, action: { type: "ready" } },
  { method: "GET", path: "health", policy: OPEN, action: { type: "health" } },
  { method: "GET", path: "healthz", policy: OPEN, action: { type: "health" } },
  { method: "HEAD", path: "", policy: OPEN, action: { type: "empty" } },
  { method: "GET", path: "", policy: OPEN, action: { type: "panel" } },
  { method: "HEAD", path: "api/hello", policy: OPEN, action: { type: "empty" } },
  { method: "GET", path: "api/hello", policy: OPEN, action: { type: "empty" } },
  { method: "POST", path: "api/event_logging/batch", policy: OPEN, action: { type: "discard" } },
  { method: "POST", path: "api/event_logging/v2/batch", policy: OPEN, action: { type: "discard" } },
  { method: "POST", path: "v1/api/event_logging/batch", policy: OPEN, action: { type: "discard" } },
]

export type RouteMatch =
  | { readonly type: "found"; readonly route: Route; readonly rest: string }
  | { readonly type: "wrong-method"; readonly allow: readonly string[] }
  | { readonly type: "unknown" }

const exact = new Map<string, Route[]>()
const open: { prefix: string[]; route: Route }[] = []
for (const route of ROUTES) {
  if (route.path.endsWith("/*")) open.push({ prefix: route.path.slice(0, -2).split("/"), route })
  else exact.set(route.path, [...(exact.get(route.path) ?? []), route])
}

/** `HEAD` is answered wherever `GET` is. */
export function matchRoute(method: string, segments: readonly string[]): RouteMatch {
  const rows = exact.get(segments.join("/")) ?? openRoutes(segments)
  const route =
    rows.find((row) => row.method === method) ??
    (method === "HEAD" ? rows.find((row) => row.method === "GET") : undefined)
  if (route !== undefined) return { type: "found", route, rest: restOf(route, segments) }
  if (rows.length === 0) return { type: "unknown" }
  return { type: "wrong-method", allow: [...new Set([...rows.map((row) => row.method), "OPTIONS"])] }
}

function openRoutes(segments: readonly string[]): Route[] {
  return open
    .filter(({ prefix }) => segments.length > prefix.length && prefix.every((part, index) => part === segments[index]))
    .map(({ route }) => route)
}

function restOf(route: Route, segments: readonly string[]): string {
  return route.path.endsWith("/*") ? segments.slice(route.path.split("/").length - 1).join("/") : ""
}
