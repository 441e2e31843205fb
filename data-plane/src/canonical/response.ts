/** A whole answer: what a stream folds into, so that a client that does not stream gets the same content. */
import type { Usage } from "#shared/usage.ts"
import type { FinishReason } from "./finish-reason.ts"
import type { Grounding } from "./grounding.ts"
import type { Part } from "./part.ts"

export interface ChatResponse {
  readonly parts: readonly Part[]
  readonly grounding?: Grounding
  readonly finishReason: FinishReason
  readonly usage: Usage
}
