/** A conversation made short: the newest words of the user as they are, and a sealed summary of all that was said. */
import { GatewayError } from "../../canonical/error.ts"
import type { ChatResponse } from "../../canonical/response.ts"
import type { AnswerContext } from "../dialect.ts"
import { responsesExtra } from "./extra.ts"
import { incompleteReason } from "./finish-reason.ts"
import { idSuffix, outputTextOf, usageOf } from "./response.ts"
import type { CompactedResponse, OutputItem } from "./wire.ts"

/** Characters of the user's messages that stay as they are: some 20,000 tokens. */
const KEPT_LENGTH = 64_000

/** From the end, oldest first; the last one that fits only in part is cut at its beginning. */
export function newestTexts(texts: readonly string[]): readonly string[] {
  const kept: string[] = []
  let room = KEPT_LENGTH
  for (const text of texts.toReversed()) {
    if (room <= 0) break
    // No half of a character.
    kept.unshift(text.slice(-room).replace(/^[\uDC00-\uDFFF]/, ""))
    room -= text.length
  }
  return kept
}

export function compactionItem(summary: string, index: number, context: AnswerContext): OutputItem {
  const sealed = context.sealText?.(summary) ?? summary
  return { id: `cmp_${idSuffix(context, index)}`, type: "compaction", encrypted_content: sealed }
}

/** Half a summary would lose the rest of the conversation without a word. */
function cutSummary(): GatewayError {
  return new GatewayError(
    "upstream_interrupted",
    "The model's summary of the conversation was cut at its output limit.",
  )
}

/** Without a summary there is nothing to go on with: an error, so that the client keeps its history. */
export function emptySummary(): GatewayError {
  return new GatewayError("upstream_empty_answer", "The model wrote no summary of the conversation.")
}

export function encodeCompaction(response: ChatResponse, context: AnswerContext): CompactedResponse {
  const summary = outputTextOf(response.parts)
  const incomplete = incompleteReason(response.finishReason)
  if (incomplete === "max_output_tokens") throw cutSummary()
  if (summary === "" || incomplete !== undefined) throw emptySummary()
  const { compaction } = responsesExtra(context.request)
  const kept = (compaction?.kept ?? []).map((text, index) => ({
    id: `msg_${idSuffix(context, index)}`,
    type: "message",
    role: "user",
    status: "completed",
    content: [{ type: "input_text", text }],
  }))
  return {
    id: `resp_${idSuffix(context)}`,
    object: "response.compaction",
    created_at: context.createdAt,
    output: [...kept, compactionItem(summary, kept.length, context)],
    usage: usageOf(response, context),
  }
}
