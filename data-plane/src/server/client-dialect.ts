/** Which dialect somebody speaks where the path does not say it: for model lists, and for errors before a route is known. */
import type { ClientDialectName } from "../dialects/index.ts"
import { headerText, type Incoming } from "./incoming.ts"

/**
 * For lists: Codex's own parameter, then the header of Google's SDKs, whose newest ask at `/v1` too, then Anthropic's headers, its key
 * carrier without the other, or its clients' names.
 */
export function listDialect(incoming: Incoming): ClientDialectName {
  if (incoming.query.has("client_version")) return "openai-chat"
  if (headerText(incoming, "x-goog-api-client") !== undefined) return "gemini"
  const agent = headerText(incoming, "user-agent") ?? ""
  const isAnthropic =
    headerText(incoming, "anthropic-version") !== undefined ||
    (headerText(incoming, "x-api-key") !== undefined && !hasBearer(incoming)) ||
    agent.startsWith("claude-")
  return isAnthropic ? "anthropic-messages" : "openai-chat"
}

/** An empty one is none, as for keys. */
function hasBearer(incoming: Incoming): boolean {
  return !/^(?:Bearer)?\s*$/i.test(headerText(incoming, "authorization") ?? "")
}

const CHAT_SEGMENTS: ReadonlySet<string> = new Set(["chat", "completions", "embeddings", "images"])
const GEMINI_ROOTS: ReadonlySet<string> = new Set(["v1beta", "v1alpha", "gemini"])

/** The dialect whose clients would have come to such a path. */
export function nearestDialect(incoming: Incoming): ClientDialectName {
  const { segments } = incoming
  if (GEMINI_ROOTS.has(segments[0] ?? "")) return "gemini"
  if (segments.includes("messages") || segments.includes("anthropic")) return "anthropic-messages"
  if (segments.some((segment) => CHAT_SEGMENTS.has(segment))) return "openai-chat"
  if (segments.includes("responses")) return "openai-responses"
  return listDialect(incoming)
}
