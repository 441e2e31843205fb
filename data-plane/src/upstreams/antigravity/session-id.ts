/** The upstream's name for a conversation: the same for every turn, so that its prompt cache works, and another for every tenant. */
import { createHash } from "node:crypto"
import type { ChatRequest } from "../../canonical/request.ts"

/** A decimal signed 64-bit integer. From what the client says of the conversation, else from the first text of the user. */
export function sessionId(request: ChatRequest, lineage: string): string {
  const hint = request.conversation ?? firstUserText(request)
  const digest = createHash("sha256")
    .update(JSON.stringify([lineage, hint]))
    .digest()
  return digest.readBigInt64BE(0).toString()
}

function firstUserText(request: ChatRequest): string {
  const turn = request.turns.find(({ role }) => role === "user")
  return turn?.parts.find((part) => part.type === "text")?.text ?? ""
}
