/**
 * Every path the data plane answers, as a table: what a request needs before it is served (its policy) and what serves it. No handler
 * can be reached around the table, and a path that is not in it is a 404.
 */
import type { ErrorCode } from "#shared/error-code.ts"
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
  /** In this dialect's shape; absent: by who asks. */
  | { readonly type: "model-list"; readonly dialect?: ClientDialectName }
  /** The model's id is what follows the route's path. */
  | { readonly type: "model"; readonly dialect?: ClientDialectName }
  /** Something that vendors serve and no upstream here has: told so in the vendor's words. */
  | {
      readonly type: "refuse"
      readonly dialect: ClientDialectName
      readonly code: ErrorCode
      readonly message: string
      readonly param?: string
    }
  | { readonly type: "live" }
  | { readonly type: "ready" }
  | { readonly type: "health" }
  | { readonly type: "panel" }
  /** 200 and nothing in it, for clients that only try whether somebody is there. */
  | { readonly type: "empty" }
  /** Telemetry meant for another vendor: taken, not read. */
  | { readonly type: "discard" }

export interface Route {
  readonly method: "GET" | "POST" | "HEAD" | "DELETE"
  /** Segments joined by `/`; a last `*` takes one or more segments, a word after it must end the last of them (`models/*:count`). */
  readonly path: string
  readonly policy: Policy
  readonly action: Action
}

const KEY: Policy = { key: true }
const OPEN: Policy = { key: false }
const CHAT: Action = { type: "exchange", dialect: "openai-chat" }
const COMPLETIONS: Action = { type: "exchange", dialect: "openai-completions" }
const MESSAGES: Action = { type: "exchange", dialect: "anthropic-messages" }
const COUNT_MESSAGES: Action = { type: "count-tokens", dialect: "anthropic-messages" }
const RESPONSES: Action = { type: "exchange", dialect: "openai-responses" }
const GENERATE_IMAGES: Action = { type: "exchange", dialect: "openai-images", form: "generations" }
const EDIT_IMAGES: Action = { type: "exchange", dialect: "openai-images", form: "edits" }
const COMPACT: Action = { type: "exchange", dialect: "openai-responses", form: "compact" }
const NOT_STORED: Action = {
  type: "refuse",
  dialect: "openai-responses",
  code: "not_stored",
  message: "Answers are not stored here, so there is none to fetch, to cancel or to delete.",
}
const NO_EMBEDDINGS: Action = {
  type: "refuse",
  dialect: "openai-chat",
  code: "model_not_found",
  message: "No model here makes embeddings; this gateway serves chat, messages, completions and images.",
  param: "model",
}

const GENERATE: Action = { type: "exchange", dialect: "gemini" }
const STREAM: Action = { type: "exchange", dialect: "gemini", form: "stream" }
const COUNT_GEMINI: Action = { type: "count-tokens", dialect: "gemini" }
const NOT_OF_GEMINI: Action = {
  type: "refuse",
  dialect: "gemini",
  code: "unknown_path",
  message: "A model here takes generateContent, streamGenerateContent and countTokens; no upstream has anything else.",
}

/** What a model takes in Gemini's dialect stands after its name, behind a colon. */
function geminiMethods(collection: string): readonly Route[] {
  return [
    { method: "POST", path: `${collection}/*:generateContent`, policy: KEY, action: GENERATE },
    { method: "POST", path: `${collection}/*:streamGenerateContent`, policy: KEY, action: STREAM },
    { method: "POST", path: `${collection}/*:countTokens`, policy: KEY, action: COUNT_GEMINI },
  ]
}

function geminiRoutes(version: string): readonly Route[] {
  const model: Action = { type: "model", dialect: "gemini" }
  return [
    ...geminiMethods(`${version}/models`),
    ...geminiMethods(`${version}/tunedModels`),
    { method: "POST", path: `${version}/models/*`, policy: KEY, action: NOT_OF_GEMINI },
    { method: "POST", path: `${version}/tunedModels/*`, policy: KEY, action: NOT_OF_GEMINI },
    { method: "GET", path: `${version}/models`, policy: KEY, action: { type: "model-list", dialect: "gemini" } },
    { method: "GET", path: `${version}/models/*`, policy: KEY, action: model },
    { method: "GET", path: `${version}/tunedModels/*`, policy: KEY, action: model },
  ]
}

