import type { ChatRequest } from "../../canonical/request.ts"
import { isObject, type WireObject } from "../read-wire.ts"

/** How a streamed answer is written: events, or one JSON list. */
export type Framing = "events" | "list"

/** What only this dialect needs to know of the request again: for its own answers, and for upstreams that speak it too. */
export interface GeminiExtra {
  readonly framing: Framing
  readonly safetySettings?: readonly WireObject[]
  /** Fields of `generationConfig` that Gemini's own models take and no other dialect has. */
  readonly config?: WireObject
  readonly urlContext?: true
  /** Thoughts are not wanted, whoever else asks for them. */
  readonly hidesThoughts?: true
}

/** Events and nothing else for a request that came in by another dialect. */
export function geminiExtra(request: ChatRequest): GeminiExtra {
  const extra = request.extra.gemini ?? {}
  const { framing, safetySettings, config, urlContext, hidesThoughts } = extra
  return {
    framing: framing === "list" ? "list" : "events",
    ...(Array.isArray(safetySettings) ? { safetySettings: safetySettings.filter(isObject) } : {}),
    ...(isObject(config) ? { config } : {}),
    ...(urlContext === true ? { urlContext } : {}),
    ...(hidesThoughts === true ? { hidesThoughts } : {}),
  }
}
