import type { AttributionBlock } from "#shared/snapshot.ts"
import type { ChatRequest, Decoded } from "../canonical/request.ts"

/** How Claude Code's first system block begins: one line, addressed to Anthropic. It differs in every turn, which would spoil the upstream's prompt cache. */
const ATTRIBUTION = /^x-anthropic-billing-header:[^\n]*\n?$/

export function isAttribution(text: string): boolean {
  return ATTRIBUTION.test(text)
}

/**
 * Leaves out the system blocks that are such a line and nothing more, by whatever dialect they came; no other text is touched. For
 * targets that are not at Anthropic, which every upstream kind of today is.
 */
export function withoutAttribution(request: ChatRequest, wish: AttributionBlock = "drop"): Decoded<ChatRequest> {
  const { system } = request
  if (wish === "keep" || !system.some(({ text }) => isAttribution(text))) return { value: request, dropped: [] }
  const dropped = system.flatMap(({ text }, index) => (isAttribution(text) ? [`system[${index}]`] : []))
  return { value: { ...request, system: system.filter(({ text }) => !isAttribution(text)) }, dropped }
}