export const ROUTES: readonly Route[] = [
  { method: "POST", path: "v1/chat/completions", policy: KEY, action: CHAT },
  { method: "POST", path: "chat/completions", policy: KEY, action: CHAT },
  { method: "POST", path: "v1/responses", policy: KEY, action: RESPONSES },
  { method: "POST", path: "responses", policy: KEY, action: RESPONSES },
  { method: "POST", path: "v1/images/generations", policy: KEY, action: GENERATE_IMAGES },
  { method: "POST", path: "images/generations", policy: KEY, action: GENERATE_IMAGES },
  { method: "POST", path: "v1/images/edits", policy: KEY, action: EDIT_IMAGES },
  { method: "POST", path: "images/edits", policy: KEY, action: EDIT_IMAGES },
  { method: "POST", path: "v1/responses/compact", policy: KEY, action: COMPACT },
  { method: "POST", path: "responses/compact", policy: KEY, action: COMPACT },
  { method: "GET", path: "v1/responses/*", policy: KEY, action: NOT_STORED },
  { method: "DELETE", path: "v1/responses/*", policy: KEY, action: NOT_STORED },
  { method: "POST", path: "v1/responses/*", policy: KEY, action: NOT_STORED },
  { method: "POST", path: "v1/completions", policy: KEY, action: COMPLETIONS },
  { method: "POST", path: "completions", policy: KEY, action: COMPLETIONS },
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
  {
    method: "GET",
    path: "anthropic/v1/models",
    policy: KEY,
    action: { type: "model-list", dialect: "anthropic-messages" },
  },
  {
    method: "GET",
    path: "anthropic/v1/models/*",
    policy: KEY,
    action: { type: "model", dialect: "anthropic-messages" },
  },
  { method: "POST", path: "v1/embeddings", policy: KEY, action: NO_EMBEDDINGS },
  { method: "POST", path: "embeddings", policy: KEY, action: NO_EMBEDDINGS },
  ...geminiMethods("v1/models"),
  { method: "POST", path: "v1/models/*", policy: KEY, action: NOT_OF_GEMINI },
  ...geminiRoutes("v1beta"),
  ...geminiRoutes("v1alpha"),
  ...geminiRoutes("gemini/v1beta"),
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
const open: OpenRoute[] = []
for (const route of ROUTES) {
  const [prefix = "", suffix] = route.path.split("/*", 2)
  if (suffix === undefined) exact.set(route.path, [...(exact.get(route.path) ?? []), route])
  else open.push({ prefix: prefix.split("/"), suffix, route })
}

interface OpenRoute {
  readonly prefix: readonly string[]
  /** What the last segment ends with. */
  readonly suffix: string
  readonly route: Route
}

/** `HEAD` is answered wherever `GET` is. */
export function matchRoute(method: string, segments: readonly string[]): RouteMatch {
  const fixed = exact.get(segments.join("/"))
  const rows = fixed?.map((route) => ({ route, rest: "" })) ?? openRows(segments)
  const row =
    rows.find(({ route }) => route.method === method) ??
    (method === "HEAD" ? rows.find(({ route }) => route.method === "GET") : undefined)
  if (row !== undefined) return { type: "found", ...row }
  if (rows.length === 0) return { type: "unknown" }
  const taken = rows.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method]))
  return { type: "wrong-method", allow: [...new Set([...taken, "OPTIONS"])] }
}

/** Rows that name the ending are meant before those that take any. */
function openRows(segments: readonly string[]): readonly { route: Route; rest: string }[] {
  const last = segments.at(-1) ?? ""
  const matching = open.filter(
    ({ prefix, suffix }) =>
      segments.length > prefix.length &&
      prefix.every((part, index) => part === segments[index]) &&
      (suffix === "" || (last.endsWith(suffix) && last.length > suffix.length)),
  )
  const named = matching.filter(({ suffix }) => suffix !== "")
  return (named.length > 0 ? named : matching).map(({ prefix, suffix, route }) => {
    const rest = segments.slice(prefix.length).join("/")
    return { route, rest: rest.slice(0, rest.length - suffix.length) }
  })
}
