import type { ChatRequest } from "../../canonical/request.ts"

/** What only this dialect's own answers need to know of the request. */
export interface ChatExtra {
  readonly includeUsage: boolean
  readonly reasoningHidden: boolean
  readonly echoServiceTier: boolean
  /** The client declared `functions`, not `tools`, and reads `function_call` only. */
  readonly legacyFunctions: boolean
  /** Their calls are answered with a text, not with JSON. */
  readonly freeformTools: ReadonlySet<string>
}

/** Everything false or empty for a request that came in by another dialect. */
export function chatExtra(request: ChatRequest): ChatExtra {
  const extra = request.extra["openai-chat"]
  return {
    includeUsage: extra?.["includeUsage"] === true,
    reasoningHidden: extra?.["reasoningHidden"] === true,
    echoServiceTier: extra?.["echoServiceTier"] === true,
    legacyFunctions: extra?.["legacyFunctions"] === true,
    freeformTools: (extra?.["freeformTools"] ?? new Set()) as ReadonlySet<string>, // as this dialect's decoder writes it
  }
}
