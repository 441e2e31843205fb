import type { AnswerContext } from "./dialect.ts"

/** What an answer of OpenAI's completion wires, and each of its chunks, begins with. */
export interface CompletionHead<Name extends string> {
  readonly id: string
  readonly object: Name
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  readonly system_fingerprint: string
}

/** Some clients compare it between answers; it never changes here. */
const SYSTEM_FINGERPRINT = "fp_gw"

/** Ids differ by wire in their prefix only. */
export function completionHead<Name extends string>(
  idPrefix: string,
  object: Name,
  { exchangeId, createdAt, model }: AnswerContext,
): CompletionHead<Name> {
  return {
    id: exchangeId.replace(/^(req_)?/, idPrefix),
    object,
    created: createdAt,
    model,
    system_fingerprint: SYSTEM_FINGERPRINT,
  }
}
