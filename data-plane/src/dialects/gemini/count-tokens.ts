import { estimateInputTokens } from "../../canonical/input-estimate.ts"
import type { CallAddress, RequestHeaders } from "../dialect.ts"
import { isObject, readBody } from "../read-wire.ts"
import { decodeRequest } from "./decode-request.ts"
import { camelCased } from "./regular-form.ts"

export interface TokenCount {
  readonly totalTokens: number
  readonly promptTokensDetails: readonly { readonly modality: "TEXT"; readonly tokenCount: number }[]
}

/** The body is the contents alone, or a whole request under `generateContentRequest`. */
export function countTokens(wire: unknown, headers: RequestHeaders, address?: CallAddress): TokenCount {
  const body = camelCased(readBody(wire))
  const { generateContentRequest: whole } = body
  const { value } = decodeRequest(isObject(whole) ? whole : body, headers, address)
  const totalTokens = estimateInputTokens(value)
  return { totalTokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: totalTokens }] }
}
