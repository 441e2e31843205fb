import { estimateInputTokens } from "../../canonical/input-estimate.ts"
import type { RequestHeaders } from "../dialect.ts"
import { readBody } from "../read-wire.ts"
import { decodeRequest } from "./decode-request.ts"

/** Clients leave the output limit out here, and it means nothing. */
const ANY_LIMIT = 1

export function countTokens(wire: unknown, headers: RequestHeaders): { readonly input_tokens: number } {
  const { value } = decodeRequest({ ...readBody(wire), max_tokens: ANY_LIMIT }, headers)
  return { input_tokens: estimateInputTokens(value) }
}
