/** The upstream's name for a conversation: the same for every turn, so that its prompt cache works, and another for every tenant. */
import { createHash } from "node:crypto"
import type { ChatRequest } from "../../canonical/request.ts"

/** Of a picture, beside its size. */
const TOLD_APART_BY = 1_024

/** A decimal signed 64-bit integer. From what the client says of the conversation, else from what the user says first. */
export function sessionId(request: ChatRequest, lineage: string): string {
  const hint = request.conversation ?? opening(request)
  const digest = createHash("sha256")
    .update(JSON.stringify([lineage, hint]))
    .digest()
  return digest.readBigInt64BE(0).toString()
}

/** The first text of the user's first turn; one that holds none opens with its first picture or file. */
function opening(request: ChatRequest): string {
  const parts = request.turns.find(({ role }) => role === "user")?.parts ?? []
  const text = parts.find((part) => part.type === "text")?.text
  if (text !== undefined) return text
  const media = parts.find((part) => part.type === "media")
  return media === undefined ? "" : `${media.mediaType} ${media.data.length} ${media.data.slice(0, TOLD_APART_BY)}`
}
