/** Which dialect somebody speaks where the path does not say it: for model lists, and for errors before a route is known. */
import type { ClientDialectName } from "../dialects/index.ts"
import { headerText, type Incoming } from "./incoming.ts"

/** For lists: Anthropic's headers, its key carrier without the other, or its clients' names. */
export function listDialect(incoming: Incoming): ClientDialectName {
  const agent = headerText(incoming, "user-agent") ?? ""
  const isAnthropic =
    headerText(incoming, "anthropic-version") !== undefined ||
    (headerText(incoming, "x-api-key") !== undefined && headerText(incoming, "authorization") === undefined) ||
    agent.startsWith("claude-")
  return isAnthropic ? "anthropic-messages" : "openai-chat"
}

/** The dialect whose clients would have come to such a path. */
export function nearestDialect(incoming: Incoming): ClientDialectName {
  const { segments } = incoming
  if (segments.includes("messages") || segments.includes("anthropic")) return "anthropic-messages"
  if (segments.includes("chat") || segments.includes("responses")) return "openai-chat"
  return listDialect(incoming)
}
