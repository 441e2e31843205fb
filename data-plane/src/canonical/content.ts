import type { StreamPart } from "./stream-part.ts"

/**
 * Whether this part puts content before the client, after which nothing is retried. `reasoningShown` is the dialect's answer to
 * whether it writes thoughts for this request (`ClientSide.reasoningShown`): thoughts that nobody sees commit nothing.
 */
export function isContent(part: StreamPart, reasoningShown = true): boolean {
  if (part.type === "text-delta" || part.type === "tool-input-start" || part.type === "media") return true
  return reasoningShown && part.type === "reasoning-delta"
}
