import type { ChatRequest } from "../../canonical/request.ts"

/** What only this dialect's own answers need to know of the request. */
export interface CompletionsExtra {
  readonly includeUsage: boolean
  /** The prompt, where the answer is to begin with it; else empty. */
  readonly echo: string
}

/** Nothing for a request that came in by another dialect. */
export function completionsExtra(request: ChatRequest): CompletionsExtra {
  const extra = request.extra["openai-completions"]
  const echo = extra?.["echo"]
  return { includeUsage: extra?.["includeUsage"] === true, echo: typeof echo === "string" ? echo : "" }
}
