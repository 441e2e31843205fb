/**
 * Every path the control plane answers but the panel's files, as a table: the listener hands a request to nobody by another way, and
 * `test/integration/route-credentials.test.ts` asks each row with each credential.
 */
import { CAPTURES_PATH, PIPE_PATH, REPORTS_PATH, SNAPSHOTS_PATH } from "#shared/link-protocol.ts"
import { CALLBACK_PATH } from "../accounts/oauth/sign-in.ts"
import { STREAM_PATH } from "../graphql/event-stream.ts"
import { GRAPHQL_PATH } from "../graphql/route.ts"
import { PLAYGROUND_PATH } from "../playground/route.ts"

export interface Route {
  /** Exact, or all that begins so where it ends in `/`. */
  readonly path: string
  /** Who answers, refusals of methods included. */
  readonly to: "live" | "ready" | "graphql" | "link" | "playground" | "callback"
}

export const ROUTES: readonly Route[] = [
  { path: "/live", to: "live" },
  { path: "/ready", to: "ready" },
  { path: GRAPHQL_PATH, to: "graphql" },
  { path: STREAM_PATH, to: "graphql" },
  { path: CALLBACK_PATH, to: "callback" },
  { path: PLAYGROUND_PATH, to: "playground" },
  { path: SNAPSHOTS_PATH, to: "link" },
  { path: REPORTS_PATH, to: "link" },
  { path: CAPTURES_PATH, to: "link" },
  { path: PIPE_PATH, to: "link" },
]

/** Undefined: a file of the panel, or nothing. */
export function routeOf(pathname: string): Route | undefined {
  return ROUTES.find(({ path }) => (path.endsWith("/") ? pathname.startsWith(path) : pathname === path))
}
